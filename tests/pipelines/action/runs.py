"""The action in a job on a real runner: `act`, on this machine itself, without containers.

A run has a home, a cache and a repository of its own. act plays `actions/checkout` itself; the
action lies outside of the workspace, as it does at GitHub.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scangate.model import Value

ROOT = Path(__file__).resolve().parents[3]
ACT = Path(sys.executable).with_name("act")
ACTION = "scangate/scangate@v1"
CHECKOUT = "actions/checkout@0000000000000000000000000000000000000000"
FILES = ("action.yml", "action", "scangate", "policies")
# That of the action; the other steps must not stumble over the variables that the tests set, either
SHELL = "/bin/sh -e {0}"
# act gives each run a folder of its own, where GitHub gives one to a job with all its steps
BEFORE = 'echo "RUNNER_TEMP=$SHARED" >>"$GITHUB_ENV"\n'
WITH_SUMMARY = """\
#!/bin/sh
/bin/sh -e "$1" || code=$?
/bin/cp "$GITHUB_STEP_SUMMARY" "$KEPT/summary.md"
exit "${code:-0}"
"""
KEEP = """\
printf '%s' "$STEP" >"$KEPT/step.json"
/bin/cp -r . "$KEPT/workspace"
"""


class Ran(Value, frozen=True):
    """How a job ended, and what the step of the action left."""

    succeeded: bool
    outcome: str
    outputs: Mapping[str, str]
    deployed: bool
    log: str
    kept: Path

    @property
    def workspace(self) -> Path:
        """The workspace as it was at the end of the job."""
        return self.kept / "workspace"

    @property
    def summary(self) -> str:
        return (self.kept / "summary.md").read_text(encoding="utf-8")

    @property
    def report(self) -> Any:
        return json.loads(Path(self.outputs["report-json"]).read_text(encoding="utf-8"))


class Runner:
    """A runner with a repository that can be filled, and the action in a folder of its own."""

    def __init__(self, folder: Path, *, temporary: Path) -> None:
        self.repository = folder / "repository"
        self.action = folder / "action"
        self.temporary = temporary
        self.kept = folder / "kept"
        self._folder = folder
        self.kept.mkdir()
        self.repository.mkdir()
        self.action.mkdir()
        for name in FILES:
            source = ROOT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, self.action / name, ignore=ignored)
            else:
                shutil.copy(source, self.action / name)
        _offer_own_python(folder / "cache" / "act" / "tool_cache")

    def write(self, name: str, text: str, *, executable: bool = False) -> None:
        """Put a file into the repository."""
        path = self.repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755 if executable else 0o644)

    def keep_summary(self) -> None:
        """Let the step itself keep its summary, which act empties at the step's end."""
        shell = self._folder / "shell"
        shell.write_text(WITH_SUMMARY, encoding="utf-8")
        shell.chmod(0o755)
        self.edit_action("action.yml", SHELL, f"{shell} {{0}}")

    def edit_action(self, name: str, old: str, new: str) -> None:
        """Change a file of this runner's copy of the action."""
        path = self.action / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def run(
        self, inputs: Mapping[str, str], *, before: str = "", variables: Mapping[str, str] = {}
    ) -> Ran:
        """Run a job: what comes `before`, the gate, and a deploy that needs it."""
        succeeded, log = self.act(_workflow(inputs, before), variables)
        step = json.loads((self.kept / "step.json").read_text(encoding="utf-8"))
        return Ran(
            succeeded=succeeded,
            outcome=step["outcome"],
            outputs=step["outputs"],
            deployed=(self.kept / "deployed").exists(),
            log=log,
            kept=self.kept,
        )

    def act(self, workflow: Mapping[str, Any], variables: Mapping[str, str]) -> tuple[bool, str]:
        """Run a workflow in a commit of the repository: whether it succeeded, and its log."""
        self.write(".github/workflows/test.yaml", json.dumps(workflow))
        self._commit()
        given = {"KEPT": str(self.kept), "SHARED": str(self.temporary), **variables}
        ended = subprocess.run(
            [
                *(str(ACT), "push", "--platform", "ubuntu-latest=-self-hosted"),
                *("--local-repository", f"{ACTION}={self.action}"),
                *(word for name, value in given.items() for word in ("--env", f"{name}={value}")),
            ],
            cwd=self.repository,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return ended.returncode == 0, ended.stdout

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "XDG_CACHE_HOME": str(self._folder / "cache"),
        }

    def _commit(self) -> None:
        for arguments in (
            ("init", "--quiet", "--initial-branch=main"),
            ("remote", "add", "origin", "https://github.com/acme/shop"),
            ("add", "--all", "--force"),
            ("-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "--message=t"),
        ):
            subprocess.run(
                ["git", *arguments], cwd=self.repository, env=self._environment(), check=True
            )


def _offer_own_python(cache: Path) -> None:
    """Where the machine's own Python is too old, the tests' is found as setup-python's would be."""
    folder = cache / "Python" / "3.x" / "x64" / "bin"
    folder.mkdir(parents=True)
    (folder / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")


def _workflow(inputs: Mapping[str, str], before: str) -> Mapping[str, Any]:
    steps: Sequence[Mapping[str, Any]] = (
        {"uses": CHECKOUT},
        {"shell": SHELL, "run": BEFORE + before},
        {"id": "gate", "uses": ACTION, "with": inputs},
        {"shell": SHELL, "run": ': >"$KEPT/deployed"'},
        {
            "if": "always()",
            "shell": SHELL,
            "env": {"STEP": "${{ toJSON(steps.gate) }}"},
            "run": KEEP,
        },
    )
    return {"on": "push", "jobs": {"gate": {"runs-on": "ubuntu-latest", "steps": steps}}}

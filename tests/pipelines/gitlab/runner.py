"""A GitLab project in a folder, and its pipelines on this machine (gitlab-ci-local)."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scangate.model import Value
from tests.running import TOKEN

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "templates" / "scangate.yml"
COMPONENT = {"component": "$CI_SERVER_FQDN/$CI_PROJECT_PATH/scangate@$CI_COMMIT_SHA"}

_MODULES = ROOT / "tests" / "pipelines" / "tools" / "node_modules"
_NODE = _MODULES / ".bin" / "node"
_GITLAB_CI_LOCAL = _MODULES / "gitlab-ci-local" / "dist" / "index.js"
_PATIENCE = 60
_IMAGE = f"registry.example/scangate@sha256:{'0' * 64}"
_FAILED = re.compile(r"FAIL ([0-9]+)")


class Ended(Value, frozen=True):
    """How a pipeline ended: `codes` are those of the jobs that failed."""

    code: int
    codes: tuple[int, ...]
    log: str


class Project:
    """A project whose repository is a clone in a folder of its own."""

    def __init__(self, folder: Path, *, endpoint: str) -> None:
        self.folder = folder
        self._endpoint = endpoint
        self._programs = folder.parent / "bin"
        self._programs.mkdir()
        self.install("scangate", f'exec {sys.executable} -P -m scangate "$@"')
        (folder / "templates").mkdir(parents=True)
        shutil.copy(TEMPLATE, folder / "templates")
        (folder / "scangate.yaml").write_text("version: 1\nthresholds: {critical: 0}\n")

    def install(self, name: str, script: str) -> None:
        """Put a program on the jobs' PATH."""
        program = self._programs / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def include(
        self, inputs: Mapping[str, object], *, by: Mapping[str, str] = COMPONENT
    ) -> dict[str, Any]:
        """Return what includes the component, with these inputs and those that every test needs.

        None leaves an input out.
        """
        given = {
            "scangate-image": _IMAGE,
            "policy": "scangate.yaml",
            "endpoint": self._endpoint,
            "timeout": "0",
            "start-timeout": "0",
            **inputs,
        }
        told = {name: value for name, value in given.items() if value is not None}
        return {**by, "inputs": told}

    def run(self, pipeline: Mapping[str, object], **variables: str) -> Ended:
        """Commit a pipeline and run it. The variables stand above those of the pipeline."""
        self.commit(pipeline)
        given = {"YC_IAM_TOKEN": TOKEN, "YC_METADATA_ADDR": "127.0.0.1:9", **variables}
        options = [f"--variable={name}={value}" for name, value in given.items()]
        return self._gitlab("--force-shell-executor", "--shell-isolation", "--no-color", *options)

    def preview(self, pipeline: Mapping[str, object]) -> Ended:
        """Commit a pipeline and expand it, without running it."""
        self.commit(pipeline)
        return self._gitlab("--preview", "--no-color")

    def commit(self, pipeline: Mapping[str, object]) -> None:
        """Make the repository's one commit; JSON is YAML, too."""
        (self.folder / ".gitlab-ci.yml").write_text(json.dumps(pipeline))
        shutil.rmtree(self.folder / ".git", ignore_errors=True)
        self._git("init", "--quiet", "--initial-branch=main")
        self._git("config", "user.name", "Tester")
        self._git("config", "user.email", "tester@example.com")
        self._git("remote", "add", "origin", "https://gitlab.example/group/project.git")
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message=A pipeline")
        self._git("update-ref", "refs/remotes/origin/main", "HEAD")
        self._git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")

    def artifact(self, name: str, *, job: str = "scangate") -> Path:
        """Return the path of an artifact of a job."""
        return self.folder / ".gitlab-ci-local" / "artifacts" / job / "scangate-report" / name

    def dotenv(self) -> dict[str, str]:
        """Return the variables that the gate hands on."""
        lines = self.artifact("scangate.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.folder, env=self._environment, check=True)

    def _gitlab(self, *arguments: str) -> Ended:
        done = subprocess.run(
            [str(_NODE), str(_GITLAB_CI_LOCAL), *arguments],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        codes = tuple(int(code) for code in _FAILED.findall(done.stdout))
        return Ended(code=done.returncode, codes=codes, log=done.stdout)

    @property
    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(self._programs), os.environ["PATH"]])
        return {"PATH": path, "HOME": str(self.folder.parent), "GIT_CONFIG_GLOBAL": os.devnull}


def refuse_missing_tools() -> None:
    """Fail where the tools are not installed; `make pipelines` installs all but rsync."""
    if not _GITLAB_CI_LOCAL.exists() or shutil.which("rsync") is None:
        pytest.fail("gitlab-ci-local or rsync is not installed: make pipelines")

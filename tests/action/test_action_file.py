"""`action.yml` against the start script, the documents, and what a runner makes of it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from action.inputs import variable_of
from scangate.model import Severity
from scangate.reports import FORMATS

ROOT = Path(__file__).resolve().parents[2]
ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs" / "github.md").read_text(encoding="utf-8")
(STEP,) = ACTION["runs"]["steps"]


def table(heading: str) -> list[str]:
    """The names in the first column of a section's table."""
    section = GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([a-z0-9-]+)`", cell)]


def test_no_input_is_part_of_a_script() -> None:
    assert "${{" not in STEP["run"]
    assert "${{" not in STEP["shell"]


def test_every_input_is_a_variable_of_the_step() -> None:
    assert {name: value for name, value in STEP["env"].items() if value} == {
        variable_of(name): f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]
    }


EMPTIED = {name: value for name, value in STEP["env"].items() if not value}
"""Variables that an earlier step may have set for the shell."""


def test_where_sh_is_bash_no_variable_keeps_it_from_running(machine: "Machine") -> None:
    hostile = {"SHELLOPTS": "noexec"}
    assert machine.run(executable="/bin/bash", **hostile).returncode == 0  # as if it had passed

    ended = machine.run(executable="/bin/bash", **{**hostile, **EMPTIED})

    assert ended.returncode == 2
    assert "exit-code=2" in machine.outputs.read_text()


def test_every_input_is_read() -> None:
    text = (ROOT / "action" / "inputs.py").read_text(encoding="utf-8")

    assert [name for name in ACTION["inputs"] if f'"{name}"' not in text] == []


def test_every_output_is_that_of_the_step() -> None:
    assert {name: each["value"] for name, each in ACTION["outputs"].items()} == {
        name: f"${{{{ steps.gate.outputs.{name} }}}}" for name in ACTION["outputs"]
    }
    assert {severity.value for severity in Severity} <= ACTION["outputs"].keys()


def test_the_guide_tells_the_inputs_and_outputs_in_their_order() -> None:
    assert table("Inputs") == list(ACTION["inputs"])
    assert table("Outputs") == list(ACTION["outputs"])


def test_the_reports_that_come_unasked_exist() -> None:
    lines = ACTION["inputs"]["report"]["default"].splitlines()

    assert {line.partition("=")[0] for line in lines} <= set(FORMATS)
    assert all(line.partition("=")[2].startswith("scangate-report/") for line in lines)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)", GUIDE))))
def test_links_of_the_guide_lead_somewhere(link: str) -> None:
    assert link.startswith("https://") or (ROOT / "docs" / link).exists()


class Machine:
    """A runner whose Pythons are those that a test puts there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.outputs = folder / "outputs"
        (folder / "action").mkdir()
        (folder / "action" / "start.py").write_text("import sys\nprint(sys.executable)\n")

    def put(self, path: str, text: str) -> Path:
        python = self._folder / path
        python.parent.mkdir(parents=True)
        python.write_text(text)
        python.chmod(0o755)
        return python

    def run(
        self, executable: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        variables = {
            **variables,
            "RUNNER_TOOL_CACHE": str(self._folder / "tool cache"),
            "GITHUB_ACTION_PATH": str(self._folder),
            "GITHUB_OUTPUT": str(self.outputs),
            "PATH": str(self._folder / "workspace"),
        }
        script = STEP["run"].replace("/usr/", f"{self._folder}/usr/")
        shell = STEP["shell"].removesuffix(" {0}").split()
        return subprocess.run(
            [*shell, "-c", script],
            executable=executable,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


OLD = "#!/bin/sh\nexit 1\n"
GOOD = f'#!/bin/sh\necho "$0"\nexec {sys.executable} "$@"\n'


@pytest.mark.parametrize(
    "path",
    ["usr/bin/python3", "usr/local/bin/python3", "tool cache/Python/3.12.1/x64/bin/python3"],
)
def test_a_python_of_the_runner_is_found(machine: Machine, path: str) -> None:
    python = machine.put(path, GOOD)

    ended = machine.run()

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-2:] == [str(python), sys.executable]


def test_one_that_is_too_old_is_passed_over(machine: Machine) -> None:
    machine.put("usr/bin/python3", OLD)
    machine.put("tool cache/Python/3.9.1/x64/bin/python3", OLD)
    python = machine.put("tool cache/Python/3.13.0/x64/bin/python3", GOOD)

    assert str(python) in machine.run().stdout


def test_a_runner_without_a_python(machine: Machine) -> None:
    machine.put("workspace/python3", GOOD)  # the first in PATH

    ended = machine.run()

    assert ended.returncode == 2
    assert ended.stdout.startswith("::error title=scangate::there is no Python 3.11 to 3.14")
    assert machine.outputs.read_text() == "verdict=error\nexit-code=2\n"

"""What lies around the gate (the working folder, Python's own variables) has no say in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import ENVIRONMENT, Gate, image

HOSTILE = "import os\nos._exit(0)\n"


def gate_bad(
    gate: Gate, command: list[str], **environment: str
) -> subprocess.CompletedProcess[str]:
    arguments = [*gate.beginning, "--policy", "default", image("bad")]
    return subprocess.run(
        [*command, *arguments],
        env={"PATH": os.environ["PATH"], **ENVIRONMENT, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("name", ["requests", "yaml", "html", "msgspec", "json"])
def test_what_lies_in_the_working_folder_is_not_run(gate: Gate, name: str) -> None:
    Path(f"{name}.py").write_text(HOSTILE)

    assert gate_bad(gate, [sys.executable, "-m", "scangate"]).returncode == 1


def test_without_that_care_it_would_be(gate: Gate) -> None:
    Path("requests.py").write_text(HOSTILE)
    careless = "import sys; sys.path.insert(0, ''); from scangate.cli import entry; entry()"

    assert gate_bad(gate, [sys.executable, "-c", careless]).returncode == 0


def test_an_interactive_end_does_not_replace_the_code(gate: Gate) -> None:
    ended = gate_bad(gate, [sys.executable, "-m", "scangate"], PYTHONINSPECT="1")

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr

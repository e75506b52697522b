"""What the linters of actions say of `action.yml`."""

import subprocess
import sys
from pathlib import Path

import pytest

from .runs import ROOT


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("zizmor", "--offline", "--persona=pedantic"), id="zizmor"),
        pytest.param(("check-jsonschema", "--builtin-schema=vendor.github-actions"), id="schema"),
    ],
)
def test_nothing_is_found(command: tuple[str, ...]) -> None:
    program = Path(sys.executable).with_name(command[0])
    ended = subprocess.run(
        [program, *command[1:], ROOT / "action.yml"], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr

"""The SARIF reports, validated by Microsoft's sarif-multitool with the rules of GitHub's ingestion.

`--rule-kind 'Sarif;Ghas'` asks for the rules of the standard and for those of GitHub Advanced
Security. The tool ends with 0 even where it finds errors, so what it says of each file counts.
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reports.conftest import GOLDEN
from tests.reports.situations import SITUATIONS

_MULTITOOL = (
    Path(__file__).parents[1]
    / "tools/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
)
_ADVICE = ("warning", "SARIF2005")
"""What is accepted: that a tool should have a page, and a version that begins with a number."""

Log = dict[str, Any]


def found_in(folder: Path) -> dict[str, set[tuple[str, str]]]:
    """Validate all files of a folder: the levels and rules of what is found, by situation."""
    assert _MULTITOOL.is_file(), "sarif-multitool is not there: `make pipelines` installs it"
    told = folder / "multitool.json"
    command = [str(_MULTITOOL), "validate", str(folder / "*.sarif"), "--rule-kind", "Sarif;Ghas"]
    subprocess.run(
        [*command, "-o", str(told), "--log", "ForceOverwrite"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (run,) = json.loads(told.read_text(encoding="utf-8-sig"))["runs"]
    assert all(each["executionSuccessful"] for each in run["invocations"])
    found: dict[str, set[tuple[str, str]]] = {path.stem: set() for path in folder.glob("*.sarif")}
    for result in run["results"]:
        file = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        found[Path(file).stem].add((result.get("level", "warning"), result["ruleId"]))
    return found


def test_no_situation_has_an_error(tmp_path: Path) -> None:
    for situation in SITUATIONS:
        shutil.copy(GOLDEN / f"{situation}.sarif", tmp_path)
    found = found_in(tmp_path)
    assert found.keys() == SITUATIONS.keys()
    assert {name: told - {_ADVICE} for name, told in found.items() if told - {_ADVICE}} == {}


def _no_place(log: Log) -> None:
    log["runs"][0]["results"][0]["locations"] = []


def _no_such_rule(log: Log) -> None:
    log["runs"][0]["results"][0]["ruleIndex"] = 999


def _no_message(log: Log) -> None:
    del log["runs"][0]["results"][0]["message"]


@pytest.mark.parametrize("spoil", [_no_place, _no_such_rule, _no_message])
def test_control_an_error_is_found(spoil: Callable[[Log], None], tmp_path: Path) -> None:
    log = json.loads((GOLDEN / "violation.sarif").read_text(encoding="utf-8"))
    spoil(log)
    (tmp_path / "spoilt.sarif").write_text(json.dumps(log), encoding="utf-8")
    assert "error" in {level for level, _ in found_in(tmp_path)["spoilt"]}

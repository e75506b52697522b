"""What a check on counts imports: no more than it needs, since every job of a pipeline pays."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.running import ENVIRONMENT, Gate, image

NEVER_NEEDED = {
    "rich",
    "click",
    "cryptography",
    "jwt",
    "grpc",
    "google",
    "yandexcloud",
    "jsonschema",
    "scangate.emulator",
    "scangate.cli.demo",
    "scangate.cli.emulator",
    "asyncio",
}
ONLY_FOR_JUNIT = {"junit_xml", "scangate.reports.junit", "xml.etree.ElementTree"}
ONLY_FOR_JSON = {"scangate.reports.json"}
PROGRAM = """
import json, sys
from scangate.cli import main
code = main(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    json.dump([code, sorted(sys.modules)], file)
"""


def imported(*arguments: str) -> tuple[int, set[str]]:
    modules = Path("modules.json")
    command = [sys.executable, "-c", PROGRAM, str(modules), *arguments]
    subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=True, timeout=20)
    code, names = json.loads(modules.read_text())
    return code, set(names)


@pytest.mark.parametrize(
    ("arguments", "needless"),
    [
        ([], ONLY_FOR_JUNIT | ONLY_FOR_JSON),
        (["-o", "json=report.json"], ONLY_FOR_JUNIT),
        (["-o", "junit=junit.xml"], ONLY_FOR_JSON),
    ],
    ids=["table", "json", "junit"],
)
def test_a_check_on_counts(gate: Gate, arguments: Sequence[str], needless: set[str]) -> None:
    beginning = [*gate.beginning, "--fail-on", "high"]
    code, modules = imported(*beginning, *arguments, image("medium"))

    assert code == 0
    assert modules & (NEVER_NEEDED | needless) == set()


def test_the_check_would_tell(gate: Gate) -> None:
    code, modules = imported(*gate.beginning, "-o", "junit=junit.xml", image("medium"))

    assert code == 0
    assert modules >= {"junit_xml", "scangate.reports.junit"}


def test_help_and_version_import_no_command(gate: Gate) -> None:
    for word in ("--help", "--version"):
        code, modules = imported(word)
        assert code == 0
        assert {"requests", "yaml", "msgspec", "scangate.cli.check"} & modules == set()

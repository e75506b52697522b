"""Every workflow, the action, the examples: the official schemas, and what zizmor calls unsafe."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent

WORKFLOWS = [*(ROOT / ".github/workflows").glob("*.yml"), *(ROOT / "examples/github").glob("*.yml")]
ACTION = ROOT / "action.yml"
DEPENDABOT = ROOT / ".github/dependabot.yml"

NO_WORKFLOW = "name: No job runs anywhere\non: push\njobs: {test: {steps: [{run: make}]}}\n"
NO_ACTION = "name: No description\nruns: {using: composite, steps: [{run: make}]}\n"
UNSAFE = """\
name: Unsafe
on: pull_request_target
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo ${{ github.event.pull_request.title }}
"""


def _check(schema: str, files: Sequence[Path]) -> subprocess.CompletedProcess[str]:
    return _run("check-jsonschema", "--builtin-schema", schema, *map(str, files))


def _zizmor(*files: Path) -> subprocess.CompletedProcess[str]:
    return _run("zizmor", "--offline", "--no-config", "--persona=pedantic", *map(str, files))


def _run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / tool, *arguments], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.github-actions", [ACTION]),
        ("vendor.dependabot", [DEPENDABOT]),
    ],
)
def test_the_files_satisfy_their_official_schema(schema: str, files: list[Path]) -> None:
    checked = _check(schema, files)

    assert (checked.returncode, checked.stdout) == (0, "ok -- validation done\n"), checked.stdout


@pytest.mark.parametrize(
    ("schema", "text"),
    [("vendor.github-workflows", NO_WORKFLOW), ("vendor.github-actions", NO_ACTION)],
)
def test_a_file_that_is_wrong_is_refused(schema: str, text: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(text)

    assert _check(schema, [wrong]).returncode == 1


def test_zizmor_finds_nothing_unsafe() -> None:
    files = [*WORKFLOWS, ACTION, DEPENDABOT]

    audited = _zizmor(*files)

    assert audited.returncode == 0, audited.stdout
    assert audited.stderr.count("completed ") == len(files)


def test_zizmor_finds_what_is_unsafe(tmp_path: Path) -> None:
    unsafe = tmp_path / ".github/workflows/unsafe.yml"
    unsafe.parent.mkdir(parents=True)
    unsafe.write_text(UNSAFE)

    audited = _zizmor(unsafe)

    assert audited.returncode > 10  # zizmor's codes 11 to 14 say how severe the worst finding is
    for audit in ("dangerous-triggers", "template-injection", "unpinned-uses"):
        assert audit in audited.stdout

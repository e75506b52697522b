"""The start script as the runner starts it, and what it makes of how scangate ended."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from action import start
from action.packages import NotInstalled

Gate = Callable[[Mapping[str, str]], start.Ended]
HANDED_OVER = "verdict=pass\nexit-code=0\npinned-image=cr.yandex/a/b@sha256:0\n"


def started(folder: Path, **inputs: str) -> tuple[int, str, str]:
    """Run the script; return its exit code, what it printed, and the outputs."""
    outputs = folder / "outputs"
    variables = {
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(outputs),
        **{f"INPUT_{name}": text for name, text in inputs.items()},
    }
    ended = subprocess.run(
        [sys.executable, "-I", start.__file__],
        env={name: text for name, text in variables.items() if text},
        capture_output=True,
        text=True,
        check=False,
    )
    told = outputs.read_text(encoding="utf-8") if outputs.exists() else ""
    return ended.returncode, ended.stdout, told


def test_a_refusal_is_told(tmp_path: Path) -> None:
    code, out, outputs = started(tmp_path, IMAGE="a", POLICY="default", WARN_ONLY="100%")

    assert code == 2
    assert out == (
        "::error title=scangate::the input warn-only is '100%25': it takes true or false\n"
    )
    assert outputs == "verdict=error\nexit-code=2\n"


@pytest.mark.parametrize("temporary", ["", "/nowhere"])
def test_without_a_runner(tmp_path: Path, temporary: str) -> None:
    environment = {"GITHUB_OUTPUT": str(tmp_path / "outputs"), "RUNNER_TEMP": temporary}

    assert start.main(environment, start.gate) == 2


def passes(environment: Mapping[str, str]) -> start.Ended:
    return 0, {"verdict": "pass"}


def is_broken(environment: Mapping[str, str]) -> start.Ended:
    raise KeyError("100%\n")


def is_offline(environment: Mapping[str, str]) -> start.Ended:
    raise NotInstalled("no index")


@pytest.mark.parametrize(
    ("gate", "code", "told"),
    [
        pytest.param(is_broken, 6, "the action failed: KeyError: '100%25\\n'", id="a defect"),
        pytest.param(is_offline, 5, "no index", id="no packages"),
    ],
)
def test_what_is_no_verdict_is_no_violation(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], gate: Gate, code: int, told: str
) -> None:
    outputs = tmp_path / "outputs"

    assert start.main({"GITHUB_OUTPUT": str(outputs)}, gate) == code
    assert outputs.read_text(encoding="utf-8") == f"verdict=error\nexit-code={code}\n"
    assert capfd.readouterr().out == f"::error title=scangate::{told}\n"


@pytest.mark.parametrize(
    ("code", "handed_over", "meant", "verdict"),
    [
        pytest.param(0, HANDED_OVER, 0, "pass", id="a pass"),
        pytest.param(0, "", 6, None, id="a pass of which nothing was told"),
        pytest.param(6, HANDED_OVER, 6, None, id="a pass that broke after it was told"),
        pytest.param(1, "verdict=fail\nexit-code=1\n", 1, "fail", id="a violation"),
        pytest.param(2, "", 2, None, id="usage"),
        pytest.param(137, HANDED_OVER, 137, None, id="killed after it was told"),
        pytest.param(0, "verdict=fail\nexit-code=1\n", 6, None, id="another code than told"),
    ],
)
def test_outputs_count_only_for_the_code_that_they_tell_of(
    tmp_path: Path, code: int, handed_over: str, meant: int, verdict: str | None
) -> None:
    told, report = tmp_path / "told", tmp_path / "report.json"
    told.write_text(handed_over, encoding="utf-8")
    report.touch()

    found, outputs = start._checked(code, told, report)

    assert found == meant
    assert outputs.get("verdict") == verdict
    assert ("pinned-image" in outputs) is (verdict == "pass")
    assert outputs.get("report-json") == (None if verdict is None else str(report))


def test_a_report_that_was_not_written_is_not_told(tmp_path: Path) -> None:
    told = tmp_path / "told"
    told.write_text(HANDED_OVER, encoding="utf-8")

    assert start._checked(0, told, tmp_path / "report.json")[1]["report-json"] == ""


def test_outputs_that_cannot_be_written_are_no_pass(tmp_path: Path) -> None:
    assert start.main({"GITHUB_OUTPUT": str(tmp_path / "outputs")}, passes) == 0
    assert start.main({"GITHUB_OUTPUT": str(tmp_path)}, passes) == 6
    assert start.main({}, passes) == 6
    assert start.main({}, is_offline) == 5


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_a_cancelled_job_is_told_to_scangate(name: str, code: int) -> None:
    """The runner signals the step's own process, and scangate wants to write its reports."""
    child = (
        "import os, signal, time\n"
        f"signal.signal(signal.{name}, lambda *_: os._exit({code}))\n"
        f"os.kill(os.getppid(), signal.{name})\n"
        "time.sleep(20)\n"
    )
    parent = (
        "import sys\n"
        f"sys.path.insert(0, {str(start.ROOT)!r})\n"
        "from action import start\n"
        f"sys.exit(start._run([sys.executable, '-c', {child!r}], {{}}))\n"
    )

    assert subprocess.run([sys.executable, "-c", parent], check=False).returncode == code


def test_a_scangate_that_was_killed_has_the_code_of_a_shell() -> None:
    code = start._run(
        [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], dict(os.environ)
    )

    assert code == 137

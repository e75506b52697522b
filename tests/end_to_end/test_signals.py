"""Ctrl-C and SIGTERM: at once, with reports of what is known so far, and never a pass."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.running import Ended, Gate, finished, image, start

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}
REPORTS = ("-o", "json=report.json", "-o", "junit=junit.xml")


def await_line(process: subprocess.Popen[str], pattern: str) -> None:
    """Read what a process tells until it has told that."""
    assert process.stderr is not None
    for line in process.stderr:
        if re.search(pattern, line):
            return
    raise AssertionError(f"it ended without {pattern!r}")


def signalled(process: subprocess.Popen[str], number: signal.Signals) -> Ended:
    began = time.monotonic()
    process.send_signal(number)
    ended = finished(process)
    assert time.monotonic() - began < 5
    return ended


@pytest.mark.parametrize("number", SIGNALS)
def test_while_it_waits_for_a_scan(gate: Gate, number: signal.Signals) -> None:
    process = gate.start(*REPORTS, image("clean"), image("bad"), image("running"))
    await_line(process, "waiting for scan")
    time.sleep(0.2)  # for the others to be judged; if they are not, the code is the same

    ended = signalled(process, number)

    report = json.loads(Path("report.json").read_text())
    outcomes = report["images"]
    assert ended.code == report["exitCode"] == SIGNALS[number]
    assert outcomes[2]["error"]["kind"] == "interrupted"
    assert [each["verdict"] for each in outcomes] == ["pass", "fail", "error"]
    assert Path("junit.xml").read_text().count("<testsuite ") == 3
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-v", image("hanging")], "credentials: "),
        (["-v", "--scan", "always", image("running")], "waiting for scan"),
        (["--start-timeout", "60s", image("missing")], "waiting for the image to be listed"),
    ],
    ids=["an answer that does not come", "a scan that it started", "an image to be listed"],
)
@pytest.mark.parametrize("number", SIGNALS)
def test_whatever_it_waits_for(
    gate: Gate, arguments: Sequence[str], told: str, number: signal.Signals
) -> None:
    process = gate.start(*REPORTS, *arguments)
    await_line(process, told)

    ended = signalled(process, number)

    assert ended.code == SIGNALS[number]
    assert json.loads(Path("report.json").read_text())["exitCode"] == SIGNALS[number]


@pytest.mark.parametrize("number", SIGNALS)
def test_while_a_token_is_read_that_does_not_come(gate: Gate, number: signal.Signals) -> None:
    arguments = ("-v", "--token-file", "-", image("clean"))
    with gate.start(*REPORTS, *arguments, stdin=subprocess.PIPE) as process:
        await_line(process, "no policy is named")
        time.sleep(0.3)  # nothing tells that a thread has begun to read

        process.send_signal(number)
        code = process.wait(timeout=5)
    assert code == SIGNALS[number]
    assert json.loads(Path("report.json").read_text())["exitCode"] == SIGNALS[number]


@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(
    ("arguments", "reference"),
    [
        (["--from-file", "-"], "-"),
        (["--from-file", "-", image("clean")], image("clean")),
        (["--images-from", "-"], "(no image yet)"),
    ],
    ids=["a scan", "a scan of an image", "images"],
)
def test_while_standard_input_does_not_come(
    arguments: Sequence[str], reference: str, number: signal.Signals
) -> None:
    with start("check", *REPORTS, *arguments, stdin=subprocess.PIPE) as process:
        await_line(process, "no policy is named")
        time.sleep(0.3)  # nothing tells that it has begun to read

        process.send_signal(number)
        code = process.wait(timeout=5)
    report = json.loads(Path("report.json").read_text())
    assert code == report["exitCode"] == SIGNALS[number]
    assert [each["reference"] for each in report["images"]] == [reference]
    assert Path("junit.xml").exists()


def test_a_second_signal_does_no_harm(gate: Gate) -> None:
    process = gate.start(image("running"))
    await_line(process, "waiting")
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)

    assert finished(process).code != 0


@pytest.mark.parametrize("number", SIGNALS)
def test_while_nobody_reads_its_report(gate: Gate, number: signal.Signals) -> None:
    """It is no pass, and no file tells of one."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    os.write(writing, b"x" * (1 << 20))  # what fits in: nothing more does
    os.set_blocking(writing, True)
    with os.fdopen(reading), os.fdopen(writing, "wb") as full:
        process = gate.start(*REPORTS, "-o", "json", image("clean"), stdout=full)
        await_line(process, "no policy is named")
        time.sleep(1.0)  # nothing tells that it has begun to write
        ended = signalled(process, number)

    assert ended.code == 6
    assert "the json report was interrupted" in ended.err
    assert not Path("report.json").exists()
    assert not Path("junit.xml").exists()

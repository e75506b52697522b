"""Closed, full and broken streams: a pass that nobody could read is none; nothing else changes."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import pytest

from tests.running import Ended, Gate, finished, image, start

CODES = {"clean": 0, "bad": 1, "failed": 3, "broken": 5}
SHELL = ("sh", "-c")


@pytest.fixture
def broken_pipe() -> Iterator[IO[bytes]]:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        yield pipe


def with_redirect(gate: Gate, redirect: str, *arguments: str) -> Ended:
    return gate.finish(*arguments, wrapper=(*SHELL, f'exec "$@" {redirect}', "sh"))


@pytest.mark.parametrize(("name", "code"), CODES.items())
@pytest.mark.parametrize("how", [">&-", ">/dev/full", "a broken pipe"])
def test_stdout(gate: Gate, broken_pipe: IO[bytes], how: str, name: str, code: int) -> None:
    arguments = ("-o", "table", "-o", "json=report.json", image(name))
    if how == "a broken pipe":
        ended = gate.finish(*arguments, stdout=broken_pipe)
    else:
        ended = with_redirect(gate, how, *arguments)

    assert ended.code == (code or 6)
    assert "error: the table report cannot be written: " in ended.err
    assert "Traceback" not in ended.err
    assert "Exception ignored" not in ended.err
    if code == 0:
        assert "the report report.json is removed" in ended.err
    assert Path("report.json").exists() == (code != 0), "it would tell of a pass"


@pytest.mark.parametrize("how", [">&-", ">/dev/full"])
def test_stdout_does_not_matter_to_who_writes_files(gate: Gate, how: str) -> None:
    assert with_redirect(gate, how, "-o", "json=report.json", image("clean")).code == 0


@pytest.mark.parametrize(("name", "code"), CODES.items())
@pytest.mark.parametrize("how", ["2>&-", "2>/dev/full", "a broken pipe"])
def test_stderr(gate: Gate, broken_pipe: IO[bytes], how: str, name: str, code: int) -> None:
    if how == "a broken pipe":
        ended = gate.finish(image(name), stderr=broken_pipe)
    else:
        ended = with_redirect(gate, how, image(name))

    assert ended.code == code
    assert f"exit code {code}" in ended.out


def test_no_stream_at_all(gate: Gate) -> None:
    arguments = ("-o", "json=report.json", image("clean"))

    assert with_redirect(gate, "<&- >&- 2>&-", *arguments).code == 0
    assert with_redirect(gate, "<&- >&- 2>&-", image("clean")).code == 6


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["check", "--help"], ["emulator", "--show"]]
)
@pytest.mark.parametrize("redirect", [">/dev/full", ">&-"])
def test_what_was_asked_for_and_not_shown_is_no_success(
    arguments: Sequence[str], redirect: str
) -> None:
    wrapper = (*SHELL, f'exec "$@" {redirect}', "sh")
    ended = finished(start(*arguments, wrapper=wrapper, stdout=subprocess.DEVNULL))

    assert ended.code == 6
    assert ended.err.startswith("scangate: error: standard output cannot be written: ")

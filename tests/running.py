"""The command as users run it, against a registry that has an image for every way to end."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import pytest

from scangate.cli import main
from scangate.emulator import Arrival, Code, Emulator, Reply, StatusError, load_world
from scangate.model import Value

TOKEN = "token-of-the-tests"
REJECTED = "token-that-has-expired"
FORBIDDEN = "token-without-a-role"
ENVIRONMENT = {"YC_IAM_TOKEN": TOKEN}
WORLD = """
registries:
  - {id: crp0000000000000test, scan_policy: {push: ["*"]}}
  - {id: crp0000000000unwatch}
images:
  - name: crp0000000000000test/clean
    id: crp00000000000clean
    tags: ["1"]
    scans: [{finished: -1h}]
  - name: crp0000000000000test/bad
    tags: ["1"]
    scans:
      - finished: -1h
        vulnerabilities:
          - {severity: CRITICAL, name: CVE-2026-0001, package: openssl, fixed_by: "3"}
          - {severity: HIGH, name: CVE-2026-0002, package: zlib}
  - name: crp0000000000000test/medium
    tags: ["1"]
    scans:
      - {finished: -1h, vulnerabilities: [{severity: MEDIUM, name: CVE-2026-0003, package: zlib}]}
  - name: crp0000000000000test/running
    tags: ["1"]
    scans: [{appears: -1m, takes: forever}]
  - name: crp0000000000000test/failed
    tags: ["1"]
    scans: [{finished: -1h, ends: ERROR}]
  - name: crp0000000000unwatch/never-scanned
    tags: ["1"]
access: {forbidden: [token-without-a-role]}
"""


def image(name: str) -> str:
    """Name an image of the world. The service answers nonsense about `broken`, and never about
    `hanging`.
    """
    registry = "crp0000000000unwatch" if name == "never-scanned" else "crp0000000000000test"
    return f"cr.yandex/{registry}/{name}:1"


def break_some(arrival: Arrival) -> Reply | None:
    """Answer nonsense about some images, never about another, and refuse a token."""
    if arrival.request.headers.get("authorization") == f"Bearer {REJECTED}":
        raise StatusError(Code.UNAUTHENTICATED, "The token is invalid")
    if "hanging" in arrival.request.query:
        time.sleep(60)
    broken = "broken" in arrival.request.query
    return Reply(headers={"Content-Type": "text/html"}, body=b"<html>") if broken else None


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator(load_world(WORLD), faults=break_some) as emulator:
        yield emulator


class Ended(Value, frozen=True):
    """How a run ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str


class Gate:
    """`scangate check` against the emulator, in an empty folder of its own."""

    def __init__(self, emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
        self.emulator = emulator
        self._capsys = capsys

    def check(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
        """Run it inside this process."""
        whole = [*self.beginning, *arguments]
        return self.run(*whole, environment={**ENVIRONMENT, **(environment or {})})

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
        """Run any command inside this process."""
        self._capsys.readouterr()
        try:
            code = main(arguments, environment or {})
        except SystemExit as end:  # argparse ends so after the help
            code = int(end.code or 0)
        out, err = self._capsys.readouterr()
        return Ended(code=code, out=out, err=err)

    def start(
        self, *arguments: str, environment: Mapping[str, str] | None = None, **streams: Any
    ) -> subprocess.Popen[str]:
        """Start `check` as a process of its own."""
        return start(*self.beginning, *arguments, environment=environment, **streams)

    def finish(
        self, *arguments: str, environment: Mapping[str, str] | None = None, **streams: Any
    ) -> Ended:
        """Run `check` as a process of its own to its end."""
        return finished(self.start(*arguments, environment=environment, **streams))

    @property
    def beginning(self) -> Sequence[str]:
        return ("check", "--endpoint", self.emulator.url)


@pytest.fixture
def gate(
    emulator: Emulator,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Gate:
    monkeypatch.chdir(tmp_path)
    return Gate(emulator, capsys)


def start(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    stdin: int | IO[Any] = subprocess.DEVNULL,
    stdout: int | IO[Any] = subprocess.PIPE,
    stderr: int | IO[Any] = subprocess.PIPE,
    wrapper: Sequence[str] = (),
) -> subprocess.Popen[str]:
    """Start a command as a process of its own; `wrapper` is what starts it in its turn."""
    return subprocess.Popen(
        [*wrapper, sys.executable, "-m", "scangate", *arguments],
        env={"PATH": os.environ["PATH"], **ENVIRONMENT, **(environment or {})},
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        text=True,
    )


def finished(process: subprocess.Popen[str], *, within: float = 20) -> Ended:
    """Wait for a process that was started here."""
    with process:
        try:
            out, err = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Ended(code=process.returncode, out=out or "", err=err or "")

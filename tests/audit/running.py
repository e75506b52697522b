"""`scangate audit` from its arguments to its JSON report, against an emulator, in scaled time."""

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from scangate.cli import audit, main, network
from scangate.emulator import Emulator, Faults, World
from scangate.model import Value
from scangate.transport import Transport
from tests.faults.running import LIMITS, SECRET, FastClock

PATIENCE = 60
"""The --timeout of every run, in its own seconds."""


class Told(Value, frozen=True):
    """How an audit ended."""

    code: int
    report: Any
    err: str

    @property
    def endings(self) -> dict[str, str]:
        """The verdict of every image and place, or why there is none, by their short names."""
        entries = [*self.report["images"], *self.report["unknown"]]
        names = [each.get("reference") or each["place"] for each in entries]
        return {
            name.partition("@")[0].partition("/")[2].partition("/")[2]: (
                each["error"]["kind"] if each["error"] else each["verdict"]
            )
            for name, each in zip(names, entries, strict=True)
        }


class Auditor:
    """Runs audits in a folder of its own."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.clock = FastClock()
        self._run = audit.run
        self._folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)

    def emulator(self, world: World, faults: Faults | None = None) -> Emulator:
        """Return an emulator that starts now, by the same clock."""
        self.clock = FastClock()
        return Emulator(world, clock=self.clock, faults=faults)

    def audit(self, emulator: Emulator, target: str, *options: str) -> Told:
        given = ("--endpoint", emulator.url, "--timeout", f"{PATIENCE}s", "-o", "json=report.json")
        self._capsys.readouterr()
        with self._monkeypatch.context() as patch:
            patch.setattr(audit, "run", functools.partial(self._run, clock=self.clock))
            patch.setattr(network, "Transport", functools.partial(Transport, limits=LIMITS))
            code = main(["audit", *given, *options, target], {"YC_IAM_TOKEN": SECRET})
        report = json.loads((self._folder / "report.json").read_text())
        assert report["exitCode"] == code
        return Told(code=code, report=report, err=self._capsys.readouterr().err)

"""`scangate check` from its arguments to its exit code, against an emulator, in scaled time.

The command has no option that would make it less patient, so its clock and the limits of its
transport are replaced here, and nothing else: a gate's minute takes about a second.
"""

import contextlib
import functools
import io
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from scangate.cli import check, main, network
from scangate.emulator import Emulator, Faults, World, load_world
from scangate.instant import Instant
from scangate.transport import Limits, Transport

SPEED = 50
SECRET = "pL4nted/s3cret+of=the_tests-0123456789.abcdefghijklmnop~QRSTUVW"
REGISTRY = "crp0000000000000test"
IMAGES = f"cr.yandex/{REGISTRY}"
FORMATS = {"json": "report.json", "junit": "junit.xml", "table": "table.txt"}
PATIENCE = 60
"""The --timeout of every run, in the gate's seconds."""

WORLD = load_world(f"""
registries:
  - {{id: {REGISTRY}, scan_policy: {{push: ["*"]}}}}
images:
  - {{name: {REGISTRY}/clean, id: clean, tags: [1], scans: [{{id: c1, finished: -1h}}],
     on_scan: {{takes: 3s}}}}
  - {{name: {REGISTRY}/running, id: running, tags: [1],
     scans: [{{id: r0, finished: -1h}}, {{id: r1, appears: -1s, takes: 30s}}]}}
  - {{name: {REGISTRY}/never, id: never, tags: [1]}}
  - {{name: {REGISTRY}/bad, id: bad, tags: [1],
     scans: [{{id: b0, finished: -2h}},
             {{id: b1, finished: -1h, vulnerabilities: [
               {{severity: CRITICAL, name: CVE-2026-1, package: zlib, version: "1"}}]}}]}}
""")


class FastClock:
    """Time that runs faster, for the gate and for the emulator alike."""

    def __init__(self, *, speed: float = SPEED, wrong_by: float = 0.0) -> None:
        self._speed = speed
        self._began = time.monotonic()
        self._start = time.time() + wrong_by

    def monotonic(self) -> float:
        return 1000 + (time.monotonic() - self._began) * self._speed

    def time(self) -> float:
        return self._start + (time.monotonic() - self._began) * self._speed

    def now(self) -> Instant:
        return Instant(int(self.time() * 1e9))

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self._speed)


LIMITS = Limits(connect=0.5, read=0.15, request=8.0, attempts=3)
"""For sockets the seconds are real; `request` is compared to the fast clock."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended, and everything that it wrote."""

    code: int
    seconds: float
    out: str
    err: str
    files: Mapping[str, str]

    @property
    def report(self) -> Any:
        return json.loads(self.files["report.json"])

    @property
    def kinds(self) -> list[str | None]:
        """The kind of each image's error, None where there is none."""
        return [(image["error"] or {}).get("kind") for image in self.report["images"]]

    @property
    def everything(self) -> str:
        return "\n".join([self.out, self.err, *self.files.values()])

    def assert_reports_agree(self) -> None:
        """Each report says the same as the exit code, read by a reader that is not ours."""
        assert self.report["exitCode"] == self.code
        assert (self.report["verdict"] in ("pass", "warn")) is (self.code == 0)
        suites = ElementTree.fromstring(self.files["junit.xml"])
        broken = [*suites.iter("failure"), *suites.iter("error")]
        assert bool(broken) is (self.code != 0)
        assert bool(list(suites.iter("failure"))) is (self.code == 1)
        assert list(suites.iter("testcase"))
        assert "PASS" not in self.files["table.txt"].split("\n")[0] or self.code == 0


class Gate:
    """Runs `scangate check`; `environment` is all that it sees of the environment."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.clock = FastClock()
        self.environment = {"YC_IAM_TOKEN": SECRET}
        self.limits = LIMITS
        self._run = check.run
        self._monkeypatch = monkeypatch
        self._monkeypatch.chdir(folder)

    def check(self, *options: str, formats: Mapping[str, str] = FORMATS) -> Outcome:
        """Run it, telling everything."""
        outputs = [text for name, file in formats.items() for text in ("-o", f"{name}={file}")]
        arguments = ["check", *outputs, "-v", *options]
        out, err = io.StringIO(), io.StringIO()
        began = time.monotonic()
        with self._scaled(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(arguments, self.environment)
        return Outcome(
            code=code,
            seconds=time.monotonic() - began,
            out=out.getvalue(),
            err=err.getvalue(),
            files={file: self._written(file) for file in formats.values()},
        )

    def against(self, emulator: Emulator, image: str, *options: str) -> Outcome:
        patience = ("--timeout", f"{PATIENCE}s", "--start-timeout", "2s")
        return self.check("--endpoint", emulator.url, *patience, *options, f"{IMAGES}/{image}:1")

    def emulator(
        self, faults: Faults | None = None, world: World = WORLD, *, speed: float = SPEED
    ) -> Emulator:
        """Return an emulator that starts now, by the same clock."""
        self.clock = FastClock(speed=speed)
        return Emulator(world, clock=self.clock, faults=faults)

    def _written(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    @contextlib.contextmanager
    def _scaled(self) -> Iterator[None]:
        with self._monkeypatch.context() as patch:
            patch.setattr(check, "run", functools.partial(self._run, clock=self.clock))
            patch.setattr(network, "Transport", functools.partial(Transport, limits=self.limits))
            yield

"""From the moment that a scan is READY to the end of the gate, and how often it looked meanwhile.

The gate's own code waits on a clock that jumps, so hours of waiting take no time, and a scan can
end at every phase between two looks.
"""

import statistics
from collections.abc import Sequence
from typing import NamedTuple

from benchmarks.results import Goal, Section
from scangate.gate import Gathering, Plan, Wanted
from scangate.history import ScanSettings
from scangate.instant import Instant
from scangate.model import Counts, Image, PushScan, ScanResult, ScanStatus, Vulnerability
from scangate.reference import ImageReference, Target
from scangate.wait import Deadline

_START = Instant.parse("2026-11-22T10:00:00Z")
_LATENCY = 0.05
_PHASES = 200
_SPREAD, _LEAST_SPREAD = 0.1, 5.0
_BUDGET = 600.0
_IMAGE = Image(id="image-1", host="cr.yandex", name="crp0/app", digest="sha256:" + "a" * 64)
_TARGET = ImageReference(text="cr.yandex/crp0/app:1", host="cr.yandex", name="crp0/app", tag="1")
_WANTED = Wanted(
    settings=ScanSettings(
        max_age=None, use_last_ready_on_failed=False, use_last_ready_on_running=False
    ),
    list_rows=False,
)
_METHOD = """\
The gate waits for a scan that runs when it comes, each request taking 50 ms. Scans of each length
end at {phases} moments, spread over a tenth of the length, and 5 s at least, to either side. The
reaction is the time from then to the verdict, the check that the tag still names the same image
included. `polls` are the looks at the scan results."""


class _Clock:
    """A clock that jumps over every pause."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> Instant:
        return Instant(_START.nanoseconds + round(self.seconds * 1e9))

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class _Registry:
    """A registry with one image, whose scan is READY at `ready` seconds."""

    def __init__(self, clock: _Clock, ready: float) -> None:
        self.polls = 0
        self._clock = clock
        self._ready = ready

    def find(self, _target: Target) -> Image | None:
        self._clock.sleep(_LATENCY)
        return _IMAGE

    def scans(self, _image: Image) -> Sequence[ScanResult]:
        self.polls += 1
        self._clock.sleep(_LATENCY)
        if self._clock.seconds < self._ready:
            return [ScanResult(id="scan-1", image_id=_IMAGE.id, status=ScanStatus.RUNNING)]
        return [
            ScanResult(
                id="scan-1",
                image_id=_IMAGE.id,
                status=ScanStatus.READY,
                scanned_at=self._clock.now(),
                counts=Counts(),
            )
        ]

    def push_scan(self, _image: Image) -> PushScan:
        raise AssertionError("a scan is there from the start")

    def start_scan(self, _image: Image) -> str:
        raise AssertionError("nobody asked for a scan")

    def started_scan(self, _scan_id: str) -> ScanResult | None:
        raise AssertionError("no scan was started")

    def vulnerabilities(self, _scan: ScanResult) -> Sequence[Vulnerability]:
        raise AssertionError("the counts are enough")

    def served_at(self) -> Instant | None:
        return None


class Wait(NamedTuple):
    """How the gate saw one scan: seconds from READY to the verdict, and looks."""

    reaction: float
    polls: int


def wait_for(ready: float) -> Wait:
    """Let the gate wait for a scan that is READY after so many seconds."""
    clock = _Clock()
    registry = _Registry(clock, ready)
    deadline = Deadline.after(2 * _BUDGET, clock)
    gathering = Gathering(
        Plan(), registry, clock=clock, deadline=deadline, watch=lambda _waiting: None
    )
    gathering.prove(gathering.find(_TARGET), _TARGET, _WANTED)
    return Wait(clock.seconds - ready, registry.polls)


def measure() -> Section:
    """Wait for scans of several lengths."""
    waits = {seconds: _phases(seconds) for seconds in (10.0, 60.0, _BUDGET)}
    most = wait_for(_BUDGET).polls
    return Section(
        title="Reaction",
        method=_METHOD.format(phases=_PHASES),
        columns=("a scan of", "median reaction", "worst reaction", "most polls"),
        rows=[_row(seconds, each) for seconds, each in waits.items()],
        goals=[
            Goal("median reaction to a scan of a minute", _median(waits[60.0]), 3.0, "s"),
            Goal("polls in ten minutes", most, 30, ""),
        ],
    )


def _phases(seconds: float) -> Sequence[Wait]:
    spread = max(_SPREAD * seconds, _LEAST_SPREAD)
    first, step = seconds - spread, 2 * spread / (_PHASES - 1)
    return [wait_for(first + step * number) for number in range(_PHASES)]


def _median(waits: Sequence[Wait]) -> float:
    return statistics.median(each.reaction for each in waits)


def _row(seconds: float, waits: Sequence[Wait]) -> Sequence[str]:
    return (
        f"{seconds:.0f} s",
        f"{_median(waits):.1f} s",
        f"{max(each.reaction for each in waits):.1f} s",
        str(max(each.polls for each in waits)),
    )

"""The table of scan histories, through the whole command and over HTTP.

It is run under every setting of what the service's documents leave open, and with lists that come
in pages of one result. One clock drives the service and the gate, so that waiting takes no time.
"""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from scangate.cli import check
from scangate.emulator import Arrival, Behaviour, Emulator, Reply, World
from scangate.emulator.moments import MILLISECOND, SECOND, Moment
from scangate.emulator.world import (
    Image,
    OnScan,
    Outcome,
    Registry,
    Scan,
    ScanPolicy,
    Vulnerability,
    derive_digest,
    derive_id,
)
from scangate.model import Value
from tests.end_to_end.clock import SharedClock
from tests.histories import HISTORIES, TIMELESS, Row, Told
from tests.running import ENVIRONMENT

FINISHED = ("READY", "ERROR", "CANCELLED")
SCANNED, UNSCANNED = derive_id("crp", "scanned on push"), derive_id("crp", "not scanned on push")
FOR_EVER = 10**9
NUMBERS = {row.name: number for number, row in enumerate(HISTORIES)}


def image_of(row: Row, behaviour: Behaviour) -> Image:
    number = NUMBERS[row.name]
    registry = SCANNED if row.scanned_on_push else UNSCANNED
    ends = [start for start, _ in row.history[1:]]
    return Image(
        id=f"image-{number}",
        name=f"{registry}/row-{number}",
        digest=derive_digest(row.name),
        scans=tuple(
            scan_of(told, number, start, end, behaviour)
            for (start, history), end in zip(row.history, [*ends, None], strict=True)
            for told in history
        ),
        on_scan=(on_scan_of(row),),
    )


def scan_of(told: Told, number: int, start: float, end: float | None, behaviour: Behaviour) -> Scan:
    """One scan as it is told from a second on until another, in which it is told differently."""
    hidden = told.status != "READY" and not behaviour.failed_has_time
    timeless = told.age is TIMELESS or hidden
    return Scan(
        id=told.id and f"{number}-{told.id}",
        appears=Moment(int(start * SECOND)),
        disappears=None if end is None else Moment(int(end * SECOND)),
        outcome=outcome_of(told),
        scanned_at=None if told.age is None or timeless else Moment(-told.age),
        tells_time=not timeless,
        image_id={"own": None, "other": "another", "absent": ""}[told.image],
    )


def outcome_of(told: Told) -> Outcome:
    rows = (Vulnerability(severity="CRITICAL", name="CVE-2026-1", package="p"),) * told.critical
    if told.status in FINISHED:
        return Outcome(takes=0, ends=told.status, vulnerabilities=rows)
    return Outcome(takes=None, runs=told.status)


def on_scan_of(row: Row) -> OnScan:
    """What a scan that the gate starts comes to: it appears, and perhaps it ends."""
    seen = [(start, history[0]) for start, history in row.started if history]
    if not seen:
        return OnScan(delay=FOR_EVER * SECOND)
    (first, _), (last, told) = seen[0], seen[-1]
    outcome = outcome_of(told)
    if outcome.takes is not None:
        # The answer to Scan itself does not tell the end yet
        takes = int((last - first) * SECOND) or MILLISECOND
        outcome = dataclasses.replace(outcome, takes=takes)
    return OnScan(delay=int(first * SECOND), outcome=outcome)


def world_of(behaviour: Behaviour) -> World:
    behaviour = dataclasses.replace(behaviour, parallel_scans=FOR_EVER)
    on_push = ScanPolicy(id="policy", push=("*",))
    return World(
        registries=(Registry(id=SCANNED, scan_policy=on_push), Registry(id=UNSCANNED)),
        images=tuple(image_of(row, behaviour) for row in HISTORIES),
        behaviour=behaviour,
    )


class Pages:
    """Cuts the lists of scans into pages of one, whatever size was asked for."""

    def __init__(self) -> None:
        self._lists: dict[str, Reply] = {}

    def __call__(self, arrival: Arrival) -> Reply | None:
        request = arrival.request
        query = parse_qs(request.query)
        if request.method != "GET" or not request.path.endswith("/scans"):
            return None
        image, page = query["imageId"][0], int(query.get("pageToken", ["0"])[0])
        if page == 0:
            self._lists[image] = arrival.usual()
        whole = self._lists[image]
        results = json.loads(whole.body).get("scanResults", [])
        answer: dict[str, object] = {"scanResults": results[page : page + 1]}
        if page + 1 < len(results):
            answer["nextPageToken"] = str(page + 1)
        return dataclasses.replace(whole, body=json.dumps(answer).encode())


PAGES = Pages()


def foreign_answers(arrival: Arrival) -> Reply | None:
    """A started scan that is told as the table has it: of another image, or as another scan."""
    if "/scans/" not in arrival.request.path or ":" in arrival.request.path:
        return None
    usual = arrival.usual()
    message = json.loads(usual.body)
    told = FOREIGN_STARTS.get(message.get("imageId", ""))
    if told is None:
        return usual
    changes = {"imageId": "another"} if told.image == "other" else {"id": told.id}
    return dataclasses.replace(usual, body=json.dumps({**message, **changes}).encode())


FOREIGN_STARTS: Mapping[str, Told] = {
    f"image-{NUMBERS[row.name]}": told
    for row in HISTORIES
    for _, history in row.started
    for told in history
    if told.image != "own" or told.id != "started"
}


def in_pages(arrival: Arrival) -> Reply | None:
    return PAGES(arrival) or foreign_answers(arrival)


Faults = Callable[[Arrival], Reply | None]
NOT_ASKED = (
    *("never_scanned_last", "last_shows_failed", "unfinished_list", "aliases", "unknown_r"),
    *("index_", "artifact_", "listed_artifacts", "scan_response"),
)
"""Switches of calls that `check` does not make, or that these images do not come to."""

WRITTEN = {
    switch: getattr(setting, switch)
    for switch, setting in (
        (name.partition("=")[0], setting) for name, setting in Behaviour().variants()
    )
    if switch.endswith("_written") or switch in ("integers", "utc")
}
"""How the same facts are spelled: these switches are thrown together, as they hide nothing."""

SETTINGS: dict[str, tuple[Behaviour, Faults]] = {
    **{
        name: (setting, foreign_answers)
        for name, setting in Behaviour().variants()
        if not name.startswith((*NOT_ASKED, *WRITTEN))
    },
    "everything written": (dataclasses.replace(Behaviour(), **WRITTEN), foreign_answers),
    "one result a page": (Behaviour(), in_pages),
}


def every_told(row: Row) -> list[Told]:
    return [told for _, history in (*row.history, *row.started) for told in history]


def is_finer_than_seconds(told: Told) -> bool:
    return isinstance(told.age, int) and told.age % SECOND != 0


def is_clean(told: Told) -> bool:
    return told.status == "READY" and not told.critical


CONCERNS: Mapping[str, Callable[[Row], bool]] = {
    "clean_vulnerabilities": lambda row: any(map(is_clean, every_told(row))),
    "fraction_digits": lambda row: any(map(is_finer_than_seconds, every_told(row))),
    "one result a page": lambda row: any(len(history) > 1 for _, history in row.history),
    "no_scan_policy": lambda row: not row.scanned_on_push,
    "never_scanned_list": lambda row: any(not history for _, history in row.history),
    "error_before_done": lambda row: bool(row.started),
    "failed_operation": lambda row: bool(row.started),
    "running_has_time": lambda row: any(t.status not in FINISHED for t in every_told(row)),
    "failed_has_time": lambda row: any(t.status in FINISHED[1:] for t in every_told(row)),
}
"""The rows to which a switch can make a difference; a switch that is not here may to all."""


def hides(behaviour: Behaviour, row: Row) -> bool:
    """Whether the setting does not tell something on which the row's answer rests."""
    told = every_told(row)
    digits = 9 if behaviour.fraction_digits is None else behaviour.fraction_digits
    finer = any((each.age or 0) % 10 ** (9 - digits) for each in told)
    undated = not behaviour.failed_has_time and any(
        each.age is not TIMELESS for each in told if each.status in ("ERROR", "CANCELLED")
    )
    return finer or undated


class Served(Value, frozen=True):
    """The table as a registry, under one setting."""

    setting: str
    emulator: Emulator
    clock: SharedClock
    behaviour: Behaviour

    def judge(self, row: Row, folder: Path) -> tuple[int, str, str | None]:
        """Run the command, and return its exit code, the kind of the error and the scan."""
        self.clock.elapsed = 0.0
        policy, report = folder / "policy.yaml", folder / "report.json"
        scan = {"max_age": row.max_age, "on_failed": row.on_failed, "on_running": row.on_running}
        policy.write_text(f"version: 1\nthresholds: {{critical: 0}}\nscan: {json.dumps(scan)}\n")
        image = image_of(row, self.behaviour)
        arguments = [
            *("--endpoint", self.emulator.url, "-p", str(policy), "-q", "-o", f"json={report}"),
            *("--timeout", f"{row.timeout:.0f}s", "--start-timeout", f"{row.start_timeout:.0f}s"),
            *("--scan", row.when, f"cr.yandex/{image.name}@{image.digest}"),
        ]
        code = check.run(arguments, ENVIRONMENT, clock=self.clock)
        told = json.loads(report.read_text())
        (outcome,) = told["images"]
        assert told["exitCode"] == code
        assert self.clock.elapsed <= row.timeout
        kind = outcome["error"]["kind"] if outcome["error"] else ""
        return code, kind, self._scan(row, outcome)

    def _scan(self, row: Row, outcome: dict[str, Any]) -> str | None:
        """Return the table's name of the scan that a report names."""
        if outcome["scan"] is None:
            return None
        image, scan = f"image-{NUMBERS[row.name]}", str(outcome["scan"]["id"])
        started = [each.scan.id for each in self.emulator.scans_started if each.image_id == image]
        return "started" if scan in started else scan.removeprefix(f"{NUMBERS[row.name]}-")


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    behaviour, faults = SETTINGS[request.param]
    clock = SharedClock()
    with Emulator(world_of(behaviour), clock=clock, faults=faults) as emulator:
        yield Served(setting=request.param, emulator=emulator, clock=clock, behaviour=behaviour)


@pytest.mark.parametrize("served", SETTINGS, indirect=True)
def test_every_history(served: Served, tmp_path: Path) -> None:
    wrong = {}
    for row in filter(CONCERNS.get(served.setting.partition("=")[0], bool), HISTORIES):
        got = served.judge(row, tmp_path)
        hidden = hides(served.behaviour, row)
        if hidden and row.at_the_nanosecond:
            continue  # what is cut off decides such a row, so nothing is left of it
        # What is not told must not make it better
        right = got[0] == row.code or (row.code == 0 and hidden)
        if not right or (not hidden and got != (row.code, row.kind, row.scan)):
            wrong[row.name] = got

    assert wrong == {}

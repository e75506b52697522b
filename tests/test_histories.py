"""The table of scan histories, through the gate and the policy, in every order of the results."""

import itertools
import json
from collections.abc import Iterator

import msgspec
import pytest

from scangate.gate import Plan, ScanWhen
from scangate.instant import Instant
from scangate.model import Counts, PushScan, ScanResult, ScanStatus
from scangate.policy.effective import Policy
from scangate.reference import ImageReference
from tests import fakes
from tests.histories import HISTORIES, History, Row, Told

PINNED = ImageReference.parse(fakes.IMAGE.pinned)
IMAGE_IDS = {"own": fakes.IMAGE.id, "other": "image-2", "absent": ""}
KNOWN = {status.value for status in ScanStatus} - {"UNKNOWN"}


def as_result(told: Told) -> ScanResult:
    known = told.status in KNOWN
    return ScanResult(
        id=told.id,
        image_id=IMAGE_IDS[told.image],
        status=ScanStatus(told.status) if known else ScanStatus.UNKNOWN,
        status_word=told.status,
        scanned_at=None if told.age is None else Instant(fakes.NOW.nanoseconds - told.age),
        counts=Counts(critical=told.critical),
    )


def policy_of(row: Row) -> Policy:
    scan = {"max_age": row.max_age, "on_failed": row.on_failed, "on_running": row.on_running}
    return fakes.policy(f"thresholds: {{critical: 0}}\nscan: {json.dumps(scan)}")


def judge(row: Row) -> tuple[fakes.Outcome, fakes.FakeSource]:
    policy = policy_of(row)
    source = fakes.FakeSource(
        fakes.FakeClock(),
        scans=[(start, tuple(map(as_result, history))) for start, history in row.history],
        started=[(start, as_result(told[0]) if told else None) for start, told in row.started],
        push_scan=PushScan(covered=row.scanned_on_push),
    )
    plan = Plan(
        scan_when=ScanWhen(row.when),
        start_timeout=row.start_timeout,
    )
    return fakes.judge(source, policy, plan, target=PINNED, timeout=row.timeout), source


def in_every_order(row: Row) -> Iterator[tuple[tuple[float, History], ...]]:
    starts = [start for start, _ in row.history]
    orders = [list(itertools.permutations(history)) for _, history in row.history]
    for histories in itertools.product(*orders):
        yield tuple(zip(starts, histories, strict=True))


@pytest.mark.parametrize("row", HISTORIES, ids=lambda row: row.name)
def test_history(row: Row) -> None:
    for history in in_every_order(row):
        outcome, source = judge(msgspec.structs.replace(row, history=history))
        scan = outcome.scan.id if outcome.scan else None
        assert (outcome.code, outcome.kind, scan) == (row.code, row.kind, row.scan)
        assert "start_scan" not in source.asked or row.when != "never"


def test_every_row_has_a_name_of_its_own() -> None:
    assert len({row.name for row in HISTORIES}) == len(HISTORIES)


def test_a_verdict_and_only_a_verdict_has_no_kind() -> None:
    assert all((row.kind == "") == (row.code in (0, 1)) for row in HISTORIES)

"""Which result counts, and whether it is fresh; the table of histories tells the rest."""

import datetime as dt

import pytest

from scangate.errors import ScanStale
from scangate.history import Choice, Failed, Judge, Missing, ScanSettings, Wait, check_fresh, choose
from scangate.instant import Instant
from scangate.model import Counts, ScanResult, ScanStatus
from tests.fakes import NOW, result

OLDER = Instant(NOW.nanoseconds - 1)
USE_BOTH = ScanSettings(use_last_ready_on_failed=True, use_last_ready_on_running=True)
READY, NEWER_READY = result("a", scanned_at=OLDER), result("b")
TIMELESS = result("t", scanned_at=None)
RUNNING = result("r", ScanStatus.RUNNING, counts=None)
ERROR, OLDER_ERROR = result("e", ScanStatus.ERROR), result("o", ScanStatus.ERROR, scanned_at=OLDER)


@pytest.mark.parametrize(
    ("history", "choice"),
    [
        ([], Missing()),
        ([READY], Judge(results=(READY,))),
        ([READY, NEWER_READY], Judge(results=(NEWER_READY,))),
        ([READY, TIMELESS, NEWER_READY], Judge(results=(TIMELESS,))),
        ([NEWER_READY, OLDER_ERROR], Judge(results=(NEWER_READY,))),
        ([NEWER_READY, ERROR], Failed(result=ERROR)),
        ([READY, OLDER_ERROR, ERROR], Failed(result=ERROR)),
        ([RUNNING, ERROR, READY], Wait(running=RUNNING)),
    ],
)
def test_choice(history: list[ScanResult], choice: Choice) -> None:
    assert choose(history, ScanSettings()) == choice
    assert choose(history[::-1], ScanSettings()) == choice


@pytest.mark.parametrize(
    ("history", "choice"),
    [
        ([RUNNING, ERROR, READY], Judge(results=(READY,))),
        ([RUNNING, ERROR], Failed(result=ERROR)),
        ([RUNNING], Wait(running=RUNNING)),
    ],
)
def test_choice_where_the_last_ready_result_will_do(
    history: list[ScanResult], choice: Choice
) -> None:
    assert choose(history, USE_BOTH) == choice


def test_the_same_result_on_two_pages_is_judged_once() -> None:
    assert choose([READY, READY], ScanSettings()) == Judge(results=(READY,))


def test_a_result_that_is_told_in_two_ways_is_judged_both_ways() -> None:
    other = result("a", scanned_at=OLDER, counts=Counts(critical=1))
    choice = choose([READY, other], ScanSettings())
    assert isinstance(choice, Judge)
    assert set(choice.results) == {READY, other}


def test_results_of_the_same_time_are_chosen_in_the_same_order_from_any() -> None:
    same = [result("b"), result("a"), result("c")]
    assert choose(same, ScanSettings()) == choose(same[::-1], ScanSettings())


MAX_AGE = dt.timedelta(days=8)
AGE = 8 * 86_400 * 10**9
AHEAD = 300 * 10**9


@pytest.mark.parametrize("age", [0, AGE - 1, AGE, -1, -AHEAD])
def test_fresh(age: int) -> None:
    check_fresh(result(scanned_at=Instant(NOW.nanoseconds - age)), max_age=MAX_AGE, now=NOW)


@pytest.mark.parametrize("age", [AGE + 1, 2 * AGE, -AHEAD - 1, -2 * AGE])
def test_stale(age: int) -> None:
    stale = result(scanned_at=Instant(NOW.nanoseconds - age))
    with pytest.raises(ScanStale):
        check_fresh(stale, max_age=MAX_AGE, now=NOW)


@pytest.mark.parametrize("max_age", [None, MAX_AGE, dt.timedelta.max])
def test_an_age_that_is_not_known_is_stale(max_age: dt.timedelta | None) -> None:
    with pytest.raises(ScanStale, match="its age is not known"):
        check_fresh(result(scanned_at=None), max_age=max_age, now=NOW)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"])
def test_the_ends_of_the_calendar_can_be_told(text: str) -> None:
    with pytest.raises(ScanStale):
        check_fresh(result(scanned_at=Instant.parse(text)), max_age=MAX_AGE, now=NOW)


def test_the_message_names_both_ages() -> None:
    old = result(scanned_at=NOW.plus(-2 * MAX_AGE))
    with pytest.raises(ScanStale, match="scan scan-1 is 16d old, the policy accepts 8d") as stale:
        check_fresh(old, max_age=MAX_AGE, now=NOW)
    assert stale.value.hint

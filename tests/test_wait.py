"""Pauses and budgets."""

import pytest

from scangate.wait import Deadline, pause
from tests.fakes import FakeClock


def looks(seconds: float) -> list[float]:
    """Return when the gate looks, while it waits for so long and every answer is at once."""
    clock, at = FakeClock(), [0.0]
    deadline = Deadline.after(seconds, clock)
    while left := deadline.for_waiting(clock):
        clock.sleep(min(pause(clock.elapsed), left))
        at.append(clock.elapsed)
    return at


def test_ten_minutes_are_at_most_thirty_looks() -> None:
    assert len(looks(600)) <= 30


@pytest.mark.parametrize("scan_takes", [1, 24, 60, 90, 120])
def test_a_scan_of_up_to_two_minutes_is_seen_within_moments(scan_takes: float) -> None:
    seen = next(at for at in looks(600) if at >= scan_takes)
    assert seen - scan_takes <= max(6, scan_takes / 5)


@pytest.mark.parametrize("seconds", [0, 0.01, 1, 5, 60, 600, 86_400])
def test_the_budget_is_never_overrun(seconds: float) -> None:
    assert looks(seconds)[-1] <= seconds


@pytest.mark.parametrize(("seconds", "last"), [(1, 0.9), (10, 9), (60, 58), (600, 598)])
def test_the_last_look_has_time_for_its_answer(seconds: float, last: float) -> None:
    assert looks(seconds)[-1] == pytest.approx(last)


def test_a_budget_of_0_looks_once() -> None:
    assert looks(0) == [0]
    assert Deadline.after(0, FakeClock()).looks_once
    assert not Deadline.after(0.001, FakeClock()).looks_once


def test_pauses_take_time_and_are_never_long() -> None:
    pauses = [pause(waited / 10) for waited in range(36_000)]
    assert min(pauses) >= 1
    assert max(pauses) <= 120


def test_pauses_grow() -> None:
    pauses = [pause(waited / 10) for waited in range(36_000)]
    assert pauses == sorted(pauses)


def test_what_remains_is_never_negative() -> None:
    clock = FakeClock()
    deadline = Deadline.after(10, clock)
    clock.sleep(11)
    assert deadline.remaining(clock) == 0
    assert deadline.for_waiting(clock) == 0

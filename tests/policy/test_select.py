"""Selecting findings."""

import pytest

from scangate.model import Counts, Severity, Vulnerability
from scangate.policy.select import Selector

FIXABLE = Vulnerability(severity=Severity.HIGH, fixed_version="2")
UNFIXABLE = Vulnerability(severity=Severity.HIGH)
NOT_TOLD = Vulnerability(severity=Severity.HIGH, described=False)
OTHER = Vulnerability(severity=Severity.LOW, fixed_version="2")
HIGH = frozenset({Severity.HIGH})


@pytest.mark.parametrize(
    ("fixable", "selected"),
    [
        (None, [FIXABLE, UNFIXABLE, NOT_TOLD]),
        (True, [FIXABLE, NOT_TOLD]),
        (False, [UNFIXABLE, NOT_TOLD]),
    ],
    ids=["either", "fixable", "unfixable"],
)
def test_a_row_that_does_not_tell_is_selected_by_both(
    fixable: bool | None, selected: list[Vulnerability]
) -> None:
    selector = Selector(severities=HIGH, fixable=fixable)
    rows = [FIXABLE, UNFIXABLE, NOT_TOLD, OTHER]
    assert [row for row in rows if selector.matches(row)] == selected


@pytest.mark.parametrize(
    ("severities", "count"),
    [
        (frozenset[Severity](), 0),
        (HIGH, 2),
        (frozenset({Severity.HIGH, Severity.UNDEFINED}), 2 + 32),
        (frozenset(Severity), 63),
    ],
    ids=["none", "one", "two", "every"],
)
def test_counts_by_severity(severities: frozenset[Severity], count: int) -> None:
    counts = Counts(critical=1, high=2, medium=4, low=8, negligible=16, undefined=32)
    assert Selector(severities=severities).count(counts) == count

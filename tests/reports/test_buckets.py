"""Every finding is in a bucket, and whoever is not counted has a reason to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.model import Severity
from scangate.report import Finding, IgnoreState
from scangate.reports.buckets import exempt, tally

from .samples import by_entry, by_vex, finding, ignore, ignored, outcome
from .strategies import findings, unhurried

UNSELECTED = finding(9, rules=())


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param((), "", id="nothing-found"),
        pytest.param(None, "", id="not-listed"),
        pytest.param((finding(1), finding(2)), "", id="all-counted"),
        pytest.param((UNSELECTED,), "0 counted, 1 by no rule", id="none-counted"),
        pytest.param(
            (finding(1), ignored(2, why=by_entry()), ignored(3, why=by_vex()), UNSELECTED),
            "1 counted, 1 ignored, 1 by VEX, 1 by no rule",
            id="each",
        ),
        pytest.param(
            (finding(1), ignored(2, why=by_entry()), ignored(3, why=by_entry())),
            "1 counted, 2 ignored",
            id="empty-ones-are-left-out",
        ),
    ],
)
def test_tally(found: tuple[Finding, ...] | None, told: str) -> None:
    assert tally(outcome(findings=found)) == told


def test_the_packages_that_one_entry_is_for_are_one_line() -> None:
    rows = [ignored(1, why=by_entry(), package=f"icu{part}") for part in range(9)]
    (line,) = exempt(outcome(findings=tuple(rows)), most=5).lines
    assert line.line.packages == tuple(f"icu{part}" for part in range(9))
    assert line.line.rows == 9


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(ignored(2, why=by_entry()), id="advisory"),
        pytest.param(ignored(1, why=by_entry(13)), id="entry"),
        pytest.param(ignored(1, why=by_entry(reason="Another.")), id="reason"),
        pytest.param(ignored(1, why=by_vex()), id="bucket"),
    ],
)
def test_what_differs_has_a_line_of_its_own(other: Finding) -> None:
    both = (ignored(1, why=by_entry()), other)
    assert len(exempt(outcome(findings=both), most=5).lines) == 2


@pytest.mark.parametrize(
    ("found", "by", "expires", "reason"),
    [
        pytest.param(
            ignored(why=by_entry()),
            "scangate.yaml:12 (team-web, SEC-7)",
            "2026-12-31",
            "The vulnerable function is not compiled in.",
            id="entry",
        ),
        pytest.param(
            ignored(why=by_entry(13, expires=None, reason="a\n::error::b")),
            "scangate.yaml:13",
            "never",
            "a ::error::b",
            id="entry-for-ever-of-nobody",
        ),
        pytest.param(
            ignored(why=by_vex()),
            "VEX vex/app.json",
            "never",
            "vulnerable_code_not_in_execute_path",
            id="vex",
        ),
        pytest.param(
            ignored(2, why=by_entry()),
            "scangate.yaml:12",
            "2026-12-31",
            "The vulnerable function is not compiled in.",
            id="another-entry-of-that-line",
        ),
    ],
)
def test_who_says_so(found: Finding, by: str, expires: str, reason: str) -> None:
    entry = ignore(1, 12, state=IgnoreState.USED, owner="team-web", ticket="SEC-7")
    (line,) = exempt(outcome(findings=(found,), ignores=(entry,)), most=5).lines
    assert (line.by, line.expires, line.reason) == (by, expires, reason)


def test_the_worst_come_first_whoever_says_so() -> None:
    rows = tuple(
        ignored(number, why=by_entry(number), severity=severity)
        for number, severity in enumerate(Severity, start=1)
    )
    for order in (rows, rows[::-1]):
        told = exempt(outcome(findings=order), most=2)
        assert [each.line.id for each in told.lines] == ["CVE-2026-0001", "CVE-2026-0002"]
        assert told.left_out == 4


@unhurried
@given(findings, st.integers(1, 9))
def test_every_finding_that_is_not_counted_is_shown_or_told_of(
    found: tuple[Finding, ...], most: int
) -> None:
    told = exempt(outcome(findings=found), most=most)
    hidden = sum(each.suppression is not None for each in found)
    assert sum(each.line.rows for each in told.lines) + told.left_out == hidden
    assert len(told.lines) <= most

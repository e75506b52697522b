"""Findings become lines without losing one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.model import Severity
from scangate.report import Finding, Verdict
from scangate.reports.findings import of_broken_rules, worst

from .samples import broken, finding, rule, undescribed
from .strategies import findings, unhurried


def test_an_advisory_that_hits_nine_packages_is_one_line() -> None:
    (line,) = worst([finding(1, package=f"icu{part}") for part in range(9)], most=5).lines
    assert line.packages == tuple(f"icu{part}" for part in range(9))
    assert (line.versions, line.fixes, line.rows) == ("3.0.11-1", "3.0.13-1", 9)


@pytest.mark.parametrize(
    ("rows", "packages", "versions", "fixes"),
    [
        pytest.param(
            [finding(fixed_version=""), finding(package="ssl", fixed_version="4")],
            ("openssl", "ssl"),
            "3.0.11-1",
            "no fix yet, 4",
            id="fixed-in-one-package",
        ),
        pytest.param(
            [finding(version="1"), finding(version="2")],
            ("openssl",),
            "1, 2",
            "3.0.13-1",
            id="two-versions",
        ),
        pytest.param(
            [undescribed()],
            ("(no package named)",),
            "",
            "not told",
            id="undescribed",
        ),
        pytest.param(
            [undescribed()] * 3,
            ("(no package named, 3 rows)",),
            "",
            "not told",
            id="undescribed-several",
        ),
        pytest.param([finding(package="\x00")], ("(no package named)",), "3.0.11-1", "3.0.13-1",
            id="unseen-name"),
    ],
)  # fmt: skip
def test_line(rows: list[Finding], packages: tuple[str, ...], versions: str, fixes: str) -> None:
    (line,) = worst(rows, most=5).lines
    assert (line.packages, line.versions, line.fixes) == (packages, versions, fixes)


def test_advisories_without_an_id_are_told_by_package() -> None:
    assert len(worst([finding(id=""), finding(id="", package="zlib")], most=5).lines) == 2


def test_one_advisory_rated_twice_is_two_lines() -> None:
    rows = [finding(severity=Severity.HIGH), finding(severity=Severity.LOW)]
    assert len(worst(rows, most=5).lines) == 2


def test_the_worst_come_first_in_any_order() -> None:
    rows = [finding(number, severity=severity) for number, severity in enumerate(Severity)]
    for order in (rows, rows[::-1]):
        lines = worst(order, most=2).lines
        assert [line.severity for line in lines] == [Severity.CRITICAL, Severity.HIGH]


def test_of_one_severity_what_is_exploited_comes_first() -> None:
    rows = [
        finding(1),
        finding(2, known_exploited=True),
        finding(3, known_exploited=True, severity=Severity.HIGH),
    ]
    told = worst(rows, most=3).lines
    assert [line.id[-1] for line in told] == ["2", "1", "3"]


@pytest.mark.parametrize(
    ("known", "notes"),
    [
        pytest.param([{}], "", id="nothing"),
        pytest.param([{"known_exploited": False, "new": False}], "", id="no"),
        pytest.param([{"known_exploited": True}, {}], "KEV", id="exploited"),
        pytest.param([{}, {"new": True}], "new", id="new-in-one-package"),
        pytest.param([{"epss": 0.0}], "EPSS 0", id="never"),
        pytest.param([{"epss": 0.04}, {"epss": 0.91234}, {}], "EPSS 0.91", id="the-worst-score"),
        pytest.param([{"known_exploited": True, "new": True, "epss": 1}], "KEV, new, EPSS 1",
            id="all"),
    ],
)  # fmt: skip
def test_notes(known: list[dict[str, object]], notes: str) -> None:
    rows = [finding(1, package=f"p{place}", **facts) for place, facts in enumerate(known)]
    assert [line.notes for line in worst(rows, most=2).lines] == [notes]


@pytest.mark.parametrize(
    ("verdicts", "number"),
    [
        pytest.param((Verdict.FAIL, Verdict.WARN), 3, id="both"),
        pytest.param((Verdict.WARN, Verdict.PASS), 2, id="one-is-kept"),
        pytest.param((None, Verdict.PASS), 0, id="none-is-broken"),
    ],
)
def test_what_broken_rules_count(verdicts: tuple[Verdict | None, ...], number: int) -> None:
    """A finding that breaks two rules is one; two rows that say the same are two."""
    same, other = finding(1), finding(2)
    lists = ((same, same), (same, other))
    rules = [
        broken(*found, verdict=verdict) for found, verdict in zip(lists, verdicts, strict=True)
    ]
    assert len(list(of_broken_rules([*rules, rule(findings=None)]))) == number


@unhurried
@given(findings, st.integers(1, 9))
def test_every_finding_is_shown_or_counted(found: tuple[Finding, ...], most: int) -> None:
    told = worst(found, most=most)
    assert sum(line.rows for line in told.lines) + told.left_out == len(found)
    assert len(told.lines) <= most


@pytest.mark.parametrize(
    ("most", "named"),
    [
        pytest.param(100, "alpha, beta, gamma-ray-burst", id="all"),
        pytest.param(27, "alpha, beta and 1 more", id="last-too-long"),
        pytest.param(22, "alpha, beta and 1 more", id="exactly"),
        pytest.param(21, "alpha and 2 more", id="one-too-long"),
        pytest.param(3, "alpha and 2 more", id="no-room"),
    ],
)
def test_name_packages(most: int, named: str) -> None:
    rows = [finding(package=name) for name in ("alpha", "beta", "gamma-ray-burst")]
    assert worst(rows, most=1).lines[0].name_packages(most) == named

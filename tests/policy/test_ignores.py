"""Accepted risks: which findings they take, for how long, and what is told of them."""

import datetime as dt
from typing import Any

import pytest

from scangate.model import Severity, Vulnerability
from scangate.policy.effective import Ignore
from scangate.policy.ignores import SOON, Entry, Ignoring, entries_for
from scangate.report import Bucket, IgnoreState, Suppression

TODAY = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)
REPOSITORY = "cr.yandex/crp0/payments/app"
USED, UNUSED, EXPIRED = IgnoreState


def entry(**fields: Any) -> Ignore:
    whole = {
        "id": "CVE-2026-1",
        "reason": "Not compiled in.",
        "expires": None,
        "written": "policy.yaml:3",
    }
    return Ignore(**{**whole, **fields})


def row(**fields: Any) -> Vulnerability:
    whole = {"severity": Severity.HIGH, "id": "CVE-2026-1", "package": "zlib1g", "version": "1"}
    return Vulnerability(**{**whole, **fields})


class Judged:
    """What entries did to rows."""

    def __init__(
        self,
        ignores: list[Ignore],
        rows: list[Vulnerability],
        *,
        repository: str = REPOSITORY,
        today: dt.date = TODAY,
    ) -> None:
        entries = entries_for(ignores, repository=repository, today=today)
        ignoring = Ignoring(entries)
        self.suppressions = [ignoring.suppression(each) for each in rows]
        self.outcomes = ignoring.outcomes()
        self.states = [(each.state, each.count) for each in self.outcomes]
        self.notices = list(ignoring.notices(rows, today))

    @property
    def taken(self) -> list[bool]:
        return [each is not None for each in self.suppressions]


@pytest.mark.parametrize(
    ("ignore", "vulnerability", "taken"),
    [
        ({}, {}, True),
        ({}, {"id": "CVE-2026-12"}, False),
        ({}, {"id": "CVE-2026-"}, False),
        ({}, {"id": "cve-2026-1"}, False),
        ({}, {"id": ""}, False),
        ({}, {"described": False}, False),
        ({"id": "CVE-*"}, {}, False),
        ({}, {"package": ""}, True),
        ({}, {"severity": Severity.CRITICAL, "severity_word": "APOCALYPTIC"}, True),
        ({"package": "zlib1g"}, {}, True),
        ({"package": "zlib*"}, {}, True),
        ({"package": "zlib?g"}, {}, True),
        ({"package": "zlib"}, {}, False),
        ({"package": "Zlib1g"}, {}, False),
        ({"package": "zlib1g"}, {"package": ""}, False),
        ({"package": "zlib1g"}, {"described": False}, False),
        ({"while_unfixed": True}, {}, True),
        ({"while_unfixed": True}, {"fixed_version": "2"}, False),
        ({"while_unfixed": True}, {"described": False}, False),
        ({}, {"fixed_version": "2"}, True),
        ({"images": ("cr.yandex/*/payments/*",)}, {}, True),
        ({"images": ("cr.yandex/*/legacy/*", "*/payments/app")}, {}, True),
        ({"images": ("cr.yandex/*/payments",)}, {}, False),
        ({"images": ("cr.yandex/*/payments/app:*",)}, {}, False),
        ({"expires": TODAY}, {}, True),
        ({"expires": TODAY - DAY}, {}, False),
        ({"expires": TODAY + DAY}, {}, True),
        ({"expires": dt.date(1, 1, 1)}, {}, False),
        ({"expires": dt.date.max}, {}, True),
    ],
)
def test_which_findings_it_takes(
    ignore: dict[str, Any], vulnerability: dict[str, Any], taken: bool
) -> None:
    judged = Judged([entry(**ignore)], [row(**vulnerability)])
    assert judged.taken == [taken]
    assert all(count == taken for _, count in judged.states)
    assert all((state is USED) is taken for state, _ in judged.states)


@pytest.mark.parametrize("images", [("*",), ("?*", "*"), (REPOSITORY,)])
def test_one_with_a_scope_is_never_of_an_unknown_repository(images: tuple[str, ...]) -> None:
    judged = Judged([entry(images=images)], [row()], repository="")
    assert (judged.taken, judged.outcomes) == ([False], ())


def test_one_without_a_scope_is_of_any_image() -> None:
    assert Judged([entry()], [row()], repository="").taken == [True]


@pytest.mark.parametrize(
    ("while_unfixed", "vulnerability", "outlived"),
    [
        (True, row(), False),
        (True, row(fixed_version="2"), True),
        (True, row(described=False), True),
        (False, row(fixed_version="2"), False),
        (False, row(described=False), False),
    ],
    ids=["no fix", "a fix", "not told", "a fix does not matter", "nor what is not told"],
)
def test_outlived(while_unfixed: bool, vulnerability: Vulnerability, outlived: bool) -> None:
    held = Entry(ignore=entry(while_unfixed=while_unfixed), expired=False, in_scope=True)
    assert held.outlived_by(vulnerability) is outlived


def test_what_is_said_of_a_finding() -> None:
    ignore = entry(expires=TODAY, owner="payments", ticket="PAY-1", package="zlib*")
    judged = Judged([ignore], [row(), row(version="2")])
    assert judged.suppressions == 2 * [
        Suppression(
            bucket=Bucket.IGNORED, reason="Not compiled in.", by="policy.yaml:3", expires=TODAY
        )
    ]
    (outcome,) = judged.outcomes
    assert (outcome.id, outcome.package, outcome.reason) == (
        "CVE-2026-1",
        "zlib*",
        "Not compiled in.",
    )
    assert (outcome.owner, outcome.ticket, outcome.written) == (
        "payments",
        "PAY-1",
        "policy.yaml:3",
    )
    assert (outcome.expires, outcome.state, outcome.count) == (TODAY, USED, 2)


class TestWhatBecameOfIt:
    def test_states_in_the_order_of_the_policy(self) -> None:
        ignores = [
            entry(id="CVE-2026-9"),
            entry(),
            entry(expires=TODAY - DAY),
            entry(images=("elsewhere",)),
        ]
        assert Judged(ignores, [row()]).states == [(UNUSED, 0), (USED, 1), (EXPIRED, 0)]

    def test_without_rows_none_was_used(self) -> None:
        judged = Judged([entry(), entry(expires=TODAY - DAY)], [])
        assert judged.states == [(UNUSED, 0), (EXPIRED, 0)]


class TestSeveralForOneFinding:
    SHORT = entry(expires=TODAY + 20 * DAY, reason="a", written="policy.yaml:1")
    LONG = entry(expires=TODAY + 30 * DAY, reason="b", written="policy.yaml:2")
    NEVER = entry(reason="c", written="policy.yaml:3")
    ALIKE = entry(reason="c", written="policy.yaml:4")
    OVER = entry(expires=TODAY - DAY, reason="0", written="policy.yaml:5")

    @pytest.mark.parametrize(
        ("ignores", "chosen"),
        [
            ([SHORT, LONG], LONG),
            ([SHORT, LONG, NEVER], NEVER),
            ([NEVER, ALIKE], NEVER),
            ([OVER, SHORT], SHORT),
        ],
        ids=["the longest lived", "never", "the first by its text", "no expired one"],
    )
    def test_the_same_is_named_in_every_order(self, ignores: list[Ignore], chosen: Ignore) -> None:
        for order in (ignores, ignores[::-1]):
            (said,) = Judged(order, [row()]).suppressions
            assert said is not None
            assert said.by == chosen.written

    def test_all_that_take_it_are_used(self) -> None:
        judged = Judged([self.SHORT, self.OVER, self.LONG, self.NEVER], [row(), row(version="2")])
        assert judged.states == [(USED, 2), (EXPIRED, 0), (USED, 2), (USED, 2)]
        assert len(judged.notices) == 1

    def test_the_very_same_entry_twice(self) -> None:
        assert Judged([self.NEVER, self.NEVER], [row()]).states == [(USED, 1), (USED, 1)]


NAME = "the ignore of CVE-2026-1 (policy.yaml:3)"


@pytest.mark.parametrize(
    ("expires", "notices"),
    [
        (None, []),
        (TODAY + SOON + DAY, []),
        (TODAY + SOON, [f"{NAME} expires on 2026-12-06"]),
        (TODAY, [f"{NAME} expires on 2026-11-22"]),
        (TODAY - DAY, [f"EXPIRED: {NAME} ended on 2026-11-21 and no longer applies"]),
    ],
    ids=["never", "in 15 days", "in 14 days", "today", "yesterday"],
)
@pytest.mark.parametrize("rows", [[], [row()]], ids=["unused", "used"])
def test_the_end_is_told(
    expires: dt.date | None, notices: list[str], rows: list[Vulnerability]
) -> None:
    assert dt.timedelta(days=14) == SOON
    assert Judged([entry(expires=expires)], rows).notices == notices


def test_an_end_elsewhere_is_not_told() -> None:
    ignores = [entry(images=("elsewhere",), expires=TODAY - back * DAY) for back in (0, 1)]
    assert Judged(ignores, []).notices == []


ELSEWHERE = {"images": ("elsewhere",)}


@pytest.mark.parametrize(
    ("ignore", "rows", "why"),
    [
        ({}, [row(id="CVE-2026-2")], None),
        ({}, [row()], None),
        (
            {},
            [row(id="cve-2026-1")],
            "does not apply: the finding is called cve-2026-1",
        ),
        (
            {"package": "zlib"},
            [row()],
            "does not apply: it is for zlib, the finding is in zlib1g",
        ),
        (
            {"package": "zlib"},
            [row(package=name) for name in "dcbae"],
            "does not apply: it is for zlib, the finding is in a, b, c",
        ),
        (
            {"package": "zlib"},
            [row(package="")],
            "does not apply: it is for zlib, the finding is in no package",
        ),
        ({"package": "zlib1g"}, [row(), row(package="zlib-dev")], None),
        (
            {"package": "zlib"},
            [row(described=False, package="")],
            "does not apply: it is for zlib, the finding is in no package",
        ),
        (
            {},
            [row(described=False, package="")],
            "does not apply: the finding is not described",
        ),
        (ELSEWHERE, [row()], "does not apply: the image is not in its scope"),
        (ELSEWHERE, [row(id="CVE-2026-2")], None),
        (
            {"while_unfixed": True},
            [row(fixed_version="1.2"), row(fixed_version="1.3")],
            "no longer applies: there is a fix, 1.3",
        ),
        ({"while_unfixed": True}, [row(fixed_version="1.2"), row(package="other")], None),
        ({"expires": TODAY - DAY, **ELSEWHERE}, [row()], None),
    ],
    ids=[
        "nothing like it",
        "it applies",
        "another spelling",
        "another package",
        "several other packages",
        "no package",
        "one of two packages",
        "a package, and not described",
        "not described",
        "another scope",
        "another scope, and nothing like it",
        "a fix for all",
        "a fix for one of two",
        "expired and in another scope",
    ],
)
def test_near_misses(ignore: dict[str, Any], rows: list[Vulnerability], why: str | None) -> None:
    expected = [] if why is None else [f"{NAME} {why}"]
    assert Judged([entry(**ignore)], rows).notices == expected

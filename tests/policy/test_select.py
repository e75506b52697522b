"""Selecting findings."""

from typing import Any

import pytest

from scangate.model import Counts, Severity, Vulnerability
from scangate.policy.select import Selector, any_of
from scangate.report import Finding

EVERY = frozenset(Severity)
HIGH = frozenset({Severity.HIGH})
NOT_DESCRIBED = Vulnerability(severity=Severity.HIGH, described=False)


def found(**fields: Any) -> Finding:
    """A high finding of which everything is known, but for what is given otherwise."""
    known: dict[str, Any] = {
        "severity": Severity.HIGH,
        "id": "CVE-2025-1",
        "package": "openssl",
        "version": "1",
        "fixed_version": "2",
        "type": "debian",
        "origin": "os",
    }
    about = {name: fields.pop(name) for name in ("new", "known_exploited", "epss") & fields.keys()}
    return Finding(vulnerability=Vulnerability(**known | fields), **about)


def selects(finding: Finding, **fields: Any) -> bool:
    return bool(Selector(**{"severities": EVERY, **fields}).select([finding]))


@pytest.mark.parametrize(
    ("fields", "finding", "selected"),
    [
        ({"severities": HIGH}, {}, True),
        ({"severities": HIGH}, {"severity": Severity.CRITICAL}, False),
        ({"severities": HIGH}, {"severity": Severity.MEDIUM}, False),
        ({"severities": HIGH}, {"severity": Severity.UNDEFINED}, False),
        ({"severities": HIGH}, {"described": False}, True),
        ({"fixable": True}, {}, True),
        ({"fixable": True}, {"fixed_version": ""}, False),
        ({"fixable": True}, {"fixed_version": "", "described": False}, True),
        ({"fixable": False}, {}, False),
        ({"fixable": False}, {"fixed_version": ""}, True),
        ({"fixable": False}, {"described": False}, True),
        ({"id": ("CVE-2025-1",)}, {}, True),
        ({"id": ("CVE-2025-1",)}, {"id": "CVE-2025-12"}, False),
        ({"id": ("CVE-2025-1",)}, {"id": "XCVE-2025-1"}, False),
        ({"id": ("CVE-2025-1",)}, {"id": ""}, True),
        ({"id": ("CVE-2024-*", "CVE-2025-*")}, {}, True),
        ({"id": ("CVE-2024-*", "GHSA-*")}, {}, False),
        ({"package": ("openssl",)}, {}, True),
        ({"package": ("openssl",)}, {"package": "openssl3"}, False),
        ({"package": ("openssl",)}, {"package": ""}, True),
        ({"package": ("*ssl",)}, {}, True),
        ({"type": ("debian",)}, {}, True),
        ({"type": ("npm", "pypi")}, {}, False),
        ({"type": ("npm",)}, {"type": ""}, True),
        ({"origin": ("os",)}, {}, True),
        ({"origin": ("lang",)}, {}, False),
        ({"origin": ("lang",)}, {"origin": ""}, True),
        ({"new": True}, {"new": True}, True),
        ({"new": True}, {"new": False}, False),
        ({"new": True}, {"new": None}, True),
        ({"new": False}, {"new": False}, True),
        ({"new": False}, {"new": True}, False),
        ({"new": False}, {"new": None}, True),
        ({"new": False}, {"new": True, "described": False}, True),
        ({"known_exploited": True}, {"known_exploited": True}, True),
        ({"known_exploited": True}, {"known_exploited": False}, False),
        ({"known_exploited": True}, {"known_exploited": None}, True),
        ({"known_exploited": False}, {"known_exploited": False}, True),
        ({"known_exploited": False}, {"known_exploited": True}, False),
        ({"known_exploited": False}, {"known_exploited": None}, True),
        ({"epss": 0.5}, {"epss": 0.5}, True),
        ({"epss": 0.5}, {"epss": 0.49999}, False),
        ({"epss": 0.5}, {"epss": 0.50001}, True),
        ({"epss": 0.5}, {"epss": None}, True),
        ({"epss": 0.0}, {"epss": 0.0}, True),
        ({"epss": 0.0}, {"epss": None}, True),
        ({"epss": 1.0}, {"epss": 0.99999}, False),
        ({"epss": 1.0}, {"epss": 1.0}, True),
        ({"fixable": True, "package": ("openssl",), "id": ("CVE-*",)}, {}, True),
        ({"fixable": True, "package": ("openssl",), "id": ("GHSA-*",)}, {}, False),
        ({"fixable": False, "package": ("openssl",)}, {}, False),
    ],
)
def test_every_field_must_hold_and_what_is_not_told_does(
    fields: dict[str, Any], finding: dict[str, Any], selected: bool
) -> None:
    assert selects(found(**finding), **fields) is selected


def test_they_keep_their_order_and_are_the_same_values() -> None:
    findings = [found(id="CVE-2"), found(id="CVE-1", fixed_version=""), found(id="CVE-1")]
    chosen = Selector(severities=HIGH, fixable=True).select(findings)
    assert [id(each) for each in chosen] == [id(findings[0]), id(findings[2])]


@pytest.mark.parametrize(
    ("glob", "text", "matches"),
    [
        ("*", "", True),
        ("*", "a/b\nc", True),
        ("cr.yandex/*/payments/*", "cr.yandex/crp0/team/payments/api", True),
        ("cr.yandex/*/payments/*", "cr.yandex/crp0/payments", False),
        ("cr.yandex/*", "evil.test/cr.yandex/app", False),
        ("*/app", "cr.yandex/crp0/app2", False),
        ("lib?", "libc", True),
        ("lib?", "lib", False),
        ("lib?", "lib/", True),
        ("lib?", "libcc", False),
        ("lib[cz]", "libz", True),
        ("lib[cz]", "lib[cz]", False),
        ("lib[!c]", "libc", False),
        ("lib[c", "lib[c", True),
        ("lib[c", "libc", False),
        ("cve-*", "CVE-2025-1", False),
        ("CVE-2025-1", "cve-2025-1", False),
        ("a.c", "abc", False),
        ("c++", "c++", True),
        ("a|b", "a", False),
        ("a", "a\n", False),
        ("(?i)a", "A", False),
    ],
)
def test_globs(glob: str, text: str, matches: bool) -> None:
    assert any_of((glob,))(text) is matches
    assert any_of(("no-such-thing", glob))(text) is matches
    assert any_of((glob, "no-such-thing"))(text) is matches


def test_no_glob_takes_for_ever() -> None:
    assert not any_of(("*a" * 200 + "b",))("a" * 2000)


@pytest.mark.parametrize(
    ("severities", "count"),
    [
        (frozenset[Severity](), 0),
        (HIGH, 2),
        (frozenset({Severity.HIGH, Severity.UNDEFINED}), 2 + 32),
        (EVERY, 63),
    ],
    ids=["none", "one", "two", "every"],
)
def test_counts_by_severity(severities: frozenset[Severity], count: int) -> None:
    counts = Counts(critical=1, high=2, medium=4, low=8, negligible=16, undefined=32)
    assert Selector(severities=severities).count(counts) == count


SETTINGS: list[dict[str, Any]] = [
    {"fixable": True},
    {"fixable": False},
    {"id": ("*",)},
    {"package": ("a",)},
    {"type": ("a",)},
    {"origin": ("a",)},
    {"new": False},
    {"known_exploited": False},
    {"epss": 0.0},
]


def in_order(fields: dict[str, Any]) -> str:
    """Name a test alike in every process: sets have no order."""
    told = {
        name: sorted(each.value for each in value) if isinstance(value, frozenset) else value
        for name, value in fields.items()
    }
    return str(told)


@pytest.mark.parametrize("fields", SETTINGS, ids=in_order)
def test_anything_beside_the_severity_needs_rows(fields: dict[str, Any]) -> None:
    assert Selector(severities=HIGH, **fields).needs_rows
    assert not Selector(severities=HIGH).needs_rows


A, B, AB, STAR = ("a",), ("b",), ("a", "b"), ("*",)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({}, {}),
        ({"severities": EVERY}, {"severities": HIGH}),
        ({"fixable": True}, {"fixable": True}),
        ({"fixable": False}, {"fixable": False}),
        ({}, {"fixable": False, "new": False, "known_exploited": False}),
        ({}, {"id": A, "package": A, "type": A, "origin": A, "epss": 0.5}),
        ({"id": A}, {"id": A}),
        ({"id": AB}, {"id": A}),
        ({"id": AB}, {"id": ("b", "a")}),
        ({"id": STAR}, {}),
        ({"id": STAR}, {"id": A}),
        ({"id": ("x", "*")}, {"id": A}),
        ({"new": True}, {"new": True, "fixable": True}),
        ({"known_exploited": True}, {"known_exploited": True}),
        ({"epss": 0.5}, {"epss": 0.5}),
        ({"epss": 0.1}, {"epss": 0.5}),
    ],
    ids=in_order,
)
def test_covers_what_it_provably_contains(wide: dict[str, Any], narrow: dict[str, Any]) -> None:
    assert _selector(wide).covers(_selector(narrow))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"severities": HIGH}, {"severities": EVERY}),
        ({"severities": HIGH}, {"severities": frozenset({Severity.CRITICAL})}),
        ({"fixable": True}, {}),
        ({"fixable": True}, {"fixable": False}),
        ({"fixable": False}, {"fixable": True}),
        ({"id": A}, {}),
        ({"id": A}, {"id": AB}),
        ({"id": A}, {"id": B}),
        ({"id": A}, {"id": STAR}),
        ({"id": ("a*",)}, {"id": ("ab",)}),
        ({"package": A}, {}),
        ({"package": A}, {"package": B}),
        ({"type": A}, {}),
        ({"origin": A}, {}),
        ({"new": True}, {}),
        ({"new": False}, {"new": True}),
        ({"known_exploited": True}, {}),
        ({"known_exploited": False}, {"known_exploited": True}),
        ({"epss": 0.5}, {}),
        ({"epss": 0.5}, {"epss": 0.1}),
        ({"epss": 0.0}, {}),
    ],
    ids=in_order,
)
def test_does_not_cover_what_it_may_not_contain(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    """Nor what is true but takes more than a look: that `a*` is also about `ab`."""
    assert not _selector(ours).covers(_selector(theirs))


def _selector(fields: dict[str, Any]) -> Selector:
    return Selector(**{"severities": EVERY, **fields})

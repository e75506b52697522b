"""Thresholds as rules: which limit holds for which severity."""

import pytest

from scangate.model import Severity
from scangate.policy.rule import Rule
from tests.fakes import policy


def limits(text: str) -> dict[str, int]:
    """Return the limits by rule name; a policy may have none where it only warns."""
    return {rule.name: rule.max for rule in rules(text)}


def rules(text: str) -> tuple[Rule, ...]:
    return policy(f"mode: warn\nthresholds: {{{text}}}").terms.rules


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("critical: 0", {"max-critical": 0}),
        ("high: 0", {"max-critical": 0, "max-high": 0}),
        ("medium: 5", {"max-critical": 5, "max-high": 5, "max-medium": 5}),
        (
            "negligible: 9",
            {
                "max-critical": 9,
                "max-high": 9,
                "max-medium": 9,
                "max-low": 9,
                "max-negligible": 9,
            },
        ),
        (
            "critical: 1, medium: 5",
            {"max-critical": 1, "max-high": 5, "max-medium": 5},
        ),
        (
            "low: 7, high: 2",
            {"max-critical": 2, "max-high": 2, "max-medium": 7, "max-low": 7},
        ),
        ("critical: none", {}),
        ("critical: none, high: 0", {"max-critical": 0, "max-high": 0}),
        (
            "critical: 0, high: none, medium: 5",
            {"max-critical": 0, "max-high": 5, "max-medium": 5},
        ),
        ("high: {fixable: 0}", {"max-critical-fixable": 0, "max-high-fixable": 0}),
        (
            "critical: 0, high: {fixable: 0, unfixable: 10}",
            {"max-critical": 0, "max-high-fixable": 0, "max-high-unfixable": 10},
        ),
        ("undefined: 0", {"max-undefined": 0}),
        ("undefined: none, critical: 0", {"max-critical": 0}),
        ("undefined: {fixable: 3}", {"max-undefined-fixable": 3}),
        ("total: 0", {"max-total": 0}),
        ("critical: 0, total: 200", {"max-critical": 0, "max-total": 200}),
        ("critical: 0, total: none", {"max-critical": 0}),
        ("critical: 999999999999999", {"max-critical": 999_999_999_999_999}),
    ],
)
def test_limits(text: str, expected: dict[str, int]) -> None:
    assert limits(text) == expected


def test_the_order_of_the_keys_does_not_matter() -> None:
    text = ["critical: 0", "high: 3", "low: {fixable: 1}", "undefined: 2", "total: 9"]
    assert limits(", ".join(text)) == limits(", ".join(reversed(text)))


@pytest.mark.parametrize(
    ("text", "rule", "severities"),
    [
        ("high: 0", "max-high", {"high", "undefined"}),
        ("high: 0", "max-critical", {"critical"}),
        ("medium: 0", "max-high", {"high", "undefined"}),
        ("medium: 0", "max-medium", {"medium"}),
        ("high: 0, undefined: 5", "max-high", {"high"}),
        ("high: 0, undefined: 5", "max-undefined", {"undefined"}),
        ("high: 0, undefined: none", "max-high", {"high"}),
        ("high: {fixable: 0}", "max-high-fixable", {"high", "undefined"}),
        (
            "total: 0",
            "max-total",
            {"critical", "high", "medium", "low", "negligible", "undefined"},
        ),
    ],
)
def test_whom_a_limit_counts(text: str, rule: str, severities: set[str]) -> None:
    (found,) = [each for each in rules(text) if each.name == rule]
    assert {severity.value for severity in found.select.severities} == severities


def test_undefined_has_no_limit_where_high_has_none() -> None:
    assert [rule.select.severities for rule in rules("critical: 0")] == [{Severity.CRITICAL}]


@pytest.mark.parametrize(
    ("text", "needs_rows"),
    [
        ("critical: 0, high: 3, total: 9, undefined: 1", False),
        ("high: {fixable: 0}", True),
        ("critical: 0, low: {unfixable: 0}", True),
    ],
)
def test_only_fixable_limits_need_rows(text: str, needs_rows: bool) -> None:
    assert policy(text).terms.needs_rows is needs_rows


def test_an_inherited_limit_is_placed_where_it_is_written() -> None:
    places = {rule.name: str(rule.place) for rule in policy("thresholds:\n  high: 0\n").terms.rules}
    assert places == {"max-critical": "policy.yaml:3:3", "max-high": "policy.yaml:3:3"}


def test_names_and_titles_are_unique_and_stable() -> None:
    found = rules("critical: 0, high: {fixable: 0, unfixable: 3}, undefined: 1, total: 9")
    assert [rule.title for rule in found] == [
        "critical vulnerabilities are within the limit",
        "fixable high vulnerabilities are within the limit",
        "unfixable high vulnerabilities are within the limit",
        "undefined vulnerabilities are within the limit",
        "vulnerabilities are within the limit",
    ]
    assert len({rule.name for rule in found}) == len(found)

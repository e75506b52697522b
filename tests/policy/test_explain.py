"""A policy in words: each value with the place that it is from."""

import pytest

from scangate.errors import PolicyError
from scangate.instant import Instant
from scangate.policy.explain import explain
from tests.feeds.samples import EPSS, KEV
from tests.policy.shelved import Texts, policy_of, shelf

NOW = Instant.parse("2026-11-22T10:00:00Z")
LIMIT = "thresholds: {critical: 0}\n"
IMAGE = "cr.yandex/crp0/legacy"


def told(texts: Texts, repository: str = "") -> list[tuple[str, str]]:
    lines = explain(policy_of(texts), repository=repository, now=NOW)
    return [(line.text, line.where) for line in lines]


LIMITS = {
    "none allowed": ("critical: 0", "no critical finding, whether or not fixed"),
    "one allowed": ("critical: 1", "at most 1 critical finding, whether or not fixed"),
    "some allowed": ("critical: 2", "at most 2 critical findings, whether or not fixed"),
    "with a fix": ("critical: {fixable: 0}", "no critical finding that has a fix"),
    "several with a fix": ("critical: {fixable: 3}", "at most 3 critical findings that have a fix"),
    "without a fix": ("critical: {unfixable: 0}", "no critical finding that has no fix"),
    "several without": ("critical: {unfixable: 2}", "at most 2 critical findings that have no fix"),
    "unrated ones as high": (
        "high: 0",
        "no high finding, whether or not fixed; an unrated one counts as high",
    ),
    "unrated": ("undefined: 0", "no unrated finding, whether or not fixed"),
    "no finding at all": ("total: 0", "no finding at all"),
    "all together": ("total: 200", "at most 200 findings in all"),
    "taken over": (
        "medium: 5",
        (
            "at most 5 high findings, whether or not fixed; an unrated one counts as high, as for "
            "medium"
        ),
    ),
    "taken over from below": (
        "high: none, medium: {fixable: 1}",
        "at most 1 critical finding that has a fix, as for medium",
    ),
    "nothing else": (
        "critical: 0",
        (
            "without a limit of their own: high, medium, low, negligible, "
            "unrated ones (counted as high, which has no limit)"
        ),
    ),
    "unrated without": (
        "negligible: 0, undefined: none",
        "without a limit of their own: unrated ones (of no limit)",
    ),
}


@pytest.mark.parametrize(("limits", "expected"), LIMITS.values(), ids=LIMITS)
def test_a_limit(limits: str, expected: str) -> None:
    lines = dict(told(shelf(f"thresholds: {{{limits}}}\n")))

    where = "" if expected.startswith("without") else "policy.yaml:2"
    assert lines[expected] == where


RULES = {
    "a name": ("severity: high", "r: no finding of severity high"),
    "and worse": (
        'severity: ">=high"',
        "r: no finding of severity critical or high or undefined",
    ),
    "a fix": ("fixable: true", "r: no finding with a fix"),
    "no fix": ("fixable: false", "r: no finding without a fix"),
    "texts": (
        "id: CVE-1*, package: [a, b], type: npm, origin: os",
        (
            "r: no finding with the ID CVE-1* and in the package a or b and of the type npm "
            "and from os"
        ),
    ),
    "new": ("new: true", "r: no finding that is new"),
    "old": ("new: false", "r: no finding that is not new"),
    "exploited": ("kev: true", "r: no finding known to be exploited"),
    "probable": ('epss: ">=0.5"', "r: no finding with an EPSS score of at least 0.5, or none"),
    "everything": ('severity: ">=negligible", fixable: true', None),
}


@pytest.mark.parametrize(("match", "expected"), RULES.values(), ids=RULES)
def test_a_rule(match: str, expected: str | None) -> None:
    feeds = "feeds: {kev: kev.json, epss: epss.csv}\n"
    rule = f"rules: [{{name: r, match: {{{match}}}, message: Upgrade.}}]\n"
    lines = told(shelf(feeds + rule, {"kev.json": KEV, "epss.csv": EPSS}))

    if expected is not None:
        assert (expected, "policy.yaml:3") in lines
    assert ("Upgrade.", "") in lines
    assert ("limits: none", "") in lines


def test_a_rule_that_warns_or_lets_some_pass() -> None:
    rule = "rules: [{name: r, match: {fixable: true}, max: 3, action: warn}]\n"

    lines = told(shelf(LIMIT + rule))

    assert ("r: at most 3 findings with a fix (more only warn)", "policy.yaml:3") in lines


def test_a_rule_without_its_feed_is_told() -> None:
    rule = "rules: [{name: r, match: {kev: true}, without_feed: skip}]\n"

    assert ("r: left out, since the feed that it asks is not named", "") in told(
        shelf(LIMIT + rule)
    )


SCANS = {
    "the defaults": (
        "",
        [
            ("only a READY one, at most 8d old", "the default"),
            ("if the newest scan failed, there is no verdict", "the default"),
            ("a scan in progress is waited for", "the default"),
        ],
    ),
    "everything else": (
        "scan: {max_age: any, on_failed: use-last-ready, on_running: use-last-ready}\n",
        [
            ("only a READY one, of any age", "policy.yaml:3"),
            ("if the newest scan failed, the last one that did not is judged", "policy.yaml:3"),
            (
                "a scan in progress is not waited for, the last result is judged",
                "policy.yaml:3",
            ),
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), SCANS.values(), ids=SCANS)
def test_scan_results(text: str, expected: list[tuple[str, str]]) -> None:
    lines = told(shelf(LIMIT + text))
    start = lines.index(("scan results:", ""))

    assert lines[start + 1 : start + 4] == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (LIMIT, ("mode: enforce, a violation fails the run", "the default")),
        (f"mode: warn\n{LIMIT}", ("mode: warn, violations only warn", "policy.yaml:2")),
    ],
    ids=["enforce", "warn"],
)
def test_the_mode(text: str, line: tuple[str, str]) -> None:
    assert line in told(shelf(text))


EXPIRIES = {
    "2026-11-21": "EXPIRED: it ended on 2026-11-21 and no longer applies",
    "2026-11-22": "until 2026-11-22, its last day is today, expires soon",
    "2026-11-23": "until 2026-11-23, 1 day left, expires soon",
    "2026-12-06": "until 2026-12-06, 14 days left, expires soon",
    "2026-12-07": "until 2026-12-07, 15 days left",
    "never": "for ever",
}


@pytest.mark.parametrize(("expires", "expected"), EXPIRIES.items(), ids=EXPIRIES)
def test_until_when_a_risk_is_accepted(expires: str, expected: str) -> None:
    entry = f"{{id: CVE-2026-0001, reason: R1, expires: {expires}}}"
    lines = told(shelf(f"{LIMIT}ignore: [{entry}]\n"))
    start = lines.index(("CVE-2026-0001", "policy.yaml:3"))

    assert lines[start + 1 : start + 3] == [(expected, ""), ("because: R1", "")]


def test_everything_that_an_ignore_may_say() -> None:
    entry = (
        "{id: CVE-2026-0001, package: a*, while_unfixed: true, reason: R1, expires: never, "
        'owner: us, ticket: T-1, images: ["h/r/x", "h/r/y"]}'
    )
    lines = told(shelf(f"{LIMIT}ignore: [{entry}]\n"))

    expected = "CVE-2026-0001 in a*, while there is no fix, in h/r/x or h/r/y"
    assert (expected, "policy.yaml:3") in lines
    assert ("owner: us, ticket: T-1", "") in lines
    assert (f"{expected} (not for this image)", "policy.yaml:3") in told(
        shelf(f"{LIMIT}ignore: [{entry}]\n"), IMAGE
    )
    assert (expected, "policy.yaml:3") in told(shelf(f"{LIMIT}ignore: [{entry}]\n"), "h/r/x")


def test_what_was_read_and_by_which_digest() -> None:
    policy = policy_of(shelf("extends: strict\n"))
    lines = [line for line, _ in told(shelf("extends: strict\n"))]

    assert lines[1:5] == [
        "read, in this order:",
        f"{policy.texts[0].sha256}  policy.yaml",
        f"{policy.texts[1].sha256}  built-in strict",
        f"--policy-sha256 {policy.identity.sha256}",
    ]


def test_each_value_comes_from_the_file_that_says_it() -> None:
    parent = "version: 1\nthresholds:\n  critical: 0\n  high: 1\nscan: {max_age: 1d}\n"
    lines = told(shelf("extends: p.yaml\nthresholds: {high: 0}\n", {"p.yaml": parent}))

    assert ("no critical finding, whether or not fixed", "p.yaml:3") in lines
    assert any(text.startswith("no high ") and where == "policy.yaml:3" for text, where in lines)
    assert ("only a READY one, at most 1d old", "p.yaml:5") in lines


def test_a_policy_of_a_revision_has_places_too() -> None:
    lines = told(shelf(LIMIT, local=False))

    assert ("no critical finding, whether or not fixed", "git:main:policy.yaml:2") in lines


OVERRIDDEN = f"""{LIMIT}overrides:
  - images: ["*/legacy"]
    thresholds: {{critical: 7}}
  - images: ["*/other"]
    mode: warn
"""


def test_overrides_without_an_image_are_told_as_they_are_written() -> None:
    lines = told(shelf(OVERRIDDEN))

    assert lines[lines.index(("overrides:", "")) + 1 :][:4] == [
        ("for */legacy", "policy.yaml:4"),
        ("thresholds.critical: 7", "policy.yaml:5"),
        ("for */other", "policy.yaml:6"),
        ("mode: warn", "policy.yaml:7"),
    ]
    assert ("no critical finding, whether or not fixed", "policy.yaml:2") in lines


def test_without_an_image_no_override_is_applied() -> None:
    text = f"{LIMIT}overrides: [{{images: '*', thresholds: {{critical: 7}}}}]\n"

    assert ("no critical finding, whether or not fixed", "policy.yaml:2") in told(shelf(text))


def test_for_an_image_its_overrides_are_applied() -> None:
    lines = told(shelf(OVERRIDDEN), IMAGE)

    assert (f"for the images of {IMAGE}:", "") in lines
    assert ("at most 7 critical findings, whether or not fixed", "policy.yaml:5") in lines
    assert ("applies: for */legacy", "policy.yaml:4") in lines
    assert ("does not apply: for */other", "policy.yaml:6") in lines
    assert ("mode: enforce, a violation fails the run", "the default") in lines
    assert ("mode: warn, violations only warn", "policy.yaml:7") in told(
        shelf(OVERRIDDEN), "h/r/other"
    )


def test_overrides_that_cannot_be_applied_together_are_refused() -> None:
    text = (
        f"{LIMIT}rules: [{{name: r, match: {{fixable: true}}}}]\noverrides:\n"
        "  - {images: h/*, thresholds: {critical: none}}\n"
        "  - {images: h/r/*, rules: [{name: r, action: warn}]}\n"
    )

    with pytest.raises(PolicyError, match="cannot fail"):
        told(shelf(text), "h/r/x")


@pytest.mark.parametrize(
    ("feeds", "expected"),
    [
        ("kev: kev.json, max_age: any", None),
        (
            "kev: kev.json",
            (
                "NOT USABLE: kev.json: the KEV of 2025-08-25 is older than 30d (now is "
                "2026-11-22T10:00:00Z)"
            ),
        ),
    ],
    ids=["of any age", "too old"],
)
def test_feeds(feeds: str, expected: str | None) -> None:
    lines = [line for line, _ in told(shelf(f"{LIMIT}feeds: {{{feeds}}}\n", {"kev.json": KEV}))]

    assert "KEV of 2025-08-25 (3 CVEs), kev.json" in lines
    assert [line for line in lines if line.startswith("NOT USABLE")] == [*filter(None, [expected])]


def test_vex_documents() -> None:
    document = """{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:1", "author": "us",
        "timestamp": "2026-11-01T00:00:00Z", "version": 1, "statements": [
        {"vulnerability": {"name": "CVE-2026-0001"}, "products": [{"@id": "pkg:oci/a"}],
         "status": "not_affected", "justification": "component_not_present"},
        {"vulnerability": {"name": "CVE-2026-0002"}, "products": [{"@id": "pkg:oci/a"}],
         "status": "under_investigation"}]}"""
    lines = told(shelf(f"{LIMIT}vex: ['*.json']\n", {"a.json": document}))

    assert ("a.json: 2 statements, 1 of which may suppress a finding", "") in lines
    assert ("VEX documents: none", "") not in lines


def test_locks() -> None:
    parent = f"version: 1\nlocked: [thresholds]\n{LIMIT}"
    lines = told(shelf("extends: p.yaml\nlocked: [rules]\n", {"p.yaml": parent}))

    held = "held by what it extends: mode, overrides, scan, thresholds, vex"
    assert (held, "p.yaml") in lines
    assert ("for who extends it: mode, overrides, rules, scan, thresholds, vex", "") in lines
    assert ("locks: none", "") in told(shelf(LIMIT))

"""What a policy is warned of, and what it is not.

The place of the first column of every text is line 2, since `version: 1` stands before it.
"""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scangate.policy.lint import warnings
from scangate.policy.lint.repositories import doubt
from tests.feeds.samples import EPSS, KEV
from tests.policy.shelved import Texts, layer_of, policy_of, shelf

TODAY = dt.date(2026, 11, 22)
LIMIT = "thresholds: {critical: 0}\n"
FEEDS = "feeds: {kev: kev.json, epss: epss.csv, max_age: any}\n"
FEED_FILES: dict[str, str | bytes] = {"kev.json": KEV, "epss.csv": EPSS}
GOOD = "reason: The function is not compiled in., expires: 2026-12-31"


def told(texts: Texts) -> list[str]:
    found = warnings(layer_of(texts), policy_of(texts), today=TODAY)
    return [str(each) for each in found]


def ignoring(*entries: str) -> str:
    return LIMIT + "ignore:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


def matching(match: str, more: str = "") -> str:
    return f"{FEEDS}{LIMIT}rules:\n  - {{name: r, match: {{{match}}}, max: 1{more}}}\n"


def override(images: str) -> str:
    return f"{LIMIT}overrides:\n  - images: {images}\n    thresholds: {{critical: 1}}\n"


QUIET = {
    "a plain policy": LIMIT,
    "limits of every severity": "thresholds: {critical: 0, high: 0, low: 9, total: 10}\n",
    "a limit that worse ones take over": "thresholds: {high: 0}\n",
    "limits that rise": "thresholds: {critical: 1, high: 1, medium: {fixable: 1}}\n",
    "a severity without a limit between two": "thresholds: {critical: 1, high: none, low: 2}\n",
    "a limit that is taken back": "thresholds: {critical: none, low: 0}\n",
    "an unrated one may be anything": "thresholds: {high: 0, undefined: 9}\n",
    "a total that is higher": "thresholds: {high: 3, total: 4}\n",
    "a limit that is needless for one of its severities": (
        "thresholds: {high: 3}\nrules: [{name: r, match: {severity: [high, undefined]}}]\n"
    ),
    "a limit on one part": "thresholds: {high: {fixable: 0}, total: 4}\n",
    "an ignore on its last day": ignoring("id: CVE-2026-0001, reason: R1, expires: 2026-11-22"),
    "an ignore for ever": ignoring("id: CVE-2026-0001, reason: R1, expires: never"),
    "two advisories": ignoring(f"id: CVE-2026-0001, {GOOD}", f"id: CVE-2026-0002, {GOOD}"),
    "two packages": ignoring(
        f"id: CVE-2026-0001, package: a, {GOOD}", f"id: CVE-2026-0001, package: b, {GOOD}"
    ),
    "two scopes": ignoring(
        f'id: CVE-2026-0001, images: ["cr.io/r/a*"], {GOOD}',
        f'id: CVE-2026-0001, images: ["cr.io/r/b*"], {GOOD}',
    ),
    "a narrow one that lasts longer": ignoring(
        f"id: CVE-2026-0001, {GOOD}", "id: CVE-2026-0001, package: a, reason: R1, expires: never"
    ),
    "a wide one only while there is no fix": ignoring(
        f"id: CVE-2026-0001, while_unfixed: true, {GOOD}",
        f"id: CVE-2026-0001, package: a, {GOOD}",
    ),
    "a package that a glob may not cover": ignoring(
        f'id: CVE-2026-0001, package: "lib*", {GOOD}', f'id: CVE-2026-0001, package: "*z", {GOOD}'
    ),
    "a package that a glob of one letter covers in part": ignoring(
        f'id: CVE-2026-0001, package: "lib?", {GOOD}', f'id: CVE-2026-0001, package: "lib*", {GOOD}'
    ),
    "one for some images, one for a package": ignoring(
        f'id: CVE-2026-0001, images: ["cr.io/r/a"], {GOOD}',
        f"id: CVE-2026-0001, package: a, {GOOD}",
    ),
    "an advisory of another kind": ignoring(f"id: GHSA-xxxx-yyyy-zzzz, {GOOD}"),
    "a temporary ID of Debian": ignoring(f"id: TEMP-0841856-B18BAF, {GOOD}"),
    "a long CVE number": ignoring(f"id: CVE-2026-1234567, {GOOD}"),
    "a reason that begins like a placeholder": ignoring(
        "id: CVE-2026-0001, reason: None of our code calls it., expires: never"
    ),
    "origins": matching("origin: [os, lang]"),
    "a glob for an origin": matching('origin: "l*"'),
    "kev with CVE globs": matching("kev: true, id: [CVE-2025-*, GHSA-*]"),
    "kev with a glob that begins with a star": matching('kev: true, id: "*-2025-*"'),
    "kev with the beginning of a CVE": matching('kev: true, id: "CV*"'),
    "kev with a whole CVE": matching("kev: true, id: CVE-2025-0001"),
    "epss with CVE globs": matching('epss: ">=0.5", id: CVE-2025-*'),
    "without_feed where a feed is asked": matching("kev: true", ", without_feed: skip"),
    "a rule of its own": matching("severity: high"),
    "a stricter rule": matching("severity: [critical, high]"),
    "a scope that can match": override('["cr.yandex/*/legacy/*"]'),
    "a scope with a port": override('["localhost:5000/r/app"]'),
    "a scope of one word with a star": override('"*legacy*"'),
    "a scope on this machine": override('["localhost/r/app"]'),
    "a scope of any host": override('["*/shop/api"]'),
    "a scope of a wildcard for a letter": override('["cr.yandex?r/app"]'),
    "a scope of a cloud": override("cr.yandex/*"),
    "a scope of capitals in brackets": override('"cr.yandex/r/[A-Za-z]*"'),
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_what_is_not_warned_of(text: str) -> None:
    assert told(shelf(text, FEED_FILES)) == []


DOUBTFUL = {
    "one that only warns": (
        f"mode: warn\n{LIMIT}",
        "2:1: mode: violations are only warned of",
    ),
    "one that only warns, with limits for some images alone": (
        "mode: warn\noverrides: [{images: cr.io/r/a, thresholds: {critical: 0}}]\n",
        "2:1: mode: violations are only warned of",
    ),
    "an override that only warns": (
        f"{LIMIT}overrides: [{{images: cr.io/r/a, mode: warn}}]\n",
        "3:33: overrides[0].mode: violations of these images are only warned of",
    ),
    "more of a worse severity": (
        "thresholds: {critical: 5, low: 0}\n",
        (
            "2:14: thresholds.critical: critical allows 5 findings, "
            "more than the 0 of low (policy.yaml:2)"
        ),
    ),
    "more of a severity in the middle": (
        "thresholds: {critical: 0, high: 3, medium: 2, low: 9}\n",
        "2:27: thresholds.high: high allows 3 findings, more than the 2 of medium (",
    ),
    "a worse severity with a limit on one part": (
        "thresholds: {high: {fixable: 0}, low: 10}\n",
        "2:14: thresholds.high: high allows any number of findings without a fix, more than the 10",
    ),
    "more with a fix": (
        "thresholds: {critical: 5, high: {fixable: 3, unfixable: 9}}\n",
        "2:14: thresholds.critical: critical allows 5 findings with a fix, more than the 3 of high",
    ),
    "more without a fix": (
        "thresholds: {critical: {fixable: 0, unfixable: 5}, high: {fixable: 9, unfixable: 3}}\n",
        "2:14: thresholds.critical: critical allows 5 findings without a fix, more than the 3 of h",
    ),
    "more in all": (
        "thresholds: {critical: {fixable: 3, unfixable: 3}, high: 5}\n",
        "2:14: thresholds.critical: critical allows 6 findings, more than the 5 of high",
    ),
    "more than a parent allows of a lesser one": (
        "extends: new-only\nthresholds: {critical: 3, high: 2}\n",
        "3:14: thresholds.critical: critical allows 3 findings, more than the 2 of high",
    ),
    "more for some images": (
        "thresholds: {low: 1}\noverrides:\n  - {images: cr.io/r/a, thresholds: {high: 2}}\n",
        (
            "4:38: overrides[0].thresholds.high: high allows 2 findings, "
            "more than the 1 of low (policy.yaml:2)"
        ),
    ),
    "less of a lesser one for some images": (
        "thresholds: {high: 2}\noverrides:\n  - {images: cr.io/r/a, thresholds: {low: 1}}\n",
        "4:38: overrides[0].thresholds.low: high allows 2 findings, more than the 1 of low (",
    ),
    "a scope without a host": (
        override("[shop/api]"),
        (
            "4:14: overrides[0].images[0]: 'shop/api' matches no repository: it begins with no "
            "host; they are host/registry-id/name; did you mean '*/shop/api'?"
        ),
    ),
    "nothing to check": ("mode: warn\n", "2:1: mode: there is nothing to check"),
    "only feeds to check": (
        "name: x\nmode: warn\nrules: [{name: r, match: {kev: true}, without_feed: skip}]\n",
        "3:1: mode: there is nothing to check",
    ),
    "ended yesterday": (
        ignoring("id: CVE-2026-0001, reason: R1, expires: 2026-11-21"),
        "4:37: ignore[0].expires: the ignore of CVE-2026-0001 ended on 2026-11-21",
    ),
    "ended, and covered": (
        ignoring(
            f"id: CVE-2026-0001, {GOOD}", "id: CVE-2026-0001, reason: R1, expires: 2026-01-01"
        ),
        "5:37: ignore[1].expires: the ignore of CVE-2026-0001 ended on 2026-01-01",
    ),
    "the same twice": (
        ignoring(f"id: CVE-2026-0001, {GOOD}", f"id: CVE-2026-0001, {GOOD}"),
        "5:5: ignore[1]: the ignore of CVE-2026-0001 has no effect: the one at policy.yaml:4",
    ),
    "covered by a later one": (
        ignoring(f"id: CVE-2026-0001, package: a, {GOOD}", f"id: CVE-2026-0001, {GOOD}"),
        "4:5: ignore[0]: the ignore of CVE-2026-0001 has no effect: the one at policy.yaml:5",
    ),
    "covered by one without a scope": (
        ignoring(f"id: CVE-2026-0001, {GOOD}", f'id: CVE-2026-0001, images: ["cr.io/r/a"], {GOOD}'),
        "5:5: ignore[1]: the ignore of CVE-2026-0001 has no effect",
    ),
    "covered by a glob": (
        ignoring(
            f'id: CVE-2026-0001, package: "lib*", {GOOD}',
            f"id: CVE-2026-0001, package: libz, {GOOD}",
        ),
        "5:5: ignore[1]: the ignore of CVE-2026-0001 has no effect",
    ),
    "small letters": (
        ignoring(f"id: cve-2026-0001, {GOOD}"),
        "4:6: ignore[0].id: 'cve-2026-0001' is no CVE ID; did you mean CVE-2026-0001?",
    ),
    "underscores": (
        ignoring(f"id: CVE_2026_0001, {GOOD}"),
        "4:6: ignore[0].id: 'CVE_2026_0001' is no CVE ID; did you mean CVE-2026-0001?",
    ),
    "no prefix": (
        ignoring(f"id: 2026-0001, {GOOD}"),
        "4:6: ignore[0].id: '2026-0001' is no CVE ID; did you mean CVE-2026-0001?",
    ),
    "too short a number": (
        ignoring(f"id: CVE-2026-1, {GOOD}"),
        "4:6: ignore[0].id: 'CVE-2026-1' is no CVE ID",
    ),
    "a scope of an ignore": (
        ignoring(f'id: CVE-2026-0001, images: ["cr.io/r/a", "cr.io/r/b:1"], {GOOD}'),
        "4:47: ignore[0].images[1]: 'cr.io/r/b:1' matches no repository: it has a tag",
    ),
    "an origin of another kind": (
        matching("origin: rpm"),
        "5:23: rules[0].match.origin: 'rpm' matches nothing",
    ),
    "an origin among others": (
        matching("origin: [os, OS]"),
        "5:36: rules[0].match.origin[1]: 'OS' matches nothing",
    ),
    "kev with other IDs": (
        matching("kev: true, id: [GHSA-*, TEMP-1]"),
        (
            "5:23: rules[0].match.kev: the KEV catalog knows CVE IDs only, and none of these "
            "can be one: the rule matches nothing"
        ),
    ),
    "kev false with other IDs": (
        matching("kev: false, id: GHSA-*"),
        (
            "5:23: rules[0].match.kev: the KEV catalog knows CVE IDs only, and none of these "
            "can be one: the rule needs no kev"
        ),
    ),
    "epss with other IDs": (
        matching('id: CVE-2025, epss: ">=0.5"'),
        "5:37: rules[0].match.epss: epss has no effect",
    ),
    "IDs in small letters": (
        matching('id: "cve-2025-*"'),
        "5:23: rules[0].match.id: 'cve-2025-*' matches nothing: it is written CVE-",
    ),
    "without_feed for nothing": (
        matching("severity: high", ", without_feed: skip"),
        "5:48: rules[0].without_feed: has no effect: the rule asks no feed",
    ),
    "a rule of an override": (
        f"{LIMIT}overrides:\n  - images: cr.io/*\n    rules: [{{name: o, match: {{origin: X}}}}]\n",
        "5:31: overrides[0].rules[0].match.origin: 'X' matches nothing",
    ),
    "a limit that the total holds": (
        "thresholds: {high: 3, total: 3}\n",
        "2:14: thresholds.high: max-high refuses nothing that max-total (policy.yaml:2)",
    ),
    "a part of a limit": (
        "thresholds: {high: {fixable: 4, unfixable: 2}, total: 3}\n",
        "2:21: thresholds.high.fixable: max-high-fixable refuses nothing that max-total",
    ),
    "a rule that a limit holds": (
        f"{LIMIT}rules: [{{name: r, match: {{severity: critical, fixable: true}}}}]\n",
        "3:9: rules[0]: r refuses nothing that max-critical (policy.yaml:2) does not refuse",
    ),
    "a warning of what is refused": (
        f"{LIMIT}rules: [{{name: r, match: {{severity: critical}}, action: warn}}]\n",
        "3:9: rules[0]: r refuses nothing that max-critical",
    ),
    "the second of two alike": (
        f"{LIMIT}rules: [{{name: a, match: {{id: X*}}}}, {{name: b, match: {{id: X*}}}}]\n",
        "3:37: rules[1]: b refuses nothing that a (policy.yaml:3)",
    ),
    "what a parent holds": (
        "extends: strict\nrules: [{name: r, match: {severity: high}}]\n",
        "3:9: rules[0]: r refuses nothing that max-high (built-in strict:14)",
    ),
}


@pytest.mark.parametrize(("text", "expected"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_warned_of(text: str, expected: str) -> None:
    files = FEED_FILES if "feeds:" in text else {}
    (warning,) = told(shelf(text, files))

    assert warning.startswith(f"policy.yaml:{expected}")


def test_patterns_without_files() -> None:
    document = b"""{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:1", "author": "us",
        "timestamp": "2026-11-01T00:00:00Z", "version": 1, "statements": []}"""
    texts = shelf(f"{LIMIT}vex: ['vex/*.json', 'other/*.json']\n", {"vex/a.json": document})

    assert told(texts) == ["policy.yaml:3:21: vex[1]: no file is 'other/*.json'"]


@pytest.mark.parametrize(
    "reason",
    ["TODO", "todo: ask", "FIXME", "tbd", "xxx", "-", "...", "?", "n/a", "N/A.", "none", "reason"],
)
def test_a_placeholder_is_no_reason(reason: str) -> None:
    (warning,) = told(shelf(ignoring(f"id: CVE-2026-0001, reason: '{reason}', expires: never")))

    assert warning == f"policy.yaml:4:25: ignore[0].reason: {reason!r} is no reason"


@pytest.mark.parametrize(
    ("glob", "why"),
    [
        ("https://cr.yandex/r/a", "has a scheme"),
        ("cr.yandex/r/a@sha256:abc", "has a digest"),
        ("*sha256:*", "has a digest"),
        ("cr.yandex/r/a:1", "has a tag"),
        ("cr.yandex/r/a:*", "has a tag"),
        ("localhost:5000/r/a:1", "has a tag"),
        ("app", "begins with no host"),
        ("shop/api", "begins with no host"),
        ("shop/*", "begins with no host"),
        ("crp0/shop/api*", "begins with no host"),
        ("localhosts/r/a", "begins with no host"),
        ("cr.yandex", "has too few parts"),
        ("cr.yandex/app", "has too few parts"),
        ("sh?p/api", ""),
        ("sh?p", "has too few parts"),
        ("localhost/app", "has too few parts"),
        ("*api", ""),
        ("c*/app", ""),
        ("cr.yandex/*", ""),
        ("/r/a", "begins or ends with a slash"),
        ("cr.yandex/r/", "begins or ends with a slash"),
        ("cr.yandex/r/App", "has capital letters"),
        ("cr.yandex/r/my app", "has a character that no repository has"),
        ("cr.yandex/r/a", ""),
        ("localhost:5000/r/a", ""),
        ("*", ""),
        ("*:5000/*", ""),
        ("cr.yandex*", ""),
        ("cr.yandex/r/a?", ""),
    ],
)
def test_globs_that_no_repository_matches(glob: str, why: str) -> None:
    assert doubt(glob) == why


@settings(max_examples=50)
@given(
    st.from_regex(
        r"(localhost|[a-z0-9]{1,5}(\.[a-z0-9]{1,4}|:5000))(/[a-z0-9]+([._-]+[a-z0-9]+)*){2,3}",
        fullmatch=True,
    ),
    st.integers(0, 12),
)
def test_no_glob_that_matches_a_repository_is_doubted(repository: str, cut: int) -> None:
    assert doubt(repository) == ""
    assert doubt(f"{repository[:cut]}*") == ""
    assert doubt(f"*{repository[-max(cut, 1) :]}") == "" or ":" in repository


def test_parents_are_not_warned_of() -> None:
    parent = (
        "version: 1\nthresholds: {critical: 0, total: 0}\nrules: [{name: r, match: {origin: X}}]"
    )
    child = "extends: parent.yaml\nthresholds: {low: 0}\n"

    assert told(shelf(child, {"parent.yaml": parent})) == [
        (
            "policy.yaml:3:14: thresholds.low: max-low refuses nothing that max-total "
            "(parent.yaml:2) does not refuse, too"
        )
    ]


PARENTS = {
    "the same selection as a rule of a parent": (
        "rules: [{name: r, match: {severity: '>=negligible'}}]",
        "thresholds: {total: 0}\n",
        ["policy.yaml:3:14: thresholds.total: max-total refuses nothing that r (p.yaml:2)"],
    ),
    "without_feed for a rule of a parent": (
        "thresholds: {critical: 0}\nrules: [{name: r, match: {kev: true}, without_feed: skip}]",
        "rules: [{name: r, without_feed: skip}]\n",
        [],
    ),
    "a part of a limit that a parent says": (
        "thresholds: {high: {unfixable: 5}, total: 3}",
        "thresholds: {high: {fixable: 0}}\n",
        [],
    ),
    "a limit that makes a parent's needless": (
        "thresholds: {high: 5}",
        "thresholds: {total: 0}\n",
        [],
    ),
}


@pytest.mark.parametrize(("parent", "child", "expected"), PARENTS.values(), ids=PARENTS)
def test_what_a_parent_says_counts(parent: str, child: str, expected: list[str]) -> None:
    texts = shelf(f"extends: p.yaml\n{child}", {"p.yaml": f"version: 1\n{parent}\n"})
    found = told(texts)

    assert [line[: len(start)] for line, start in zip(found, expected, strict=True)] == expected


def test_what_a_parent_ignores_need_not_be_ignored_again() -> None:
    entry = "ignore: [{id: CVE-2026-0001, reason: R1, expires: never}]\n"
    texts = shelf(f"extends: p.yaml\n{entry}", {"p.yaml": f"version: 1\n{LIMIT}{entry}"})

    assert told(texts) == [
        (
            "policy.yaml:3:10: ignore[0]: the ignore of CVE-2026-0001 has no effect: the one at "
            "p.yaml:3 covers it"
        )
    ]


def test_a_policy_of_a_revision_has_places_too() -> None:
    texts = shelf("thresholds: {high: 3, total: 3}\n", local=False)

    assert told(texts) == [
        (
            "git:main:policy.yaml:2:14: thresholds.high: max-high refuses nothing that max-total "
            "(git:main:policy.yaml:2) does not refuse, too"
        )
    ]


def test_warnings_are_in_the_order_of_the_text() -> None:
    text = ignoring(f"id: cve-2026-0001, {GOOD}") + "rules: [{name: r, match: {origin: X}}]\n"
    lines = [each.split(":")[1] for each in told(shelf(text))]

    assert lines == ["4", "5"]

"""GitLab Code Quality: what breaks the policy, each once, at a place that exists."""

import json
from typing import Any

import pytest

from scangate.errors import ScanMissing, ScanStale
from scangate.instant import Instant
from scangate.model import Place, Severity
from scangate.report import ImageOutcome, Report, Verdict
from scangate.reports import codequality

from .codequality_reader import Degradation, check_codequality, read_as_gitlab
from .samples import (
    broken,
    by_entry,
    finding,
    ignored,
    image,
    no_verdict,
    outcome,
    report,
    rule,
    undescribed,
)
from .situations import SITUATIONS


def issues(*images: ImageOutcome) -> list[Any]:
    return list(json.loads(codequality.render(report(*images))))


def kept(written: Report) -> list[Degradation]:
    return list(read_as_gitlab(codequality.render(written)).values())


def violated(*findings: Any, **changes: object) -> ImageOutcome:
    return outcome(broken(*findings), verdict=Verdict.FAIL, findings=findings, **changes)


def fingerprints(*images: ImageOutcome) -> set[str]:
    return {each["fingerprint"] for each in issues(*images)}


@pytest.mark.parametrize("situation", ["pass", "counts-only"])
def test_nothing_broken_is_an_empty_list(situation: str) -> None:
    assert codequality.render(SITUATIONS[situation]) == "[]\n"


def test_a_violation_is_the_rule_and_what_it_counts() -> None:
    told = broken(finding(), message="Ask the platform team.")
    head, each = issues(outcome(told, verdict=Verdict.FAIL))
    name = "cr.yandex/crp0/app:1.4"
    place = {"path": "scangate.yaml", "lines": {"begin": 4}}
    assert (head["severity"], head["check_name"], head["location"]) == (
        *("blocker", "max-critical"),
        place,
    )
    assert head["description"] == (
        f"{name}: max-critical: 1 found, 0 allowed (scangate.yaml:4); Ask the platform team."
    )
    assert (each["severity"], each["check_name"], each["location"]) == (
        *("critical", "max-critical"),
        place,
    )
    assert each["description"] == (
        f"{name}: CVE-2026-0001 (critical) in openssl 3.0.11-1, upgrade to 3.0.13-1"
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"fixed_version": ""}, "(critical) in openssl 3.0.11-1, no fix", id="no-fix"),
        pytest.param({"version": ""}, "(critical) in openssl, upgrade", id="no-version"),
        pytest.param({"id": ""}, ": a vulnerability without an ID (critical) in", id="no-id"),
        pytest.param({"package": ""}, "in a package that is not named 3", id="no-package"),
    ],
)
def test_a_finding_tells_what_is_known(changes: dict[str, object], told: str) -> None:
    assert told in issues(violated(finding(1, **changes)))[1]["description"]


@pytest.mark.parametrize(
    ("severity", "word"),
    [
        pytest.param(Severity.CRITICAL, "critical", id="critical"),
        pytest.param(Severity.HIGH, "major", id="high"),
        pytest.param(Severity.MEDIUM, "minor", id="medium"),
        pytest.param(Severity.LOW, "info", id="low"),
        pytest.param(Severity.NEGLIGIBLE, "info", id="negligible"),
        pytest.param(Severity.UNDEFINED, "major", id="undefined-counts-as-high"),
    ],
)
def test_severities_are_code_qualitys_words(severity: Severity, word: str) -> None:
    assert issues(violated(finding(severity=severity)))[1]["severity"] == word


def test_a_warning_is_major_and_no_blocker() -> None:
    warned = broken(finding(rules=("max-critical",)), verdict=Verdict.WARN)
    told = issues(outcome(warned, verdict=Verdict.WARN))
    assert [each["severity"] for each in told] == ["major", "critical"]


def test_only_what_a_broken_rule_counts_is_told() -> None:
    within, exempt = finding(2, rules=("max-high",)), ignored(3, why=by_entry())
    late = outcome(
        broken(finding(1)),
        rule("max-high", max=1, count=1, findings=(within,)),
        rule("max-low", verdict=None, count=None, findings=None),
        verdict=Verdict.FAIL,
        findings=(finding(1), within, exempt, finding(4, rules=())),
    )
    assert [each.check for each in kept(report(late))] == ["max-critical", "max-critical"]


def test_a_finding_of_several_rules_is_told_once_at_the_worst() -> None:
    shared = finding(1, rules=("max-high", "max-critical"))
    late = outcome(
        broken(shared, name="max-high", verdict=Verdict.WARN, place=Place(file="a.yaml")),
        broken(shared, place=Place(file="b.yaml")),
        verdict=Verdict.FAIL,
    )
    told = [(each.severity, each.check, each.link) for each in kept(report(late))]
    assert told == [
        ("blocker", "max-critical", "/blob/0123456789/b.yaml#L1"),
        ("major", "max-high", "/blob/0123456789/a.yaml#L1"),
        ("critical", "max-critical", "/blob/0123456789/b.yaml#L1"),
    ]


def test_a_rule_whose_findings_were_not_listed_says_so() -> None:
    (told,) = kept(SITUATIONS["rows-incomplete"])
    assert told.text.endswith(
        "; its findings were not listed: the rows do not add up to the counts"
    )


def test_an_image_without_a_verdict_is_one_blocker() -> None:
    (told,) = issues(no_verdict(ScanMissing("no scan appeared", hint="start one")))
    assert told["description"] == (
        "cr.yandex/crp0/app:1.4: no verdict: no scan appeared; next: start one"
    )
    assert (told["severity"], told["check_name"]) == ("blocker", "scan-missing")
    assert told["location"] == {"path": ".gitlab-ci.yml", "lines": {"begin": 1}}


@pytest.mark.parametrize(
    "contradiction",
    [
        pytest.param(outcome(rule(), verdict=Verdict.ERROR), id="error-without-a-cause"),
        pytest.param(outcome(rule(), verdict=Verdict.FAIL), id="violation-without-a-rule"),
    ],
)
def test_an_outcome_that_is_not_good_is_never_an_empty_list(contradiction: ImageOutcome) -> None:
    assert [each["severity"] for each in issues(contradiction)] == ["blocker"]


def test_a_violation_stays_one_after_an_error() -> None:
    late = no_verdict(ScanStale("old"), rules=(broken(finding()),))
    assert [each["check_name"] for each in issues(late)] == [
        *("scan-stale", "max-critical", "max-critical")
    ]


def test_a_run_without_images_is_one_blocker() -> None:
    (told,) = json.loads(codequality.render(report(mode="warn")))
    assert (told["severity"], told["check_name"]) == ("blocker", "no-image")
    assert told["description"].startswith("the run ended before any image was judged; the policy")


def test_caveats_are_told_with_what_speaks_of_the_image() -> None:
    head, each = kept(SITUATIONS["warn"])
    assert "; --warn-only is given" in head.text
    assert "; judged as if it were 2026-11-22T12:05:00Z (--at)" in head.text
    assert "warn-only" not in each.text
    (softened, _) = issues(
        outcome(broken(finding(), verdict=Verdict.WARN), verdict=Verdict.WARN, enforced=False)
    )
    assert "; the policy only warns of this image" in softened["description"]
    failed = report(no_verdict(ScanMissing("none")), evidence="file")
    assert "; the evidence comes from a file" in kept(failed)[0].text


@pytest.mark.parametrize(
    ("file", "path"),
    [
        pytest.param("scangate.yaml", "scangate.yaml", id="name"),
        pytest.param("./scangate.yaml", "scangate.yaml", id="dot"),
        pytest.param("ci//gate/./policy.yaml", "ci/gate/policy.yaml", id="folders"),
        pytest.param("ci\\gate.yaml", "ci/gate.yaml", id="windows"),
        pytest.param("a b/ü.yaml", "a b/ü.yaml", id="blank-and-umlaut"),
        pytest.param("..gate.yaml", "..gate.yaml", id="name-with-dots"),
        pytest.param("x" * 1000, "x" * 1000, id="at-the-limit"),
    ],
)
def test_a_policy_of_the_repository_is_the_place(file: str, path: str) -> None:
    told = broken(finding(), place=Place(file=file, line=7))
    for each in issues(outcome(told, verdict=Verdict.FAIL)):
        assert each["location"] == {"path": path, "lines": {"begin": 7}}


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(None, id="none"),
        pytest.param(Place(file="/etc/gate.yaml", line=7), id="absolute"),
        pytest.param(Place(file="C:\\gate.yaml", line=7), id="drive"),
        pytest.param(Place(file="C:gate.yaml", line=7), id="drive-without-root"),
        pytest.param(Place(file="\\\\host\\share\\gate.yaml", line=7), id="share"),
        pytest.param(Place(file="../gate.yaml", line=7), id="above"),
        pytest.param(Place(file="ci/../../gate.yaml", line=7), id="above-later"),
        pytest.param(Place(file="ci\\..\\gate.yaml", line=7), id="above-on-windows"),
        pytest.param(Place(file="", line=7), id="empty"),
        pytest.param(Place(file=".", line=7), id="folder"),
        pytest.param(Place(file="gate\u202e.yaml", line=7), id="bidi"),
        pytest.param(Place(file="gate\n.yaml", line=7), id="line-break"),
        pytest.param(Place(file="::error::x", line=7), id="command"),
        pytest.param(Place(file="x" * 1001, line=7), id="too-long"),
        pytest.param(Place(file="strict", line=7, local=False), id="built-in"),
    ],
)
def test_else_the_place_is_where_gitlab_calls_the_gate(place: Place | None) -> None:
    for each in issues(outcome(broken(finding(), place=place), verdict=Verdict.FAIL)):
        assert each["location"] == {"path": ".gitlab-ci.yml", "lines": {"begin": 1}}


def test_a_rebuild_changes_no_fingerprint() -> None:
    before = violated(finding(1), finding(2))
    rebuilt = image(id="crpimage000000000002", digest="sha256:" + "f" * 64)
    moved = broken(
        finding(1, version="3.0.12-1"),
        finding(2, fixed_version="", link=""),
        max=1,
        place=Place(file="other.yaml", line=9),
        message="new",
    )
    after = outcome(moved, verdict=Verdict.FAIL, image=rebuilt, reference="cr.yandex/crp0/app:2")
    late = report(after, judged_at=Instant.parse("2027-01-01T00:00:00Z"), mode="warn")
    assert fingerprints(before) == set(read_as_gitlab(codequality.render(late)))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(violated(finding(2)), id="advisory"),
        pytest.param(violated(finding(1, package="curl")), id="package"),
        pytest.param(violated(finding(1), image=image("crp0/web")), id="repository"),
        pytest.param(no_verdict(ScanMissing("x")), id="error"),
    ],
)
def test_something_else_has_another_fingerprint(other: ImageOutcome) -> None:
    rules = fingerprints(violated())
    assert not (fingerprints(violated(finding(1))) - rules) & fingerprints(other)


def test_errors_of_two_kinds_differ() -> None:
    missing, stale = no_verdict(ScanMissing("x")), no_verdict(ScanStale("x"))
    assert fingerprints(missing) != fingerprints(stale)


def test_fingerprints_are_single_however_alike_the_findings() -> None:
    twice = (finding(1), finding(1), finding(1, version="2"), undescribed(), undescribed())
    rules = (broken(*twice), broken())
    late = outcome(*rules, verdict=Verdict.FAIL)
    assert len(fingerprints(late, late, no_verdict(ScanMissing("x")))) == 2 * 7 + 1


@pytest.mark.parametrize(
    ("number", "rest"),
    [pytest.param(500, [], id="at-the-limit"), pytest.param(501, [1], id="over")],
)
def test_of_too_many_findings_the_worst_are_told(number: int, rest: list[int]) -> None:
    mild = violated(finding(9000, severity=Severity.LOW))
    many = violated(*map(finding, range(1, number)), image=image("crp0/web"))
    told = kept(report(mild, many))
    assert [each.severity for each in told[:3]] == ["blocker", "blocker", "critical"]
    assert len(told) == 2 + 500 + len(rest)
    assert any("CVE-2026-9000" in each.text for each in told) == (not rest)
    if rest:
        assert (told[-1].check, told[-1].severity) == ("left-out", "info")
        assert told[-1].text == "1 more findings of broken rules; the JSON report has them all"


@pytest.mark.parametrize(
    "style",
    [
        pytest.param("%{danger_start}x%{danger_end}", id="plain"),
        pytest.param("%\x00{danger_start}x", id="hidden"),
        pytest.param("%\u200b{danger_start}x", id="unseen"),
    ],
)
def test_the_widget_makes_no_html_of_foreign_text(style: str) -> None:
    rules = (broken(finding(id=style, package=style), name=style, message=style),)
    written = report(outcome(*rules, verdict=Verdict.FAIL, reference=style))
    assert all("% {danger" in each.text for each in kept(written))


def test_names_that_cannot_be_shown_are_replaced() -> None:
    nameless = broken(finding(id="\x00", package=" "), name="\u202e")
    told = issues(outcome(nameless, verdict=Verdict.FAIL, reference="\x00"))
    assert [each["check_name"] for each in told] == ["scangate", "scangate"]
    assert all(each["description"].startswith("(no name): ") for each in told)


def test_endless_texts_are_cut_and_look_it() -> None:
    endless = "x" * 2**20
    told = finding(id=endless, package=endless, version=endless, fixed_version=endless)
    rules = (broken(told, name=endless, message=endless),)
    text = codequality.render(report(outcome(*rules, verdict=Verdict.FAIL, reference=endless)))
    assert len(text) < 5_000
    assert "x…" in text


def test_the_same_report_gives_the_same_bytes() -> None:
    assert codequality.render(SITUATIONS["hostile"]) == codequality.render(SITUATIONS["hostile"])
    assert codequality.render(SITUATIONS["violation"]).endswith("]\n")


@pytest.mark.parametrize(
    ("told", "lie"),
    [
        pytest.param('"blocker"', '"critical"', id="no-blocker"),
        pytest.param('"major"', '"MAJOR"', id="severity-word"),
        pytest.param('"scangate.yaml"', '"/scangate.yaml"', id="absolute-path"),
        pytest.param('"scangate.yaml"', '"./scangate.yaml"', id="path-that-is-not-plain"),
        pytest.param('"begin": 4', '"begin": 0', id="line"),
        pytest.param('"fingerprint": "', '"fingerprint": "x', id="fingerprint"),
        pytest.param("cr.yandex/crp0/app:1.4: ", "", id="silent-image"),
        pytest.param("cr.yandex", "%{strong_start}", id="style"),
        pytest.param("[\n", "\ufeff[\n", id="byte-order-mark"),
    ],
)
def test_control_a_report_that_lies_is_noticed(told: str, lie: str) -> None:
    text = codequality.render(SITUATIONS["violation"])
    assert told in text
    with pytest.raises(AssertionError):
        check_codequality(SITUATIONS["violation"], text.replace(told, lie))


def test_control_equal_fingerprints_are_noticed() -> None:
    told = issues(violated(finding(1)))
    with pytest.raises(AssertionError, match="merges equal"):
        read_as_gitlab(json.dumps([*told, told[0]]))


def test_control_an_invalid_entry_loses_the_rest() -> None:
    told = issues(violated(finding(1)))
    del told[0]["severity"]
    with pytest.raises(AssertionError, match="stops at"):
        read_as_gitlab(json.dumps(told))

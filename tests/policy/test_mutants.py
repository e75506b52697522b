"""What only mutation testing asked for: words, places and order that nothing else looks at."""

import datetime as dt

import msgspec
import pytest

from scangate.errors import EvidenceIncomplete, PolicyError, ScanStale
from scangate.history import check_fresh
from scangate.model import Counts, Evidence, ScanStatus, Severity, Vulnerability
from scangate.policy.baseline import Baseline
from scangate.policy.evaluate import count_rows, evaluate, evaluate_all
from scangate.policy.load import load_text
from scangate.policy.select import Selector
from scangate.report import Finding, IgnoreState, Verdict
from tests.fakes import IMAGE, NOW, policy, result
from tests.properties.judging import Case, judge

ROW = Vulnerability(severity=Severity.HIGH, id="CVE-2025-1000", package="zlib")
WEEK = dt.timedelta(days=7)
IGNORE = "id: CVE-2025-1000, reason: no harm, expires: never"


def listed(*rows: Vulnerability) -> Evidence:
    return Evidence(image=IMAGE, scan=result(counts=count_rows(rows)), vulnerabilities=rows)


def test_a_stale_scan_says_what_to_do() -> None:
    with pytest.raises(ScanStale) as caught:
        check_fresh(result(), max_age=WEEK, now=NOW.plus(2 * WEEK))
    assert caught.value.hint == (
        "scan the image again (--scan if-needed), or schedule rescans of the registry"
    )


def test_a_scan_of_the_future_says_which_clock_to_check() -> None:
    later = NOW.plus(WEEK)
    with pytest.raises(ScanStale, match=f"is dated {later}, which is after now") as caught:
        check_fresh(result(scanned_at=later), max_age=None, now=NOW)
    assert caught.value.hint == "check the clock of this machine, and --at if it is given"


@pytest.mark.parametrize(("word", "told"), [("", "RUNNING"), ("PAUSED", "PAUSED")])
def test_evidence_that_is_not_ready_is_called_what_the_service_calls_it(
    word: str, told: str
) -> None:
    scan = msgspec.structs.replace(result(status=ScanStatus.RUNNING), status_word=word)
    with pytest.raises(EvidenceIncomplete, match=f"^scan scan-1 is {told}$"):
        evaluate(policy("high: 0"), Evidence(image=IMAGE, scan=scan), NOW)


def test_no_evidence_at_all_is_called_that() -> None:
    with pytest.raises(EvidenceIncomplete, match=r"^there is nothing to judge$"):
        evaluate_all(policy("high: 0"), [], NOW)


def test_every_difference_between_rows_and_counts_is_told() -> None:
    scan = result(counts=Counts(low=1, medium=2))
    evidence = Evidence(image=IMAGE, scan=scan, vulnerabilities=())
    with pytest.raises(
        EvidenceIncomplete,
        match=r"\(medium: 0 listed, 2 counted; low: 0 listed, 1 counted\)$",
    ) as caught:
        evaluate(policy("high: 0"), evidence, NOW)
    assert caught.value.hint == "run the gate again; if it stays so, scan again"


def test_a_violation_by_counts_alone_tells_the_gap() -> None:
    evidence = Evidence(image=IMAGE, scan=result(counts=Counts(high=1)), gap="the list is gone")
    assert evaluate(policy("high: 0"), evidence, NOW).gap == "the list is gone"


def test_results_of_the_same_time_are_judged_by_the_same_baseline() -> None:
    text = "rules: [{name: new, match: {new: true}}]"
    evidence = [listed(ROW), listed(ROW)]
    asking = policy(f"{text}\n")
    assert evaluate_all(asking, evidence, NOW)[1].verdict is Verdict.FAIL
    known = Baseline.of([ROW])
    assert evaluate_all(asking, evidence, NOW, baseline=known)[1].verdict is Verdict.PASS


@pytest.mark.parametrize("untold", ["id", "package"])
def test_whether_a_nameless_finding_is_an_old_one_is_held_against_it(untold: str) -> None:
    asking = policy("rules: [{name: old, match: {new: false}}]\n")
    nameless = msgspec.structs.replace(ROW, **{untold: ""})
    known = Baseline.of([ROW, nameless])
    assert evaluate(asking, listed(nameless), NOW, baseline=known).verdict is Verdict.FAIL


def test_a_rule_that_may_be_left_out_hides_no_other_that_lacks_its_feed() -> None:
    skipped = "{name: first, match: {kev: true}, without_feed: skip}"
    with pytest.raises(PolicyError) as caught:
        policy(f"rules:\n  - {skipped}\n  - {{name: second, match: {{kev: true}}}}")
    assert "policy.yaml:4:28: rules.second.match.kev: no kev feed is named" in str(caught.value)


def test_an_outcome_tells_the_title_and_the_place_of_its_rule() -> None:
    judgement = evaluate(policy("high: 0"), listed(), NOW)
    told = [(rule.title, str(rule.place)) for rule in judgement.rules]
    assert told == [
        ("critical vulnerabilities are within the limit", "policy.yaml:2:14"),
        ("high vulnerabilities are within the limit", "policy.yaml:2:14"),
    ]


@pytest.mark.parametrize("word", ["undefined", "total"])
def test_a_limit_that_stands_alone_tells_its_place(word: str) -> None:
    rules = policy(f"high: 0, {word}: 3").terms.rules
    places = {rule.name: str(rule.place) for rule in rules}
    assert places[f"max-{word}"] == "policy.yaml:2:23"


def test_an_ignore_entry_for_the_repository_is_told_as_used_with_its_place() -> None:
    text = f"thresholds: {{high: 0}}\nignore: [{{{IGNORE}, images: cr.yandex/crp0/*}}]"
    judgement = evaluate(policy(text), listed(ROW), NOW)
    assert judgement.verdict is Verdict.PASS
    told = [(each.state, each.count, str(each.place)) for each in judgement.ignores]
    assert told == [(IgnoreState.USED, 1, "policy.yaml:3:10")]


def test_of_entries_that_differ_in_scope_alone_the_same_one_is_named_in_every_order() -> None:
    entries = [f"{{{IGNORE}, images: {images}}}" for images in ("cr.yandex/*", "cr.yandex/crp0/*")]
    named = []
    for order in (entries, entries[::-1]):
        lines = "\n".join(f"  - {entry}" for entry in order)
        ignoring = policy(f"thresholds: {{high: 0}}\nignore:\n{lines}")
        found = evaluate(ignoring, listed(ROW), NOW).findings or ()
        scopes = {each.written: each.images for each in ignoring.ignores}
        named += [scopes[each.suppression.by] for each in found if each.suppression]
    assert named == [("cr.yandex/*",), ("cr.yandex/*",)]


@pytest.mark.parametrize(("advisory", "told"), [("GHSA-1", 1), ("CVE-2025-1000", 0), ("", 0)])
def test_findings_that_the_catalog_cannot_know_are_told(advisory: str, told: int) -> None:
    rule = {"name": "exploited", "match": {"kev": True}}
    row = msgspec.structs.replace(ROW, id=advisory)
    judgement = judge(Case(policy={"version": 1, "rules": [rule]}, rows=(row,), kev=frozenset()))
    notice = "1 findings have no CVE ID, and the KEV catalog knows no others"
    assert judgement.notices.count(notice) == told


def test_a_rule_that_may_be_skipped_does_not_excuse_the_next_one() -> None:
    text = (
        "version: 1\nrules:\n"
        "  - {name: a, match: {kev: true}, without_feed: skip}\n"
        "  - {name: b, match: {kev: true, epss: '>=0.5'}}\n"
    )
    with pytest.raises(PolicyError) as refused:
        load_text(text.encode(), source="policy.yaml", name="test")
    assert list(refused.value.problems) == [
        f"policy.yaml:4:{column}: rules.b.match.{feed}: no {feed} feed is named; "
        f"give one under feeds, or with --{feed}"
        for feed, column in (("epss", 34), ("kev", 23))
    ]


@pytest.mark.parametrize(("advisory", "package"), [("", "zlib"), ("CVE-1", ""), ("", "")])
def test_a_finding_without_a_name_may_be_an_old_one_and_a_new_one(
    advisory: str, package: str
) -> None:
    row = msgspec.structs.replace(ROW, id=advisory, package=package)
    found = Finding(vulnerability=row, new=True)
    for new in (True, False):
        assert Selector(severities=frozenset(Severity), new=new).select([found]) == [found]

"""JUnit, as its readers read it."""

import xml.etree.ElementTree as ET

import junit_xml
import pytest

from scangate import errors
from scangate.errors import InternalError, ScangateError
from scangate.model import ScanStatus
from scangate.report import Report, Verdict
from scangate.reports import junit

from .readers import CAST_TYPES, REFUSED_TYPES, read_as_gitlab
from .samples import (
    DIGEST,
    broken,
    finding,
    no_verdict,
    outcome,
    report,
    rule,
    scan,
)
from .situations import SITUATIONS

EVIDENCE = ["scan is ready", "scan is fresh", "evidence is complete"]


def cases(written: Report) -> list[ET.Element]:
    return list(ET.fromstring(junit.render(written)).iter("testcase"))


def statuses(written: Report) -> list[str]:
    return [case.status for case in read_as_gitlab(junit.render(written))]


EVERY_ERROR = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, ScangateError)
]


def test_the_declaration_says_utf_8() -> None:
    text = junit.render(SITUATIONS["pass"])
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n<testsuites')


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(errors.ScanMissing, ["error", "skipped", "skipped"], id="scan-missing"),
        pytest.param(errors.ScanStale, ["success", "error", "skipped"], id="scan-stale"),
        pytest.param(errors.EvidenceIncomplete, ["success", "success", "error"], id="incomplete"),
        pytest.param(errors.TagMoved, ["success", "success", "error"], id="tag-moved"),
        pytest.param(errors.Unavailable, ["error", "skipped", "skipped"], id="unavailable"),
        pytest.param(errors.Terminated, ["error", "skipped", "skipped"], id="terminated"),
        pytest.param(errors.InternalError, ["error", "skipped", "skipped"], id="internal"),
    ],
)
def test_one_case_of_the_evidence_carries_the_error(
    error: type[ScangateError], expected: list[str]
) -> None:
    written = report(no_verdict(error("what happened")))
    assert [case.get("name") for case in cases(written)][:3] == EVIDENCE
    assert statuses(written) == [*expected, "skipped"]


def test_rules_are_skipped_after_an_error_whatever_they_say() -> None:
    late = no_verdict(errors.TagMoved("moved"), rules=(rule(), rule(verdict=Verdict.WARN)))
    assert statuses(report(late))[3:] == ["skipped", "skipped"]


def test_a_violation_stays_one_after_an_error() -> None:
    late = no_verdict(errors.TagMoved("moved"), rules=(broken(finding()),))
    assert statuses(report(late)) == ["success", "success", "error", "failure"]


@pytest.mark.parametrize(
    "looked_at",
    [
        pytest.param(None, id="no-scan"),
        pytest.param(scan(status=ScanStatus.RUNNING), id="running"),
        pytest.param(scan(status=ScanStatus.ERROR), id="failed"),
    ],
)
def test_a_scan_that_is_not_ready_is_never_told_to_be(looked_at: object) -> None:
    stale = no_verdict(errors.ScanStale("too old"), scan=looked_at)
    assert statuses(report(stale)) == ["error", "skipped", "skipped", "skipped"]


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda each: each.__name__)
def test_error_types_are_camel_case(error: type[ScangateError]) -> None:
    (element,) = ET.fromstring(junit.render(report(no_verdict(error("x"))))).iter("error")
    word = element.attrib["type"]
    assert word.isalpha()
    assert word[0].isupper()
    assert word not in REFUSED_TYPES | CAST_TYPES


def test_an_error_tells_the_hint() -> None:
    written = report(no_verdict(errors.ScanMissing("first\nsecond", hint="do this")))
    (case, *_) = read_as_gitlab(junit.render(written))
    assert case.output == "first\nsecond\nnext: do this"


def test_rules_that_the_counts_could_not_judge_are_skipped() -> None:
    assert statuses(SITUATIONS["rows-incomplete"]) == [
        *("success", "success", "skipped"),
        *("failure", "skipped"),
    ]


def test_a_warning_passes_and_is_told() -> None:
    warned = broken(finding(), verdict=Verdict.WARN)
    written = report(outcome(warned, verdict=Verdict.WARN))
    assert statuses(written)[-1] == "success"
    told = cases(written)[-1].findtext("system-out", "")
    assert told.startswith("max-critical: 1 found, 0 allowed (scangate.yaml:4)\nCVE-2026-0001")


@pytest.mark.parametrize(
    ("number", "lines", "last"),
    [
        pytest.param(0, 1, "max-critical: 0 found", id="none-listed"),
        pytest.param(50, 51, "CVE-2026-0050", id="at-the-limit"),
        pytest.param(51, 52, "… and 1 more", id="one-more"),
        pytest.param(500, 52, "… and 450 more", id="500"),
    ],
)
def test_long_lists_are_cut(number: int, lines: int, last: str) -> None:
    found = tuple(finding(each) for each in range(1, number + 1))
    written = report(outcome(broken(*found), verdict=Verdict.FAIL))
    text = read_as_gitlab(junit.render(written))[-1].output.split("\n")
    assert len(text) == lines
    assert text[-1].startswith(last)


def test_a_finding_is_one_line_with_the_fix() -> None:
    written = report(outcome(broken(finding()), verdict=Verdict.FAIL))
    assert read_as_gitlab(junit.render(written))[-1].output.split("\n")[1] == (
        "CVE-2026-0001  critical  openssl 3.0.11-1  -> 3.0.13-1  https://avd.example/CVE-2026-0001"
    )


def test_a_failure_names_the_rules_place() -> None:
    case = cases(SITUATIONS["violation"])[4]
    assert (case.get("file"), case.get("line")) == ("scangate.yaml", "5")


def test_the_wait_is_the_time_of_the_first_case() -> None:
    first, second, *_ = cases(report(outcome(waited_seconds=41.7)))
    assert float(first.attrib["time"]) == pytest.approx(42, abs=0.01)
    assert 0 < float(second.attrib["time"]) < 0.01


def test_what_changes_is_in_the_properties() -> None:
    suite = ET.fromstring(junit.render(SITUATIONS["warn"]))[0]
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert properties["image.reference"] == "cr.yandex/crp0/app:1.4"
    assert properties["image.digest"] == DIGEST
    assert properties["scan.finished"] == "2026-11-22T10:00:00.123456789Z"
    assert properties["policy.sha256"] == "ab" * 32
    assert properties["simulated.at"] == properties["judged.at"] == "2026-11-22T12:05:00Z"
    assert properties["mode"] == "warn-only"
    assert properties["endpoint.known"] == "false"


def test_a_run_without_images_is_one_error() -> None:
    assert statuses(report()) == ["error"]


@pytest.mark.parametrize(
    "contradiction",
    [
        pytest.param(outcome(rule(), verdict=Verdict.ERROR), id="error-without-a-cause"),
        pytest.param(outcome(rule(), verdict=Verdict.FAIL), id="violation-without-a-rule"),
    ],
)
def test_an_outcome_that_is_not_good_is_never_green(contradiction: object) -> None:
    assert "error" in statuses(report(contradiction))  # type: ignore[arg-type]  # one of each row


def test_a_rule_broken_by_nobody_knows_how_many_is_still_a_failure() -> None:
    nameless = rule("", title="", verdict=Verdict.FAIL, count=None, findings=None, place=None)
    (*_, case) = read_as_gitlab(junit.render(report(outcome(nameless, verdict=Verdict.FAIL))))
    assert (case.status, case.output) == ("failure", ": too many found, 0 allowed")


@pytest.mark.parametrize("lines", [[], [""], [" \n"]], ids=["none", "empty", "blank"])
def test_a_failure_without_a_text_cannot_be_written(lines: list[str]) -> None:
    with pytest.raises(InternalError, match="read as a pass"):
        junit._told(lines)


def test_control_the_library_writes_an_empty_failure_as_a_pass() -> None:
    case = junit_xml.TestCase("x", classname="a.b")
    case.add_failure_info("", "")
    text = junit_xml.to_xml_report_string(
        [junit_xml.TestSuite("s", [case])], prettyprint=False, encoding="utf-8"
    )
    assert [each.status for each in read_as_gitlab(text)] == ["success"]


@pytest.mark.parametrize(
    ("before", "after", "loss"),
    [
        pytest.param('type="PolicyViolation"', 'type="yaml"', "whole file", id="yaml"),
        pytest.param('type="PolicyViolation"', 'type="integer"', "casts", id="integer"),
        pytest.param("max-high: high", "max-critical: critical", "drops", id="same-name"),
        pytest.param("</failure>", "</failure><failure>x</failure>", "list", id="two-failures"),
    ],
)
def test_control_what_gitlab_loses_is_noticed(before: str, after: str, loss: str) -> None:
    text = junit.render(SITUATIONS["violation"])
    assert before in text
    with pytest.raises(AssertionError, match=loss):
        read_as_gitlab(text.replace(before, after))


def test_control_a_failure_without_text_is_noticed() -> None:
    root = ET.fromstring(junit.render(SITUATIONS["violation"]))
    for failure in root.iter("failure"):
        failure.text = None
    with pytest.raises(AssertionError, match="Ruby hash"):
        read_as_gitlab(ET.tostring(root, encoding="unicode"))

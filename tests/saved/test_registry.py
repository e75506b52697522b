"""Scan results of both registry products, in every spelling, and what of them is no evidence."""

import json

import pytest

from scangate.errors import EvidenceIncomplete, NoEvidence, ScanFailed, ScanTimeout
from scangate.history import ScanSettings
from scangate.instant import Instant
from scangate.model import Counts, Image, ScanStatus, Severity, Vulnerability
from scangate.policy.evaluate import evaluate
from scangate.report import Verdict
from tests.fakes import policy
from tests.saved.shapes import (
    DIGEST,
    EARLIER,
    FLAT_ROWS,
    NOW,
    PINNED,
    REFERENCE,
    ROWS,
    evidence,
    flat_row,
    pair,
    row,
    saved,
    scan,
    severities,
    snake,
)

CLOUD = {key: value for key, value in scan(artifactId="crp1").items() if key != "imageId"}
HIGH = Vulnerability(
    severity=Severity.HIGH,
    id="CVE-2026-1",
    package="lib1",
    version="1.0",
    fixed_version="1.1",
    source="trivy",
)
FORMS = {
    "a result and its list": (scan(), ROWS),
    "a list and its result": (ROWS, scan()),
    "a history of one and a list": ([scan()], ROWS),
    "a page of results and a page of rows": (
        {"scanResults": [scan()], "nextPageToken": ""},
        {"vulnerabilities": ROWS},
    ),
    "a pair": (pair(),),
    "Cloud Registry's result and flat rows": (CLOUD, FLAT_ROWS),
    "Cloud Registry's pair": (pair(scanResult=CLOUD, vulnerabilities=FLAT_ROWS),),
    "numbers as numbers": (scan(vulnerabilities={"high": 1, "low": 2}), ROWS),
    "fields that nobody knows": ({**pair(), "etag": 1, "scanResult": scan(engine={"a": [1]})},),
}


@pytest.mark.parametrize("spell", [lambda value: value, snake], ids=["camelCase", "snake_case"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_the_same(form, spell) -> None:  # type: ignore[no-untyped-def]
    found = evidence(*map(spell, FORMS[form]))
    assert found.scan.id == "che1"
    assert found.scan.status is ScanStatus.READY
    assert found.scan.scanned_at == Instant.parse(EARLIER)
    assert found.scan.counts == Counts(high=1, low=2)
    assert found.vulnerabilities is not None
    assert found.vulnerabilities[0] == HIGH
    assert severities(found) == ["high", "low", "low"]
    assert evaluate(policy("critical: 0"), found, NOW).verdict is Verdict.PASS
    assert evaluate(policy("high: {fixable: 0}"), found, NOW).verdict is Verdict.FAIL


def test_the_image_is_what_the_reference_and_the_result_tell() -> None:
    found = saved(pair(), target=PINNED)
    assert found.reference == PINNED.text
    assert found.evidence[0].image == Image(
        id="crp1", host="cr.yandex", name="crp0/app", digest=DIGEST
    )
    assert found.notices == (f"a.json names image crp1; that it is {PINNED.text} is not checked",)


def test_without_a_list_the_counts_decide_or_nothing() -> None:
    found = evidence(scan())
    assert found.vulnerabilities is None
    assert evaluate(policy("critical: 0"), found, NOW).verdict is Verdict.PASS
    with pytest.raises(EvidenceIncomplete, match="could not be listed"):
        evaluate(policy("high: {fixable: 0}"), found, NOW)


@pytest.mark.parametrize("nothing", [[], {"vulnerabilities": []}], ids=["a list", "a page"])
def test_an_empty_list_beside_a_result_proves_it_clean(nothing: object) -> None:
    found = evidence(scan(vulnerabilities=None), nothing)
    assert evaluate(policy("total: 0"), found, NOW).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("result", "rows"),
    [
        pytest.param(scan(), (), id="an empty list and counts"),
        pytest.param(scan(), ROWS[1:], id="a row too few"),
        pytest.param(scan(), (*ROWS, row(4)), id="a row too many"),
        pytest.param(scan(), (row(1, "LOW"), *ROWS[1:]), id="a row of another severity"),
        pytest.param(scan(vulnerabilities={}), ROWS, id="rows without counts"),
        pytest.param(scan(vulnerabilities={}), None, id="neither counts nor rows"),
        pytest.param(scan(vulnerabilities={"zzz": "0"}), None, id="zeros of nothing known"),
        pytest.param(
            scan(vulnerabilities={"low": "1001"}), tuple(map(row, range(1000))), id="1000 of 1001"
        ),
        pytest.param(
            scan(vulnerabilities={}), tuple(map(row, range(1000))), id="1000 without counts"
        ),
    ],
)
def test_what_does_not_add_up_passes_no_policy(result: object, rows: object) -> None:
    found = evidence(result) if rows is None else evidence(result, rows)
    with pytest.raises(EvidenceIncomplete):
        evaluate(policy("total: 100000"), found, NOW)


def test_a_list_that_is_cut_off_says_so_and_a_proven_violation_stands() -> None:
    found = evidence(scan(vulnerabilities={"low": "1001"}), tuple(map(row, range(1000))))
    assert "exactly 1000 rows" in found.gap
    assert evaluate(policy("low: 10"), found, NOW).verdict is Verdict.FAIL


def test_a_list_of_exactly_1000_that_the_counts_confirm_is_whole() -> None:
    found = evidence(scan(vulnerabilities={"low": "1000"}), tuple(map(row, range(1000))))
    assert evaluate(policy("low: 1000"), found, NOW).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(scan(id=""), "without an id", id="no id"),
        pytest.param(scan(imageId=""), "which one image", id="no image"),
        pytest.param(scan(artifactId="crp2"), "which one image", id="two images"),
        pytest.param(scan(image_id="crp1"), "both spellings", id="a key in both spellings"),
        pytest.param(scan(scannedAt="yesterday"), "RFC 3339", id="no time"),
        pytest.param(scan(scannedAt=1), "Expected `str | null`", id="a time of another type"),
        pytest.param(scan(vulnerabilities={"high": "-1"}), "not a count", id="negative"),
        pytest.param(json.dumps(scan()).replace('"1"', "-0").encode(), "-0", id="minus zero"),
        pytest.param(scan(vulnerabilities={"high": "-0"}), "not a count", id="minus zero, a text"),
        pytest.param(scan(vulnerabilities={"high": "01"}), "not a count", id="leading zero"),
        pytest.param(scan(vulnerabilities={"high": "1.0"}), "not a count", id="fraction"),
        pytest.param(scan(vulnerabilities={"high": 1.0}), "Expected", id="a float"),
        pytest.param(scan(vulnerabilities={"high": True}), "Expected", id="a truth"),
        pytest.param(scan(vulnerabilities={"high": None}), "Expected", id="no number"),
        pytest.param(scan(vulnerabilities={"high": str(2**63)}), "not a count", id="over int64"),
        pytest.param(scan(vulnerabilities="none"), "Expected", id="no counts"),
        pytest.param([scan(), scan(imageId="crp2")], "several images", id="several images"),
        pytest.param(pair(nextPageToken="abc"), "one page of several", id="a page of a pair"),
        pytest.param(pair(scanResult=None), "malformed", id="a pair without a result"),
        pytest.param(pair(vulnerabilities={}), "malformed", id="a list that is none"),
        pytest.param(pair(vulnerabilities=[*ROWS, 1]), "malformed", id="a row that is none"),
        pytest.param(pair(vulnerabilities=[{"severity": []}]), "malformed", id="a bad severity"),
        pytest.param(
            pair(vulnerabilities=[{**row(1), **flat_row(1)}]), "twice", id="nested and flat"
        ),
        pytest.param(
            {"scanResults": [], "nextPageToken": ""}, "without scan results", id="no results"
        ),
    ],
)
def test_a_malformed_result_is_refused(value: object, reason: str) -> None:
    with pytest.raises(EvidenceIncomplete, match=reason) as refused:
        saved(value)
    assert refused.value.message.startswith("a.json ")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("RUNNING", ScanTimeout),
        ("QUEUED", ScanTimeout),
        ("STATUS_UNSPECIFIED", ScanTimeout),
        ("ready", ScanTimeout),
        (2, ScanTimeout),
        ("ERROR", ScanFailed),
        ("CANCELLED", ScanFailed),
    ],
)
def test_only_ready_is_evidence(status: object, error: type[NoEvidence]) -> None:
    for value in (scan(status=status), pair(scanResult=scan(status=status))):
        with pytest.raises(error, match=str(status)):
            saved(value)


OLD = scan(id="old", scannedAt="2026-11-20T00:00:00Z")
NEW = scan(id="new", scannedAt="2026-11-21T00:00:00Z")
RUNNING = scan(id="running", status="RUNNING", scannedAt=None)
FAILED = scan(id="failed", status="ERROR")


@pytest.mark.parametrize("history", [(OLD, NEW), (NEW, OLD)], ids=["up", "down"])
def test_the_newest_of_a_history_counts(history: tuple[object, ...]) -> None:
    assert evidence(list(history)).scan.id == "new"


@pytest.mark.parametrize(
    ("history", "error"), [([NEW, RUNNING], ScanTimeout), ([NEW, FAILED], ScanFailed)]
)
def test_a_newer_result_that_is_not_ready_decides(
    history: list[object], error: type[NoEvidence]
) -> None:
    with pytest.raises(error):
        saved(history)
    lenient = ScanSettings(use_last_ready_on_failed=True, use_last_ready_on_running=True)
    assert saved(history, settings=lenient).evidence[0].scan.id == "new"


def test_results_of_the_very_same_time_are_all_judged() -> None:
    found = saved([OLD, {**OLD, "id": "twin", "vulnerabilities": {"critical": "1"}}]).evidence
    assert [each.scan.id for each in found] == ["old", "twin"]


@pytest.mark.parametrize("word", ["FATAL", "high", "", 1, 99])
def test_an_unknown_severity_is_critical_and_kept(word: object) -> None:
    found = evidence(scan(), [row(1, word)])  # type: ignore[arg-type]
    assert found.vulnerabilities is not None
    assert found.vulnerabilities[0].severity is Severity.CRITICAL
    assert found.vulnerabilities[0].severity_word == str(word)


def test_an_unknown_count_is_critical_and_told() -> None:
    told = evidence(scan(vulnerabilities={"fatal": "2", "critical": 1})).scan
    assert told.counts == Counts(critical=3)
    assert told.unknown_severities == ("fatal",)


def test_a_row_without_a_severity_or_a_package_is_counted() -> None:
    bare: list[object] = [{"severity": "HIGH"}, {"package": {"name": "CVE-1"}}]
    found = evidence(scan(vulnerabilities={"high": 1, "undefined": 1}), bare)
    assert severities(found) == ["high", "undefined"]
    assert evaluate(policy("high: {fixable: 0}"), found, NOW).verdict is Verdict.FAIL
    assert REFERENCE.tag in found.image.tags

"""Reports of Grype: its words, its filters, and what of them is no evidence."""

import pytest

from scangate.errors import EvidenceIncomplete
from scangate.instant import Instant
from scangate.model import Counts, Severity, Vulnerability
from tests.saved.shapes import DIGEST, EARLIER, Json, check_severity, evidence, grype, match, saved


def test_a_row_of_grype() -> None:
    found = evidence(grype(match("High", fix={"versions": ["1.1", "2.0"], "state": "fixed"})))
    assert found.scan.scanned_at == Instant.parse(EARLIER)
    assert found.image.digest == DIGEST
    assert found.vulnerabilities == (
        Vulnerability(
            severity=Severity.HIGH,
            id="CVE-2026-1",
            package="lib1",
            version="1.0",
            fixed_version="1.1, 2.0",
            type="deb",
            origin="os",
            source="grype",
            link="https://example.test",
        ),
    )


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Critical", "critical"),
        ("High", "high"),
        ("Medium", "medium"),
        ("Low", "low"),
        ("Negligible", "negligible"),
        ("Unknown", "undefined"),
        ("", "undefined"),
        ("Info", "critical"),
        ("LOW", "critical"),
    ],
)
def test_severities_of_grype(word: str, severity: str) -> None:
    check_severity(grype(match(word)), word, severity)


@pytest.mark.parametrize(
    ("fix", "fixable"),
    [
        ({}, False),
        ({"versions": [], "state": "not-fixed"}, False),
        ({"versions": None, "state": "wont-fix"}, False),
        ({"versions": ["1.1"], "state": "fixed"}, True),
        ({"versions": ["1.1"], "state": "unknown"}, True),
        ({"versions": [], "state": "fixed"}, True),
        ({"versions": [""], "state": ""}, False),
    ],
)
def test_what_grype_calls_fixed(fix: Json, fixable: bool) -> None:
    found = evidence(grype(match(fix=fix)))
    assert found.vulnerabilities is not None
    assert found.vulnerabilities[0].fixable is fixable


KERNEL_HEADERS = {
    "package": {"name": "linux-libc-dev", "type": "deb", "upstream-name": "linux"},
    "match-type": "exact-indirect-match",
}


def _configured(**configuration: object) -> Json:
    spelt = {key.replace("_", "-"): value for key, value in configuration.items()}
    return {"name": "grype", "timestamp": EARLIER, "configuration": spelt}


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        pytest.param(grype(matches=None), "malformed", id="null matches"),
        pytest.param(grype(descriptor={"name": "x"}), "Grype's", id="another's"),
        pytest.param(
            grype(source={"type": "directory", "target": "."}),
            "not on an image",
            id="a folder",
        ),
        pytest.param(
            grype(source={"type": "image", "target": "a"}), "malformed", id="a bad target"
        ),
        pytest.param(grype({"vulnerability": {}}), "malformed", id="half a match"),
        pytest.param(
            grype(descriptor={"name": "grype", "timestamp": "now"}),
            "RFC 3339",
            id="a bad time",
        ),
        pytest.param(grype(descriptor=_configured(only_fixed=True)), "only-fixed", id="only fixed"),
        pytest.param(
            grype(descriptor=_configured(only_notfixed=True)), "only-notfixed", id="unfixed"
        ),
        pytest.param(
            grype(descriptor=_configured(ignore_wontfix="wont-fix")), "wontfix", id="states"
        ),
        pytest.param(grype(descriptor=_configured(exclude=["/usr/**"])), "exclude", id="excluded"),
        pytest.param(grype(descriptor=_configured(vex_documents=["a.json"])), "vex", id="VEX"),
        pytest.param(
            grype(descriptor=_configured(ignore=[KERNEL_HEADERS, {"vulnerability": "CVE-1"}])),
            "ignore",
            id="a rule of the user",
        ),
        pytest.param(
            grype(ignoredMatches=[{"appliedIgnoreRules": [{"vex-status": "fixed"}]}]),
            "vex",
            id="ignored by VEX",
        ),
        pytest.param(
            grype(ignoredMatches=[{"appliedIgnoreRules": [{"fix-state": "unknown"}]}]),
            "fix-state",
            id="ignored by state",
        ),
        pytest.param(
            grype(
                ignoredMatches=[
                    {
                        **match("Critical"),
                        "appliedIgnoreRules": [KERNEL_HEADERS, {"vulnerability": "CVE-1"}],
                    }
                ],
                descriptor=_configured(),
            ),
            "a rule that is not Grype's own",
            id="ignored by a rule that the configuration does not tell",
        ),
        pytest.param(
            grype(ignoredMatches=[{}], descriptor={"name": "grype"}),
            "does not tell its configuration",
            id="ignored, and by whom is not told",
        ),
    ],
)
def test_a_report_that_is_not_whole_is_refused(report: Json, reason: str) -> None:
    with pytest.raises(EvidenceIncomplete, match=reason) as refused:
        saved(report)
    assert refused.value.message.startswith("a.json ")


def test_what_grype_sets_aside_itself_is_told_and_not_counted() -> None:
    ignored = [{**match("Critical"), "appliedIgnoreRules": [KERNEL_HEADERS]}]
    found = saved(grype(ignoredMatches=ignored, descriptor=_configured(ignore=[KERNEL_HEADERS])))
    assert found.evidence[0].scan.counts == Counts()
    assert found.notices == ("1 matches that Grype sets aside by its own rules are not counted",)


@pytest.mark.parametrize(
    ("kind", "origin"), [("deb", "os"), ("rpm", "os"), ("apk", "os"), ("gem", "lang"), ("", "lang")]
)
def test_where_packages_come_from(kind: str, origin: str) -> None:
    found = evidence(grype(match(kind=kind)))
    assert found.vulnerabilities is not None
    assert found.vulnerabilities[0].origin == origin

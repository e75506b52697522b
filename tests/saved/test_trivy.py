"""Reports of Trivy: its words, and what of them is no evidence."""

import pytest

from scangate.errors import EvidenceIncomplete
from scangate.instant import Instant
from scangate.model import Severity, Vulnerability
from tests.saved.shapes import (
    DIGEST,
    EARLIER,
    Json,
    check_severity,
    evidence,
    saved,
    trivy,
    trivy_row,
)


def test_a_row_of_trivy() -> None:
    found = evidence(trivy(trivy_row("HIGH", FixedVersion="1.1, 2.0")))
    assert found.scan.scanned_at == Instant.parse(EARLIER)
    assert found.image.digest == DIGEST
    assert found.vulnerabilities == (
        Vulnerability(
            severity=Severity.HIGH,
            id="CVE-2026-1",
            package="lib1",
            version="1.0",
            fixed_version="1.1, 2.0",
            type="debian",
            origin="os",
            source="trivy",
            link="https://example.test",
        ),
    )


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("CRITICAL", "critical"),
        ("HIGH", "high"),
        ("MEDIUM", "medium"),
        ("LOW", "low"),
        ("UNKNOWN", "undefined"),
        ("", "undefined"),
        ("NEGLIGIBLE", "critical"),
        ("low", "critical"),
        ("NONE", "critical"),
    ],
)
def test_severities_of_trivy(word: str, severity: str) -> None:
    check_severity(trivy(trivy_row(word)), word, severity)


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        pytest.param(trivy(SchemaVersion=1), "of schema 1", id="schema 1"),
        pytest.param(trivy(SchemaVersion="2"), "malformed", id="schema as a text"),
        pytest.param(trivy(ArtifactType="filesystem"), "not on an image", id="a folder"),
        pytest.param(trivy(ArtifactType=""), "not on an image", id="of nothing"),
        pytest.param(trivy(Results=[]), "without a result", id="no results"),
        pytest.param(trivy(Results=None), "malformed", id="null results"),
        pytest.param(
            trivy(Results=[{"Target": "a", "Class": "secret"}]),
            "without a result",
            id="secrets",
        ),
        pytest.param(
            trivy(Results=[{"Target": "a", "Class": "lang-pkgs"}]),
            "leaves out the packages of the operating system",
            id="no packages of the system",
        ),
        pytest.param(
            trivy(Results=[{"Class": "os-pkgs", "Vulnerabilities": None}]),
            "malformed",
            id="null rows",
        ),
        pytest.param(
            trivy(
                Results=[
                    {
                        "Class": "os-pkgs",
                        "ExperimentalModifiedFindings": [{"Type": "vulnerability"}],
                    }
                ]
            ),
            "filtered",
            id="suppressed",
        ),
        pytest.param(trivy(trivy_row(Severity=1)), "malformed", id="a bad row"),
        pytest.param(trivy(CreatedAt="now"), "RFC 3339", id="a bad time"),
    ],
)
def test_a_report_that_is_not_whole_is_refused(report: Json, reason: str) -> None:
    with pytest.raises(EvidenceIncomplete, match=reason) as refused:
        saved(report)
    assert refused.value.message.startswith("a.json ")


def test_trivy_never_tells_its_filters_and_that_is_told() -> None:
    assert "does not tell" in saved(trivy()).notices[0]


def test_an_image_without_an_operating_system_has_only_libraries() -> None:
    found = evidence(
        trivy(
            Metadata={"RepoTags": ["cr.yandex/crp0/app:1.4"]},
            Results=[{"Class": "lang-pkgs", "Vulnerabilities": [trivy_row()]}],
        )
    )
    assert found.vulnerabilities is not None
    assert found.vulnerabilities[0].origin == "lang"

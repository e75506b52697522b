"""Reports of Trivy and Grype on real images: the counts that their sources publish."""

from pathlib import Path

import pytest

from scangate.errors import ScanStale
from scangate.history import ScanSettings
from scangate.instant import Instant
from scangate.model import Counts
from scangate.policy.evaluate import evaluate
from scangate.report import Verdict
from scangate.saved import Saved, read
from tests.fakes import policy
from tests.saved.shapes import NOW

DATA = Path(__file__).parent / "data"


def _published(name: str) -> Saved:
    path = DATA / name
    return read([(path.name, path.read_bytes())], None, settings=lambda _: ScanSettings())


# Where each row comes from is in data/README.md
@pytest.mark.parametrize(
    ("name", "reference", "counts", "fixable"),
    [
        (
            "trivy-alpine-39.json",
            "ghcr.io/aquasecurity/trivy-test-images:alpine-39",
            Counts(critical=2, medium=4),
            6,
        ),
        ("trivy-alpine-3.10-registry.json", "localhost:53869/alpine:3.10", Counts(medium=4), 4),
        (
            "trivy-fluentd.json",
            "ghcr.io/aquasecurity/trivy-test-images:fluentd-multiple-lockfiles",
            Counts(critical=1, high=1),
            2,
        ),
        (
            "trivy-ubuntu-1804.json",
            "ghcr.io/aquasecurity/trivy-test-images:ubuntu-1804",
            Counts(medium=4, low=1),
            4,
        ),
        (
            "grype-busybox-1.32.1.json",
            "docker.io/library/busybox:1.32.1",
            Counts(critical=1, high=10, medium=2, low=2),
            1,
        ),
        (
            "grype-gitea-1.20.4.json",
            "docker.io/gitea/gitea:1.20.4",
            Counts(critical=3, high=7, medium=7, low=12, undefined=4),
            22,
        ),
        (
            "grype-xjoin-kafka-connect.json",
            "quay.io/cloudservices/xjoin-kafka-connect-strimzi:latest",
            Counts(critical=1, high=18, medium=13, low=2, undefined=1),
            23,
        ),
        ("grype-busybox-latest.json", "docker.io/library/busybox:latest", Counts(), 0),
    ],
)
def test_published_counts(name: str, reference: str, counts: Counts, fixable: int) -> None:
    found = _published(name)
    (only,) = found.evidence
    assert found.reference == reference
    assert only.scan.counts == counts
    assert only.vulnerabilities is not None
    assert len(only.vulnerabilities) == counts.total
    assert sum(bool(row.fixable) for row in only.vulnerabilities) == fixable


def test_a_published_report_is_judged_like_any_scan() -> None:
    (found,) = _published("trivy-alpine-39.json").evidence
    soon = Instant.parse("2021-08-26T00:00:00Z")
    assert evaluate(policy("critical: 2"), found, soon).verdict is Verdict.PASS
    assert evaluate(policy("critical: 1"), found, soon).verdict is Verdict.FAIL
    with pytest.raises(ScanStale, match=r"scan trivy-alpine-39\.json is"):
        evaluate(policy("critical: 2"), found, NOW)


def test_a_report_that_tells_no_time_is_stale() -> None:
    (found,) = _published("grype-busybox-latest.json").evidence
    any_age = policy("thresholds: {critical: 0}\nscan: {max_age: any}")
    with pytest.raises(ScanStale, match="when it was done"):
        evaluate(any_age, found, NOW)

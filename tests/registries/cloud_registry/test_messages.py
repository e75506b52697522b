"""What the scanner's messages mean, each made with the official classes."""

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from yandex.cloud.cloudregistry.v1.scanner_pb2 import (
    ScanResult,
    Vulnerability,
    VulnerabilityStats,
)

from scangate.errors import BadResponse
from scangate.instant import Instant
from scangate.model import Counts, ScanStatus, Severity
from scangate.registries.cloud_registry.messages import read_scan, read_vulnerability


def field(number: int, value: int) -> bytes:
    """A varint field as it comes on the wire."""
    return varint(number << 3) + varint(value % 2**64)


def varint(value: int) -> bytes:
    *rest, last = [value >> 7 * n & 0x7F for n in range(max(1, -(-value.bit_length() // 7)))]
    return bytes([*(each | 0x80 for each in rest), last])


def with_stats(wire: bytes) -> ScanResult:
    return ScanResult(vulnerabilities=VulnerabilityStats.FromString(wire))


@pytest.mark.parametrize(
    ("number", "status", "word"),
    [
        (0, ScanStatus.UNKNOWN, "STATUS_UNSPECIFIED"),
        (1, ScanStatus.RUNNING, "RUNNING"),
        (2, ScanStatus.READY, "READY"),
        (3, ScanStatus.ERROR, "ERROR"),
        (4, ScanStatus.QUEUED, "QUEUED"),
        (5, ScanStatus.CANCELLED, "CANCELLED"),
        (6, ScanStatus.UNKNOWN, "6"),
        (-1, ScanStatus.UNKNOWN, "-1"),
        (2**31 - 1, ScanStatus.UNKNOWN, str(2**31 - 1)),
    ],
)
def test_status(number: int, status: ScanStatus, word: str) -> None:
    read = read_scan(ScanResult.FromString(field(4, number)))
    assert (read.status, read.status_word) == (status, word)
    assert (read.status is ScanStatus.READY) == (number == 2)


def test_every_status_of_the_official_enum_is_known() -> None:
    words = set(ScanResult.Status.keys()) - {"STATUS_UNSPECIFIED"}
    assert words == {status.value for status in ScanStatus} - {"UNKNOWN"}


@pytest.mark.parametrize(
    ("wire", "counts", "unknown"),
    [
        pytest.param(b"", None, (), id="without a number it tells nothing"),
        pytest.param(field(1, 3), Counts(critical=3), (), id="critical"),
        pytest.param(field(6, 2), Counts(undefined=2), (), id="undefined"),
        pytest.param(field(2, 2**63 - 1), Counts(high=2**63 - 1), (), id="the most there can be"),
        pytest.param(
            field(7, 4) + field(1, 1),
            Counts(critical=5),
            ("severity number 7",),
            id="a severity of a later version is critical",
        ),
        pytest.param(field(9, 0) + field(3, 1), Counts(medium=1), (), id="none of a later one"),
    ],
)
def test_counts(wire: bytes, counts: Counts | None, unknown: tuple[str, ...]) -> None:
    read = read_scan(with_stats(wire))
    assert (read.counts, read.unknown_severities) == (counts, unknown)


def test_absent_statistics() -> None:
    assert read_scan(ScanResult(status=ScanResult.READY)).counts is None


@pytest.mark.parametrize(
    "wire",
    [field(1, -1), field(6, -(2**63)), field(7, -1), b"\x3a\x01x", field(2, -1) + field(1, 5)],
    ids=["negative", "the lowest", "negative unknown", "an unknown text", "beside a good one"],
)
def test_what_is_no_count(wire: bytes) -> None:
    with pytest.raises(BadResponse, match="count"):
        read_scan(with_stats(wire))


@pytest.mark.parametrize(
    ("seconds", "nanos", "written"),
    [
        (0, 0, "1970-01-01T00:00:00Z"),
        (1763802000, 1, "2025-11-22T09:00:00.000000001Z"),
        (1763802000, 999_999_999, "2025-11-22T09:00:00.999999999Z"),
        (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
        (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
    ],
)
def test_time_to_the_nanosecond(seconds: int, nanos: int, written: str) -> None:
    message = ScanResult(scanned_at=Timestamp(seconds=seconds, nanos=nanos))
    assert read_scan(message).scanned_at == Instant.parse(written)


@pytest.mark.parametrize(
    ("seconds", "nanos"),
    [(253_402_300_800, 0), (-62_135_596_801, 0), (0, -1), (0, 10**9), (2**63 - 1, 0)],
)
def test_what_is_no_time(seconds: int, nanos: int) -> None:
    with pytest.raises(BadResponse, match="is not a time"):
        read_scan(ScanResult(scanned_at=Timestamp(seconds=seconds, nanos=nanos)))


def test_absent_time_and_one_at_the_epoch_differ() -> None:
    assert read_scan(ScanResult()).scanned_at is None
    assert read_scan(ScanResult(scanned_at=Timestamp())).scanned_at == Instant(0)


@pytest.mark.parametrize(
    ("number", "severity", "word"),
    [
        (0, Severity.UNDEFINED, ""),
        (1, Severity.CRITICAL, ""),
        (2, Severity.HIGH, ""),
        (3, Severity.MEDIUM, ""),
        (4, Severity.LOW, ""),
        (5, Severity.NEGLIGIBLE, ""),
        (6, Severity.UNDEFINED, ""),
        (7, Severity.CRITICAL, "7"),
        (-5, Severity.CRITICAL, "-5"),
    ],
)
def test_severity(number: int, severity: Severity, word: str) -> None:
    read = read_vulnerability(Vulnerability.FromString(field(1, number)))
    assert (read.severity, read.severity_word) == (severity, word)


def test_a_row() -> None:
    row = read_vulnerability(
        Vulnerability(
            severity=Vulnerability.HIGH,
            name="CVE-2024-6119",
            package_name="libssl3",
            package_type="debian",
            package_version="3.0.13",
            package_fixed_version=" 3.0.14 ",
            link="https://avd.aquasec.com/nvd/cve-2024-6119",
            source="trivy",
            origin="os",
        )
    )
    assert (row.id, row.package, row.version) == ("CVE-2024-6119", "libssl3", "3.0.13")
    assert (row.type, row.source, row.origin) == ("debian", "trivy", "os")
    assert (row.fixed_version, row.fixable) == ("3.0.14", True)
    assert row.link.startswith("https://")


@pytest.mark.parametrize(
    ("message", "fixable"),
    [
        (Vulnerability(severity=Vulnerability.CRITICAL), None),
        (Vulnerability(name="CVE-1"), False),
        (Vulnerability(package_name="p"), False),
        (Vulnerability(package_name="p", package_fixed_version=" "), False),
    ],
)
def test_fixable(message: Vulnerability, fixable: bool | None) -> None:
    assert read_vulnerability(message).fixable is fixable

"""The scanner's messages, and what they mean in our words. Pure.

Shapes: yandex/cloud/cloudregistry/v1/scanner.proto. Its enums are open and its messages may grow,
so numbers and fields that this version does not know come through, and are never good news.
"""

from typing import Any

from scangate.errors import BadResponse
from scangate.instant import NANOSECONDS, Instant
from scangate.model import Counts, ScanResult, Severity, Vulnerability
from scangate.words import counts_of, severity_of, status_of

_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799
"""The seconds that google.protobuf.Timestamp allows: the years 1 to 9999."""


def read_scan(message: Any) -> ScanResult:  # noqa: ANN401 - a generated ScanResult
    """Read a scan result. Raises BadResponse for a count or a time that is none."""
    word = _word(message, "status")
    counts, unknown = _read_counts(message)
    return ScanResult(
        id=message.id,
        image_id=message.artifact_id,
        status=status_of(word),
        status_word=word,
        scanned_at=_read_time(message),
        counts=counts,
        unknown_severities=unknown,
    )


def read_vulnerability(message: Any) -> Vulnerability:  # noqa: ANN401 - a generated Vulnerability
    """Read a row. One that names no package is kept: it is counted, never skipped."""
    word = _word(message, "severity")
    severity, unknown = severity_of(word)
    return Vulnerability(
        severity=severity,
        severity_word=unknown,
        id=message.name,
        package=message.package_name,
        version=message.package_version,
        fixed_version=message.package_fixed_version.strip(),
        type=message.package_type,
        origin=message.origin,
        source=message.source,
        link=message.link,
        described=bool(message.name or message.package_name),
    )


def _word(message: Any, field: str) -> str:  # noqa: ANN401 - any generated message
    """Return the name of an enum's value, or its number where this version knows no name."""
    number = getattr(message, field)
    known = message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number.get(number)
    return known.name if known else str(number)


def _read_counts(message: Any) -> tuple[Counts | None, tuple[str, ...]]:  # noqa: ANN401
    """Read VulnerabilityStats. One without any number is none: on the wire zeros are left out."""
    told = message.vulnerabilities
    counts = {severity.value: getattr(told, severity.value) for severity in Severity}
    counts |= _unknown_counts(told)
    negative = [number for number in counts.values() if number < 0]
    if negative:
        raise BadResponse(f"{negative[0]} is not a count")
    return counts_of({word: number for word, number in counts.items() if number})


def _unknown_counts(told: Any) -> dict[str, int]:  # noqa: ANN401 - a generated VulnerabilityStats
    from google.protobuf.unknown_fields import UnknownFieldSet

    unknown: dict[str, int] = {}
    for field in UnknownFieldSet(told):
        if not isinstance(field.data, int):
            raise BadResponse(f"the count of severity number {field.field_number} is no number")
        if field.data:
            unknown[f"severity number {field.field_number}"] = _signed(field.data)
    return unknown


def _signed(varint: int) -> int:
    """An int64 that is not known to be one comes as it is written: without a sign."""
    return varint - 2**64 if varint >= 2**63 else varint


def _read_time(message: Any) -> Instant | None:  # noqa: ANN401 - a generated ScanResult
    if not message.HasField("scanned_at"):
        return None
    time = message.scanned_at
    if not (_EARLIEST <= time.seconds <= _LATEST and 0 <= time.nanos < NANOSECONDS):
        raise BadResponse(f"{time.seconds} s {time.nanos} ns is not a time")
    return Instant(time.seconds * NANOSECONDS + time.nanos)

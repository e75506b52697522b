"""The nouns: what they derive from their fields."""

import random

import msgspec
import pytest

from scangate.model import RANKED, Counts, Place, ScanStatus, Severity, Vulnerability
from tests.fakes import IMAGE


@pytest.mark.parametrize(
    ("status", "failed", "in_progress"),
    [
        (ScanStatus.QUEUED, False, True),
        (ScanStatus.RUNNING, False, True),
        (ScanStatus.READY, False, False),
        (ScanStatus.ERROR, True, False),
        (ScanStatus.CANCELLED, True, False),
        (ScanStatus.UNKNOWN, False, True),
    ],
    ids=lambda value: value.value if isinstance(value, ScanStatus) else None,
)
def test_a_status_is_ready_or_failed_or_in_progress(
    status: ScanStatus, failed: bool, in_progress: bool
) -> None:
    assert (status.failed, status.in_progress) == (failed, in_progress)


def test_every_status_is_in_the_table_above() -> None:
    assert len(ScanStatus) == 6


def test_counts_are_told_by_severity_and_in_total() -> None:
    counts = Counts(critical=1, high=2, medium=4, low=8, negligible=16, undefined=32)
    assert [counts.of(severity) for severity in Severity] == [1, 2, 4, 8, 16, 32]
    assert counts.total == 63


def test_absent_counts_are_zero() -> None:
    assert Counts().total == 0


def test_undefined_has_no_rank() -> None:
    assert set(Severity) - set(RANKED) == {Severity.UNDEFINED}


@pytest.mark.parametrize(
    ("vulnerability", "fixable"),
    [
        (Vulnerability(severity=Severity.LOW, fixed_version="1.2"), True),
        (Vulnerability(severity=Severity.LOW), False),
        (Vulnerability(severity=Severity.LOW, described=False), None),
        (Vulnerability(severity=Severity.LOW, fixed_version="1.2", described=False), None),
    ],
    ids=["a fixed version", "none", "no package", "no package, but a version"],
)
def test_a_row_without_package_does_not_tell_whether_a_fix_exists(
    vulnerability: Vulnerability, fixable: bool | None
) -> None:
    assert vulnerability.fixable is fixable


def test_rows_sort_the_same_way_from_any_order() -> None:
    rows = [
        Vulnerability(severity=Severity.CRITICAL, id="CVE-2", package="b"),
        Vulnerability(severity=Severity.CRITICAL, id="CVE-2", package="b", version="2"),
        Vulnerability(severity=Severity.HIGH, id="CVE-1"),
        Vulnerability(severity=Severity.UNDEFINED, id="CVE-0"),
        Vulnerability(severity=Severity.UNDEFINED, id="CVE-0", described=False),
    ]
    shuffled = random.Random(1).sample(rows, len(rows))
    assert sorted(shuffled, key=lambda row: row.sort_key) == sorted(
        rows, key=lambda row: row.sort_key
    )
    assert sorted(shuffled, key=lambda row: row.sort_key)[0].severity is Severity.CRITICAL


def test_rows_that_differ_have_different_sort_keys() -> None:
    plain = Vulnerability(severity=Severity.LOW)
    for field in msgspec.structs.fields(Vulnerability):
        other = {"severity": Severity.HIGH, "described": False}.get(field.name, "other")
        changed = msgspec.structs.replace(plain, **{field.name: other})
        assert changed.sort_key != plain.sort_key, field.name


def test_an_image_has_a_canonical_name_and_a_pinned_one() -> None:
    assert IMAGE.repository == "cr.yandex/crp0/app"
    assert IMAGE.pinned == f"cr.yandex/crp0/app@{IMAGE.digest}"


def test_values_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        IMAGE.id = "image-2"  # type: ignore[misc]


def test_a_place_is_written_as_compilers_do() -> None:
    assert str(Place(file="scangate.yaml", line=3, column=5)) == "scangate.yaml:3:5"

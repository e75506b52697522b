"""The scanner's words: what is unknown is never good news."""

import pytest

from scangate.model import Counts, ScanStatus, Severity
from scangate.words import counts_of, severity_of, status_of


@pytest.mark.parametrize("word", ["", "ready", "DONE", "UNKNOWN", "STATUS_UNSPECIFIED", 2])
def test_a_status_nobody_knows_proves_no_end(word: str | int) -> None:
    assert status_of(word) is ScanStatus.UNKNOWN
    assert status_of(word).in_progress


@pytest.mark.parametrize("word", ["", "high", "SEVERE", 2])
def test_a_severity_nobody_knows_is_critical_and_told(word: str | int) -> None:
    assert severity_of(word) == (Severity.CRITICAL, str(word))


def test_an_unspecified_severity_is_unrated() -> None:
    assert severity_of("SEVERITY_UNSPECIFIED") == (Severity.UNDEFINED, "")


@pytest.mark.parametrize(
    ("numbers", "counts", "unknown"),
    [
        ({}, None, ()),
        ({"zzz": 0}, None, ()),
        ({"low": 0, "zzz": 0}, Counts(), ()),
        ({"zzz": 2}, Counts(critical=2), ("zzz",)),
        ({"critical": 1, "b": 2, "a": 3}, Counts(critical=6), ("b", "a")),
    ],
)
def test_counts(numbers: dict[str, int], counts: Counts | None, unknown: tuple[str, ...]) -> None:
    assert counts_of(numbers) == (counts, unknown)

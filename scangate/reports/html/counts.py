"""How many findings there are: a chart by severity, with all its numbers beside it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from scangate.model import Counts, Severity
from scangate.report import Bucket, ImageOutcome
from scangate.reports.html.markup import NOTHING, Markup, tag
from scangate.reports.html.parts import BUCKETS, table
from scangate.reports.wording import counts_of

_WIDTH = 1000
_Buckets = Counter[tuple[Severity, Bucket]]


def chart(outcome: ImageOutcome) -> Markup:
    """Tell of each severity how many were found and, if they were listed, what became of them."""
    counts = counts_of(outcome)
    if counts is None:
        return tag("p", "The numbers of findings are not known.")
    buckets = None if outcome.findings is None else _buckets(outcome)
    columns = ("Severity", "Found", "Chart", *(BUCKETS.values() if buckets is not None else ()))
    rows = (_row(severity, counts, buckets) for severity in Severity)
    return table(
        "counts", _caption(buckets), columns=columns, rows=rows, foot=_foot(counts, buckets)
    )


def _buckets(outcome: ImageOutcome) -> _Buckets:
    found = outcome.findings or ()
    return Counter((finding.vulnerability.severity, finding.bucket) for finding in found)


def _caption(buckets: _Buckets | None) -> str:
    if buckets is None:
        return "Findings by severity, as the scan tells; they were not listed one by one"
    return "Findings by severity, and what became of them; the solid part of a bar is counted"


def _row(severity: Severity, counts: Counts, buckets: _Buckets | None) -> Sequence[str]:
    found = counts.of(severity)
    counted = found if buckets is None else buckets[severity, Bucket.COUNTED]
    bar = _bar(severity, found=found, counted=counted, most=_most(counts))
    return (severity.value, str(found), bar, *_numbers(buckets, severity))


def _foot(counts: Counts, buckets: _Buckets | None) -> Sequence[str]:
    return ("total", str(counts.total), NOTHING, *_numbers(buckets, *Severity))


def _numbers(buckets: _Buckets | None, *severities: Severity) -> Iterator[str]:
    if buckets is not None:
        for bucket in BUCKETS:
            yield str(sum(buckets[severity, bucket] for severity in severities))


def _most(counts: Counts) -> int:
    return max(1, *(counts.of(severity) for severity in Severity))


def _bar(severity: Severity, *, found: int, counted: int, most: int) -> Markup:
    """Draw a bar. The numbers stand beside it, so it is hidden from who cannot see it."""
    return tag(
        "svg",
        _part("found", found, most),
        _part("counted", min(counted, found), most),
        class_=f"bar {severity.value}",
        viewBox=f"0 0 {_WIDTH} 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _part(name: str, value: int, most: int) -> Markup:
    """Something is never drawn as nothing."""
    width = max(value * _WIDTH // most, 5) if value else 0
    return tag("rect", class_=name, width=width, height=10) if value else NOTHING

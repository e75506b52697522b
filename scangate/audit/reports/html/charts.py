"""The charts of an audit: images by verdict, findings by severity, packages by images."""

from collections.abc import Sequence

from scangate.audit.audit import Audit
from scangate.audit.reports import lines
from scangate.audit.summary import Package
from scangate.model import Severity
from scangate.report import WORST_FIRST
from scangate.reports.html.markup import NOTHING, Markup, joined, short, tag
from scangate.reports.html.parts import badge, table

_WIDTH = 1000
_MOST = 100


def overview(audit: Audit) -> Markup:
    """Draw how many images have which verdict, and how many findings are how bad."""
    verdicts, counts = audit.summary.verdicts, audit.summary.counts
    most = max(verdicts.values(), default=0)
    by_verdict = (
        (badge(it), str(verdicts.get(it, 0)), _bar(it.value, verdicts.get(it, 0), most))
        for it in WORST_FIRST
    )
    worst = max(counts.of(severity) for severity in Severity)
    by_severity = (
        (it.value, str(counts.of(it)), _bar(it.value, counts.of(it), worst)) for it in Severity
    )
    heads = ("Verdict", "Images", "Chart"), ("Severity", "Findings", "Chart")
    tables = (
        table("verdicts", "Images by verdict", columns=heads[0], rows=by_verdict),
        table("severities", "Findings by severity", columns=heads[1], rows=by_severity),
    )
    return tag("div", *tables, class_="charts")


def packages(audit: Audit) -> Markup:
    """Draw which upgrades would mend most images."""
    found = audit.summary.packages
    if not found:
        return NOTHING
    columns = ("Package", "Upgrade to", "Images", "Chart", "Alone", "Findings")
    left_out = f", the first {_MOST} of {len(found)}" if len(found) > _MOST else ""
    rows = (_package(each, most=found[0].images) for each in found[:_MOST])
    caption = f"Packages by the violating images that need their upgrade{left_out}"
    shown = table("packages", caption, columns=columns, rows=rows)
    return joined((shown, tag("p", lines.prospect(audit))))


def _package(package: Package, *, most: int) -> Sequence[str]:
    return (
        short(lines.package_of(package)),
        short(package.to),
        str(package.images),
        _bar("package", package.images, most),
        str(package.alone),
        str(package.clears),
    )


def _bar(name: str, value: int, most: int) -> Markup:
    """Draw a bar; something is never drawn as nothing. Its number stands beside it."""
    width = max(value * _WIDTH // most, 5) if value else 0
    part = tag("rect", class_="counted", width=width, height=10) if value else NOTHING
    return tag(
        "svg",
        part,
        class_=f"bar {name}",
        viewBox=f"0 0 {_WIDTH} 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )

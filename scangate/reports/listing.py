"""Findings on a screen: those that break rules, and those that somebody takes out of the count."""

from collections.abc import Iterator, Sequence

from scangate.model import Severity
from scangate.report import ImageOutcome
from scangate.reports.buckets import Exempt, exempt
from scangate.reports.findings import FindingLine, of_broken_rules, worst
from scangate.reports.screen import Cell, Screen

_MOST_LINES = 30
_MOST_EXEMPT = 20

_SEVERITY_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.UNDEFINED: "yellow",
}


def counted(screen: Screen, outcome: ImageOutcome) -> Iterator[str]:
    """Show what broken rules count, the worst first; nothing where none is broken."""
    found = worst(of_broken_rules(outcome.rules), most=_MOST_LINES)
    if found.lines:
        yield ""
        yield from screen.columns(list(_findings(screen, found.lines)), indent=2)
        yield from _more(found.left_out)


def _more(left_out: int) -> Iterator[str]:
    if left_out:
        yield f"  … and {left_out} more"


_FINDING_HEADER = [
    Cell(text=text, style="dim")
    for text in ("PACKAGE", "VERSION", "FIXED IN", "SEVERITY", "VULNERABILITY", "NOTES")
]


def _findings(screen: Screen, lines: tuple[FindingLine, ...]) -> Iterator[Sequence[Cell]]:
    """Group by package, the one with the worst finding first, and name each package once."""
    columns = len(_FINDING_HEADER) - (not any(line.notes for line in lines))
    yield _FINDING_HEADER[:columns]
    groups: dict[tuple[object, ...], list[FindingLine]] = {}
    for line in lines:
        groups.setdefault((line.packages, line.versions), []).append(line)
    for group in groups.values():
        head = (group[0].name_packages(screen.width // 3), group[0].versions)
        for line in group:
            row = [
                *(Cell(text=text) for text in head),
                Cell(text=line.fixes),
                Cell(text=line.severity.value, style=_SEVERITY_STYLES.get(line.severity, "")),
                Cell(text=line.id, link=line.link),
                Cell(text=line.notes, style="bold"),
            ]
            yield row[:columns]
            head = ("", "")


_EXEMPT_HEADER = [
    Cell(text=text, style="dim") for text in ("NOT COUNTED", "PACKAGE", "EXPIRES", "BY", "REASON")
]


def not_counted(screen: Screen, outcome: ImageOutcome) -> Iterator[str]:
    """Show what somebody takes out of the count, so that it is not out of sight."""
    found = exempt(outcome, most=_MOST_EXEMPT)
    if found.lines:
        yield ""
        rows = (_exempt_row(screen, each) for each in found.lines)
        yield from screen.columns([_EXEMPT_HEADER, *rows], indent=2)
        yield from _more(found.left_out)


def _exempt_row(screen: Screen, each: Exempt) -> list[Cell]:
    packages = each.line.name_packages(screen.width // 4)
    texts = (each.line.id, packages, each.expires, each.by, each.reason)
    return [Cell(text=text) for text in texts]

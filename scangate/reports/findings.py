"""Findings as lines to read: one for an advisory, however many packages it hits."""

from collections.abc import Iterable, Sequence

from scangate.model import Severity, Value, Vulnerability
from scangate.report import Finding
from scangate.reports.text import clean_line

_LONGEST = 300


class FindingLine(Value, frozen=True):
    """One advisory: the packages it hits, their versions and the versions that fix them.

    The strings are harmless to show. `rows` is the number of findings that the line stands for.
    """

    severity: Severity
    id: str
    packages: tuple[str, ...]
    versions: str
    fixes: str
    link: str
    rows: int

    def name_packages(self, most: int) -> str:
        """Name the packages in so many characters, if that can be: the first ones and a number."""
        for shown in range(min(len(self.packages), most), 1, -1):
            named = _some(self.packages, shown)
            if len(named) <= most:
                return named
        return _some(self.packages, 1)


class FindingList(Value, frozen=True):
    """The worst lines, and the number of findings that they leave out."""

    lines: tuple[FindingLine, ...]
    left_out: int


def worst(findings: Iterable[Finding], *, most: int) -> FindingList:
    """Merge findings into lines, the worst first, and keep so many lines."""
    merged: dict[tuple[object, ...], list[Vulnerability]] = {}
    rows = (finding.vulnerability for finding in findings)
    for finding in sorted(rows, key=lambda each: each.sort_key):
        merged.setdefault(_identity(finding), []).append(finding)
    groups = list(merged.values())
    return FindingList(
        lines=tuple(map(_line, groups[:most])),
        left_out=sum(map(len, groups[most:])),
    )


def _identity(finding: Vulnerability) -> tuple[object, ...]:
    """An advisory without an ID is told by its package alone."""
    return (finding.severity, finding.id, "" if finding.id else finding.package)


def _line(group: Sequence[Vulnerability]) -> FindingLine:
    first = group[0]
    packages = _distinct(finding.package for finding in group)
    return FindingLine(
        severity=first.severity,
        id=clean_line(first.id, most=_LONGEST) or "(no ID)",
        packages=packages or (_unnamed(len(group)),),
        versions=", ".join(_distinct(finding.version for finding in group)),
        fixes=", ".join(dict.fromkeys(map(_fix, group))),
        link=clean_line(first.link, most=_LONGEST),
        rows=len(group),
    )


def _unnamed(rows: int) -> str:
    return "(no package named)" if rows == 1 else f"(no package named, {rows} rows)"


def _fix(finding: Vulnerability) -> str:
    if finding.fixable is None:
        return "not told"
    return clean_line(finding.fixed_version, most=_LONGEST) or "no fix yet"


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    lines = (clean_line(text, most=_LONGEST) for text in dict.fromkeys(texts))
    return tuple(dict.fromkeys(line for line in lines if line))


def _some(packages: Sequence[str], shown: int) -> str:
    more = len(packages) - shown
    return ", ".join(packages[:shown]) + (f" and {more} more" if more else "")

"""Findings as lines to read: one for an advisory, however many packages it hits."""

from collections import Counter
from collections.abc import Iterable, Sequence

from scangate.model import Severity, Value, Vulnerability
from scangate.report import Finding, RuleOutcome
from scangate.reports.text import clean_line
from scangate.reports.wording import BROKEN

_LONGEST = 300


class FindingLine(Value, frozen=True):
    """One advisory: the packages it hits, their versions and the versions that fix them.

    The strings are harmless to show. `notes` are what feeds and the baseline say of it. `rows` is
    the number of findings that the line stands for.
    """

    severity: Severity
    id: str
    packages: tuple[str, ...]
    versions: str
    fixes: str
    link: str
    notes: str
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


def of_broken_rules(rules: Iterable[RuleOutcome]) -> Iterable[Finding]:
    """Return what broken rules count. A finding that breaks two rules is still one."""
    found: Counter[Finding] = Counter()
    for rule in rules:
        if rule.verdict in BROKEN:
            found |= Counter(rule.findings)
    return found.elements()


def worst(findings: Iterable[Finding], *, most: int) -> FindingList:
    """Merge findings into lines, the worst first, and keep so many lines.

    Of one severity, what attackers are known to use is the worst.
    """
    merged: dict[tuple[object, ...], list[Finding]] = {}
    for finding in sorted(findings, key=_rank):
        merged.setdefault(_identity(finding.vulnerability), []).append(finding)
    groups = list(merged.values())
    return FindingList(
        lines=tuple(map(_line, groups[:most])),
        left_out=sum(map(len, groups[most:])),
    )


def _rank(finding: Finding) -> tuple[object, ...]:
    severity, *rest = finding.vulnerability.sort_key
    return (severity, not finding.known_exploited, *rest)


def _identity(finding: Vulnerability) -> tuple[object, ...]:
    """An advisory without an ID is told by its package alone."""
    return (finding.severity, finding.id, "" if finding.id else finding.package)


def _line(group: Sequence[Finding]) -> FindingLine:
    rows = [finding.vulnerability for finding in group]
    first = rows[0]
    packages = _distinct(row.package for row in rows)
    return FindingLine(
        severity=first.severity,
        id=clean_line(first.id, most=_LONGEST) or "(no ID)",
        packages=packages or (_unnamed(len(group)),),
        versions=", ".join(_distinct(row.version for row in rows)),
        fixes=", ".join(dict.fromkeys(map(_fix, rows))),
        link=clean_line(first.link, most=_LONGEST),
        notes=_notes(group),
        rows=len(group),
    )


def _unnamed(rows: int) -> str:
    return "(no package named)" if rows == 1 else f"(no package named, {rows} rows)"


def _fix(row: Vulnerability) -> str:
    if row.fixable is None:
        return "not told"
    return clean_line(row.fixed_version, most=_LONGEST) or "no fix yet"


def _notes(group: Sequence[Finding]) -> str:
    """Say in few letters what is known beside the scan; of several packages the worst."""
    exploited = "KEV" if any(finding.known_exploited for finding in group) else ""
    new = "new" if any(finding.new for finding in group) else ""
    scores = [finding.epss for finding in group if finding.epss is not None]
    epss = f"EPSS {max(scores):.2g}" if scores else ""
    return ", ".join(filter(None, (exploited, new, epss)))


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    lines = (clean_line(text, most=_LONGEST) for text in dict.fromkeys(texts))
    return tuple(dict.fromkeys(line for line in lines if line))


def _some(packages: Sequence[str], shown: int) -> str:
    more = len(packages) - shown
    return ", ".join(packages[:shown]) + (f" and {more} more" if more else "")

"""The report for people: the verdict first, then the rules, then what to upgrade.

The same content for a file (plain, of a fixed width) and for a terminal. References, digests and
hints are never cut or broken, so that they can be copied.
"""

from collections import Counter
from collections.abc import Iterator

from scangate.instant import Instant, write_duration
from scangate.model import ScanResult, Severity, Vulnerability
from scangate.report import WORST_FIRST, Failure, ImageOutcome, Report, RuleOutcome, Verdict
from scangate.reports.findings import FindingLine, worst
from scangate.reports.screen import NARROWEST, Cell, Screen
from scangate.reports.text import clean_line, clean_lines, wrap
from scangate.reports.wording import BROKEN, caveats, counts_of, failure_of

_PLAIN_WIDTH = 100
_MOST_LINES = 30
_LABEL = 10

_VERDICT_STYLES = {
    Verdict.PASS: "bold green",
    Verdict.WARN: "bold yellow",
    Verdict.FAIL: "bold red",
    Verdict.ERROR: "bold magenta",
}
_SEVERITY_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.UNDEFINED: "yellow",
}


def render(report: Report) -> str:
    """Write the report as plain text, 100 columns wide."""
    return render_terminal(report, width=_PLAIN_WIDTH, color=False)


def render_terminal(report: Report, *, width: int, color: bool) -> str:
    """Write the report for a terminal of that width (at least 40 columns are used)."""
    screen = Screen(width=max(width, NARROWEST), color=color)
    blocks = ["\n".join(_image(screen, report, outcome)) for outcome in report.images]
    return "\n\n".join([*blocks, "\n".join(_run(screen, report))]) + "\n"


def _image(screen: Screen, report: Report, outcome: ImageOutcome) -> Iterator[str]:
    platform = f" ({outcome.image.platform})" if outcome.image and outcome.image.platform else ""
    yield f"{_verdict(screen, outcome.verdict)}  {clean_line(outcome.reference + platform)}"
    yield from _facts(screen, report, outcome)
    failure = failure_of(outcome)
    if failure is not None:
        yield from _failure(screen, failure)
    elif outcome.rules:
        yield ""
        yield from _rules(screen, outcome)
    if outcome.notices:
        yield ""
    for notice in outcome.notices:
        yield from _labelled(screen, "notice", notice)


def _verdict(screen: Screen, verdict: Verdict) -> str:
    return screen.paint(verdict.value.upper(), _VERDICT_STYLES[verdict])


def _facts(screen: Screen, report: Report, outcome: ImageOutcome) -> Iterator[str]:
    if outcome.image is not None and outcome.image.digest:
        yield _label(screen, "digest") + clean_line(outcome.image.digest)
    if outcome.scan is not None:
        yield from _labelled(screen, "scan", _scan(outcome.scan, report, outcome.waited_seconds))
    counts = counts_of(outcome)
    if counts is not None:
        told = ", ".join(f"{counts.of(severity)} {severity.value}" for severity in Severity)
        yield from _labelled(screen, "counts", told)


def _scan(scan: ScanResult, report: Report, waited: float) -> str:
    when = "" if scan.scanned_at is None else f" {_when(scan.scanned_at, report.judged_as_of)}"
    status = (clean_line(scan.status_word) or scan.status.value).lower()
    wait = f", waited {waited:.0f}s" if waited >= 1 else ""
    return f"{scan.id}, {status}{when}{wait}"


def _when(scanned_at: Instant, judged_at: Instant) -> str:
    if scanned_at > judged_at:
        return f"{scanned_at.to_second()}Z ({write_duration(scanned_at.since(judged_at))} ahead)"
    return f"{scanned_at.to_second()}Z ({write_duration(judged_at.since(scanned_at))} old)"


def _failure(screen: Screen, failure: Failure) -> Iterator[str]:
    yield ""
    # One line however it came: a foreign message must not forge a line of this table
    for line in wrap(clean_line(f"{failure.message} ({failure.kind})"), screen.width - 2):
        yield f"  {line}"
    for line in clean_lines(failure.hint):
        yield f"  {screen.paint('next:', 'bold')} {line}"


def _rules(screen: Screen, outcome: ImageOutcome) -> Iterator[str]:
    header = [Cell(text=text, style="dim") for text in ("", "RULE", "FOUND", "ALLOWED")]
    yield from screen.columns([header, *map(_rule, outcome.rules)], indent=2, numbers=(2, 3))
    broken = [rule for rule in outcome.rules if rule.verdict in BROKEN]
    findings: Counter[Vulnerability] = Counter()
    for rule in broken:
        findings |= Counter(rule.findings)  # a finding that breaks two rules is still one
    if findings:
        found = worst(findings.elements(), most=_MOST_LINES)
        yield ""
        yield from screen.columns([_FINDING_HEADER, *_findings(screen, found.lines)], indent=2)
        if found.left_out:
            yield f"  … and {found.left_out} more"


def _rule(rule: RuleOutcome) -> list[Cell]:
    mark, style = "skip", "dim"
    if rule.verdict is not None:
        mark, style = rule.verdict.value, _VERDICT_STYLES[rule.verdict]
    return [
        Cell(text=mark.upper() if rule.verdict in BROKEN else mark, style=style),
        Cell(text=clean_line(rule.name)),
        Cell(text="-" if rule.count is None else str(rule.count)),
        Cell(text=str(rule.max)),
    ]


_FINDING_HEADER = [
    Cell(text=text, style="dim")
    for text in ("PACKAGE", "VERSION", "FIXED IN", "SEVERITY", "VULNERABILITY")
]


def _findings(screen: Screen, lines: tuple[FindingLine, ...]) -> Iterator[list[Cell]]:
    """Group by package, the one with the worst finding first, and name each package once."""
    groups: dict[tuple[object, ...], list[FindingLine]] = {}
    for line in lines:
        groups.setdefault((line.packages, line.versions), []).append(line)
    for group in groups.values():
        head = (group[0].name_packages(screen.width // 3), group[0].versions)
        for line in group:
            yield [
                *(Cell(text=text) for text in head),
                Cell(text=line.fixes),
                Cell(text=line.severity.value, style=_SEVERITY_STYLES.get(line.severity, "")),
                Cell(text=line.id),
            ]
            head = ("", "")


def _run(screen: Screen, report: Report) -> Iterator[str]:
    policy = report.policy
    yield from _labelled(screen, "policy", f"{policy.name} ({policy.source})")
    for caveat in caveats(report):
        yield from _labelled(screen, "note", caveat)
    verdicts = [outcome.verdict for outcome in report.images]
    parts = [
        f"{verdicts.count(verdict)} {verdict.value}"
        for verdict in WORST_FIRST
        if verdict in verdicts
    ]
    images = "1 image" if len(verdicts) == 1 else f"{len(verdicts)} images"
    tally = f" ({', '.join(parts)})" if len(verdicts) > 1 else ""
    code = report.exit_code.value
    yield f"{_verdict(screen, report.verdict)}  {images}{tally}, exit code {code}"


def _label(screen: Screen, name: str) -> str:
    return "  " + screen.paint(name, "dim") + " " * (_LABEL - 2 - len(name))


def _labelled(screen: Screen, name: str, text: str) -> Iterator[str]:
    for place, line in enumerate(wrap(clean_line(text), screen.width - _LABEL)):
        yield (_label(screen, name) if place == 0 else " " * _LABEL) + line

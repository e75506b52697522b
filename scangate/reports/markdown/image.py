"""The section of one image: its verdict, why, what to do, and by what evidence."""

import functools
from collections.abc import Iterator, Sequence

from scangate.instant import Instant, write_duration
from scangate.model import ScanResult, Severity
from scangate.report import Failure, ImageOutcome, Report, RuleOutcome, Verdict
from scangate.reports.buckets import ExemptList, exempt, tally
from scangate.reports.findings import FindingLine, FindingList, of_broken_rules, worst
from scangate.reports.markdown.markup import (
    NOTHING,
    SHORT,
    Markup,
    bullets,
    code,
    heading,
    joined,
    link,
    paragraphs,
    prose,
    strong,
    table,
)
from scangate.reports.markdown.parts import NO_NAME, badge, folded, more, number
from scangate.reports.markdown.remedies import exceptions, fix_plan
from scangate.reports.text import clean_line, clean_lines
from scangate.reports.wording import BROKEN, caveats_of, counts_of, failure_of

MOST = 200
"""The longest list that a section can have."""

_MOST_STEPS = 10
_WORST_FIRST = (Verdict.FAIL, Verdict.ERROR, Verdict.WARN, None, Verdict.PASS)


class Section:
    """All that is told of an image, in as much detail as there is room for."""

    def __init__(self, report: Report, outcome: ImageOutcome) -> None:
        self._report = report
        self._outcome = outcome

    def write(self, most: int) -> Markup:
        """Write the section with at most so many (up to MOST) items of each kind.

        What is left out is counted. With 0 it is only the verdict.
        """
        head = heading(3, joined((badge(self._outcome.verdict), name_of(self._outcome))))
        if not most:
            return paragraphs((head, "There is no room for details here, see the full report."))
        return paragraphs((head, *self._blocks(most)))

    def _blocks(self, most: int) -> Iterator[Markup]:
        outcome = self._outcome
        failure = failure_of(outcome)
        told = [] if failure is None else _failure(failure)
        yield bullets([*told, *_facts(self._report, outcome)])
        yield _rules(outcome.rules, most)
        if failure is None and outcome.fix_plan is not None:
            yield _titled("What to do", fix_plan(outcome.fix_plan, most=most))
        yield _titled("Findings of broken rules", _findings(_first(self._findings, most)))
        yield _titled("Exceptions", exceptions(_first_exempt(self._exempt, most)))
        yield _titled("Notices", _notices(outcome.notices, most))

    @functools.cached_property
    def _findings(self) -> FindingList:
        return worst(of_broken_rules(self._outcome.rules), most=MOST)

    @functools.cached_property
    def _exempt(self) -> ExemptList:
        return exempt(self._outcome, most=MOST)


def name_of(outcome: ImageOutcome, *, most: int = SHORT) -> Markup:
    """Name the image as the user did, with the platform that was judged."""
    platform = outcome.image.platform if outcome.image is not None else ""
    return joined((code(outcome.reference, most=most) or NO_NAME, code(platform, most=most)))


def _titled(title: str, content: Markup) -> Markup:
    return paragraphs((heading(4, prose(title)), content)) if content else NOTHING


def _facts(report: Report, outcome: ImageOutcome) -> Iterator[Markup]:
    for caveat in caveats_of(report, outcome):
        yield joined((strong("Note:"), caveat))
    if outcome.gap:
        yield joined((strong("Note:"), "the evidence is not complete:", outcome.gap))
    if outcome.image is not None and outcome.image.digest:
        yield joined(("digest:", code(outcome.image.digest)))
    if outcome.scan is not None:
        yield joined(("scan:", _scan(outcome.scan, report.judged_as_of, outcome.waited_seconds)))
    counts = counts_of(outcome)
    if counts is not None:
        told = (f"{number(counts.of(severity))} {severity.value}" for severity in Severity)
        yield joined(("counts:", Markup(", ".join(told))))
    if buckets := tally(outcome):
        yield joined(("buckets:", Markup(buckets)))


def _scan(scan: ScanResult, now: Instant, waited: float) -> Markup:
    status = clean_line(scan.status_word) or scan.status.value
    when = NOTHING if scan.scanned_at is None else _when(scan.scanned_at, now)
    wait = Markup(f"after {waited:.0f} s of waiting") if waited >= 1 else NOTHING
    return joined((code(scan.id), prose(status.lower()), when, wait))


def _when(scanned_at: Instant, now: Instant) -> Markup:
    ahead = scanned_at > now
    age = write_duration(scanned_at.since(now) if ahead else now.since(scanned_at))
    return Markup(f"at {code(f'{scanned_at.to_second()}Z')} ({age} {'ahead' if ahead else 'old'})")


def _failure(failure: Failure) -> Iterator[Markup]:
    """Say why there is no verdict, and what to do. Only what scangate says has lines."""
    yield joined((strong("No verdict:"), failure.message, Markup(f"({code(failure.kind)})")))
    for step in clean_lines(failure.hint)[:_MOST_STEPS]:
        yield joined((strong("Next:"), step))


def _rules(rules: Sequence[RuleOutcome], most: int) -> Markup:
    if all(rule.verdict is None for rule in rules):
        return NOTHING
    shown = rules
    if len(rules) > most:
        shown = sorted(rules, key=lambda rule: _WORST_FIRST.index(rule.verdict))[:most]
    told = any(rule.message for rule in shown if rule.verdict in BROKEN)
    columns = ["Rule", "Verdict", "Found", "Allowed", "Written in", *["Message"] * told]
    rows = (_rule(rule)[: len(columns)] for rule in shown)
    return paragraphs(
        (
            table(columns, rows, numbers=("Found", "Allowed")),
            more(len(rules) - most, "rules"),
        )
    )


def _rule(rule: RuleOutcome) -> Sequence[str]:
    """Say what the policy's author says to whoever violates the rule, and to nobody else."""
    name = code(rule.name) or NO_NAME
    return (
        joined((Markup(f"{name}:"), rule.title)) if rule.title else name,
        badge(rule.verdict),
        number(rule.count),
        number(rule.max),
        NOTHING if rule.place is None else code(f"{rule.place.file}:{rule.place.line}"),
        rule.message if rule.verdict in BROKEN else NOTHING,
    )


def _findings(found: FindingList) -> Markup:
    if not found.lines:
        return NOTHING
    groups: dict[tuple[object, ...], list[FindingLine]] = {}
    for line in found.lines:
        groups.setdefault((line.packages, line.versions), []).append(line)
    rows = [line for group in groups.values() for line in group]
    return paragraphs(
        (folded(rows, "advisories", _finding_table), more(found.left_out, "findings"))
    )


def _finding_table(lines: Sequence[FindingLine]) -> Markup:
    columns = ["Package", "Version", "Fixed in", "Severity", "Vulnerability"]
    if any(line.notes for line in lines):
        columns.append("Notes")
    return table(columns, (row[: len(columns)] for row in _grouped(lines)))


def _grouped(lines: Sequence[FindingLine]) -> Iterator[Sequence[str]]:
    """Name each package once."""
    named: tuple[object, ...] = ()
    for line in lines:
        group = (line.packages, line.versions)
        head = (code(line.name_packages(100)), code(line.versions))
        yield (
            *((NOTHING, NOTHING) if group == named else head),
            line.fixes,
            line.severity.value,
            link(code(line.id), line.link),
            code(line.notes),
        )
        named = group


def _first(found: FindingList, most: int) -> FindingList:
    cut = sum(line.rows for line in found.lines[most:])
    return FindingList(lines=found.lines[:most], left_out=found.left_out + cut)


def _first_exempt(found: ExemptList, most: int) -> ExemptList:
    cut = sum(each.line.rows for each in found.lines[most:])
    return ExemptList(lines=found.lines[:most], left_out=found.left_out + cut)


def _notices(notices: Sequence[str], most: int) -> Markup:
    return bullets([*notices[:most], more(len(notices) - most, "notices")])

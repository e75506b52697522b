"""The section of one image: its verdict, why, what to do, and by what evidence."""

from collections.abc import Iterator, Sequence

from scangate.instant import Instant, write_duration
from scangate.model import Image, ScanResult
from scangate.report import Failure, ImageOutcome, Report, RuleOutcome
from scangate.reports.html.counts import chart
from scangate.reports.html.findings import findings
from scangate.reports.html.markup import NOTHING, SPACE, Markup, joined, short, tag, text
from scangate.reports.html.parts import badge, block, facts, listed, number, table
from scangate.reports.html.remedies import exceptions, fix_plan
from scangate.reports.text import clean_lines
from scangate.reports.wording import BROKEN, caveats_of, failure_of


def section(report: Report, outcome: ImageOutcome, place: str) -> Markup:
    """Tell everything of an image. `place` is the id of its section."""
    failure = failure_of(outcome)
    plan = outcome.fix_plan if failure is None else None
    return tag(
        "section",
        tag("h2", badge(outcome.verdict), SPACE, name_of(outcome)),
        listed(_cautions(report, outcome), class_="caution"),
        NOTHING if failure is None else _failure(failure),
        block("Rules", _rules(outcome)),
        block("Fix plan", NOTHING if plan is None else fix_plan(plan)),
        block("Counts", chart(outcome)),
        block("Exceptions", exceptions(outcome)),
        block("Notices", listed(outcome.notices, class_="notices")),
        block("Evidence", facts(_evidence(report, outcome))),
        block("Findings", findings(outcome, place), place=f"{place}-findings"),
        id=place,
        class_="sheet",
    )


def name_of(outcome: ImageOutcome) -> Markup:
    """Name the image as the user did, with the platform that was judged."""
    platform = outcome.image.platform if outcome.image is not None else ""
    reference = short(outcome.reference) or text("(no name)")
    return joined((reference, short(f"({platform})")), by=SPACE) if platform else reference


def _cautions(report: Report, outcome: ImageOutcome) -> Iterator[str]:
    yield from caveats_of(report, outcome)
    if outcome.gap:
        yield f"the evidence is not complete: {outcome.gap}"


def _failure(failure: Failure) -> Markup:
    """Say why there is no verdict, and what to do. Only what scangate says has lines."""
    steps = (tag("p", line) for line in clean_lines(failure.hint))
    return tag(
        "section",
        tag("h3", "No verdict"),
        tag("p", failure.message, SPACE, tag("code", failure.kind)),
        tag("h4", "Next") if failure.hint else NOTHING,
        *steps,
        class_="failure",
    )


def _rules(outcome: ImageOutcome) -> Markup:
    if not outcome.rules:
        return NOTHING
    columns = ("Rule", "Verdict", "Found", "Allowed", "Written in")
    caption = "The rules of the policy, and what they say of this image"
    return table("rules", caption, columns=columns, rows=map(_rule, outcome.rules))


def _rule(rule: RuleOutcome) -> Sequence[str]:
    where = "" if rule.place is None else str(rule.place)
    return (_title(rule), badge(rule.verdict), number(rule.count), str(rule.max), short(where))


def _title(rule: RuleOutcome) -> Markup:
    """Name a rule and say what it asserts or, once it is broken, what its author says."""
    name = short(rule.name) or text("(no name)")
    kind, told = ("em", rule.message) if rule.verdict in BROKEN else ("small", rule.title)
    return joined((name, tag(kind, told)), by=SPACE) if told else name


def _evidence(report: Report, outcome: ImageOutcome) -> Iterator[tuple[str, str]]:
    yield "Reference", text(outcome.reference)
    if outcome.image is not None:
        yield from _identity(outcome.image)
    yield "Registry API", short(outcome.api)
    if outcome.scan is not None:
        yield from _scan(outcome.scan, report.judged_as_of)
        yield "Waited for the scan", f"{outcome.waited_seconds:.1f} s"
    yield "Exit code of this image", str(outcome.exit_code.value)


def _identity(image: Image) -> Iterator[tuple[str, str]]:
    yield "Image ID", short(image.id)
    yield "Digest", text(image.digest)
    yield "Platform", short(image.platform)
    yield "Digest of the index", text(image.index_digest)
    yield "Reference by digest", text(image.pinned)


def _scan(scan: ScanResult, now: Instant) -> Iterator[tuple[str, str]]:
    yield "Scan ID", short(scan.id)
    yield "Scan status", short(scan.status_word) or scan.status.value
    if scan.scanned_at is not None:
        yield "Scanned at", f"{scan.scanned_at} ({_age(scan.scanned_at, now)})"
    yield "Unknown severities", text(", ".join(scan.unknown_severities))


def _age(scanned_at: Instant, now: Instant) -> str:
    if scanned_at > now:
        return f"{write_duration(scanned_at.since(now))} after it was judged"
    return f"{write_duration(now.since(scanned_at))} old"

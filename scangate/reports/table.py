"""The report for people: the verdict first, then the rules, then what to upgrade.

The same content for a file (plain, of a fixed width) and for a terminal. References, digests and
hints are never cut or broken, so that they can be copied.
"""

from collections.abc import Callable, Iterator

from scangate.instant import Instant, write_duration
from scangate.model import ScanResult, Severity
from scangate.report import (
    WORST_FIRST,
    Failure,
    FixPlan,
    ImageOutcome,
    Report,
    RuleOutcome,
    Verdict,
)
from scangate.reports import listing
from scangate.reports.buckets import tally
from scangate.reports.plan import advise
from scangate.reports.screen import NARROWEST, PLAIN_WIDTH, Cell, Screen
from scangate.reports.text import clean_line, clean_lines, wrap
from scangate.reports.wording import BROKEN, caveats, caveats_of, counts_of, failure_of

_MOST_STEPS = 20
_MOST_ENTRIES = 5
_LABEL = 10
_RULE_NAME = 8
_LONGEST = 1000

VERDICT_STYLES = {
    Verdict.PASS: "bold green",
    Verdict.WARN: "bold yellow",
    Verdict.FAIL: "bold red",
    Verdict.ERROR: "bold magenta",
}


def render(report: Report) -> str:
    """Write the report as plain text, 100 columns wide."""
    return render_terminal(report, width=PLAIN_WIDTH, color=False)


Fold = Callable[[str, str], str]
"""Folds a block of lines under a title, as the log viewer of a CI system does."""


def render_terminal(
    report: Report, *, width: int, color: bool, links: bool = False, fold: Fold | None = None
) -> str:
    """Write the report for a terminal of that width (at least 40 columns are used).

    `links` is for a terminal alone: a log would show them as they are. Of several images those
    that passed are folded, where that can be.
    """
    screen = Screen(width=max(width, NARROWEST), color=color, links=links)
    blocks = []
    for outcome in report.images:
        lines = list(_image(screen, report, outcome))
        block = "\n".join(lines)
        if fold is not None and len(report.images) > 1 and outcome.verdict is Verdict.PASS:
            block = fold(lines[0], block)
        blocks.append(block)
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
    yield from listing.not_counted(screen, outcome)
    if failure is None and outcome.fix_plan is not None:
        yield from _plan(screen, outcome.fix_plan)
    if outcome.notices:
        yield ""
    for notice in outcome.notices:
        yield from _labelled(screen, "notice", notice)


def _verdict(screen: Screen, verdict: Verdict) -> str:
    return screen.paint(verdict.value.upper(), VERDICT_STYLES[verdict])


def _facts(screen: Screen, report: Report, outcome: ImageOutcome) -> Iterator[str]:
    if outcome.image is not None and outcome.image.digest:
        yield _label(screen, "digest") + clean_line(outcome.image.digest)
    if outcome.scan is not None:
        yield from _labelled(screen, "scan", _scan(outcome.scan, report, outcome.waited_seconds))
    counts = counts_of(outcome)
    if counts is not None:
        told = ", ".join(f"{counts.of(severity)} {severity.value}" for severity in Severity)
        yield from _labelled(screen, "counts", told)
    yield from _labelled(screen, "buckets", tally(outcome))
    for caveat in caveats_of(report, outcome):
        yield from _labelled(screen, "note", caveat)


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
    rows = screen.columns([header, *map(_rule, outcome.rules)], indent=2, numbers=(2, 3))
    yield next(rows)
    for rule, row in zip(outcome.rules, rows, strict=True):
        yield row
        yield from _message(screen, rule)
    yield from listing.counted(screen, outcome)


def _message(screen: Screen, rule: RuleOutcome) -> Iterator[str]:
    """Say what the policy's author says to whoever violates the rule, under its name."""
    if rule.verdict in BROKEN:
        message = clean_line(rule.message, most=_LONGEST)
        for line in wrap(message, screen.width - _RULE_NAME):
            yield " " * _RULE_NAME + line


def _rule(rule: RuleOutcome) -> list[Cell]:
    mark, style = "skip", "dim"
    if rule.verdict is not None:
        mark, style = rule.verdict.value, VERDICT_STYLES[rule.verdict]
    return [
        Cell(text=mark.upper() if rule.verdict in BROKEN else mark, style=style),
        Cell(text=clean_line(rule.name)),
        Cell(text="-" if rule.count is None else str(rule.count)),
        Cell(text=str(rule.max)),
    ]


def _plan(screen: Screen, plan: FixPlan) -> Iterator[str]:
    advice = list(advise(plan, most=_MOST_STEPS, most_entries=_MOST_ENTRIES))
    yield from [""] * bool(advice)
    for each in advice:
        # What is to be copied stays in one piece
        lines = [each.text] if each.verbatim else wrap(each.text, screen.width - 4)
        for place, line in enumerate(lines):
            yield ("    " if place else "  ") + line


def _run(screen: Screen, report: Report) -> Iterator[str]:
    policy = report.policy
    yield from _labelled(screen, "policy", f"{policy.name} ({policy.source})")
    for feed in policy.feeds:
        yield from _labelled(screen, "feed", feed)
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

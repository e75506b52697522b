"""github: annotations for a run of GitHub Actions, as workflow commands.

One annotation for each image without a verdict and each violated rule, with its worst findings and
the line of the policy that it comes from. The runner keeps ten errors, ten warnings and ten notices
of a step and cuts a message at 4,096 characters (actions/runner, ExecutionContext.cs), so of more
the last one says how many are left out. How values are escaped is told by actions/toolkit
(packages/core, command.ts).
"""

from collections.abc import Iterator, Sequence

from scangate.model import Place, Value
from scangate.report import Failure, ImageOutcome, Report, RuleOutcome, Verdict
from scangate.reports.findings import FindingLine, worst
from scangate.reports.text import clean_line, shorten
from scangate.reports.wording import BROKEN, NO_IMAGE, caveats, excess, failure_of

_MOST = 10
_LONGEST = 3_500
_LONGEST_LINE = 300
_LONGEST_TITLE = 120
_LONGEST_NAME, _LONGEST_NAMES = 100, 150
_WORST_FINDINGS = 10
_LOUD = "EXPIRED"

_LEVELS = ("error", "warning", "notice")


class Annotation(Value, frozen=True):
    """One annotation: its level, what it is about, its lines, and the line of a file."""

    level: str
    title: str
    lines: tuple[str, ...]
    place: Place | None = None


def render(report: Report) -> str:
    """Write a workflow command a line, the worst level first; never nothing."""
    annotations = [*_of_run(report)]
    for outcome in report.images:
        annotations += _of_image(outcome)
    chosen = [each for level in _LEVELS for each in _limited(annotations, level)]
    return "".join(f"{_command(each)}\n" for each in chosen)


def _of_run(report: Report) -> Iterator[Annotation]:
    if not report.images:
        yield Annotation(level="error", title="scangate", lines=(NO_IMAGE,))
    tally = f"{report.verdict.value}: {len(report.images)} judged, policy {report.policy.name}"
    yield Annotation(level="notice", title="scangate", lines=(tally, *caveats(report)))


def _of_image(outcome: ImageOutcome) -> Iterator[Annotation]:
    failure = failure_of(outcome)
    if failure is not None:
        yield _of_failure(outcome, failure)
    for rule in outcome.rules:
        if rule.verdict in BROKEN:
            yield _of_rule(outcome, rule)
    for notice in outcome.notices:
        level = "warning" if notice.startswith(_LOUD) else "notice"
        yield Annotation(level=level, title=_title(outcome), lines=(notice,))


def _of_failure(outcome: ImageOutcome, failure: Failure) -> Annotation:
    lines = (failure.message, *([f"next: {failure.hint}"] if failure.hint else []))
    return Annotation(level="error", title=_title(outcome), lines=lines)


def _of_rule(outcome: ImageOutcome, rule: RuleOutcome) -> Annotation:
    found = worst(rule.findings or (), most=_WORST_FINDINGS)
    lines = [excess(rule), *filter(None, [rule.message])]
    lines += map(_finding, found.lines)
    if found.left_out:
        lines.append(f"… and {found.left_out} more")
    level = "error" if rule.verdict is Verdict.FAIL else "warning"
    return Annotation(level=level, title=_title(outcome), lines=tuple(lines), place=rule.place)


def _finding(line: FindingLine) -> str:
    """Cut names that are too long, so that there is room for what stands behind them."""
    advisory = shorten(line.id, _LONGEST_NAME)
    packages = f"{line.name_packages(_LONGEST_NAME)} {line.versions}".rstrip()
    return f"{advisory} {line.severity.value} {shorten(packages, _LONGEST_NAMES)} -> {line.fixes}"


def _title(outcome: ImageOutcome) -> str:
    return f"{outcome.verdict.value}: {outcome.reference}"


def _limited(annotations: Sequence[Annotation], level: str) -> Sequence[Annotation]:
    found = [each for each in annotations if each.level == level]
    if len(found) <= _MOST:
        return found
    left = len(found) - _MOST + 1
    more = f"… and {left} more of this kind: see the report"
    return [*found[: _MOST - 1], Annotation(level=level, title="scangate", lines=(more,))]


def _command(annotation: Annotation) -> str:
    properties = {"title": clean_line(annotation.title, most=_LONGEST_TITLE)}
    if annotation.place is not None:
        properties["file"] = clean_line(annotation.place.file, most=_LONGEST_LINE)
        properties["line"] = str(annotation.place.line)
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    lines = [clean_line(line, most=_LONGEST_LINE) for line in annotation.lines]
    message = shorten("\n".join(filter(None, lines)), _LONGEST) or "no details are known"
    return f"::{annotation.level} {told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

"""JUnit XML: a suite per image, a case per rule and per thing that evidence must be.

Every case exists in every build, whatever the outcome, so that test views can tell what is new.
GitLab drops the attributes of a failure that has text, so the text begins with the message.
"""

from collections.abc import Iterator, Sequence

from junit_xml import TestCase, TestSuite, to_xml_report_string

from scangate.errors import InternalError
from scangate.model import ScanStatus
from scangate.report import Failure, ImageOutcome, Report, RuleOutcome, Verdict
from scangate.reports.buckets import exempt, tally
from scangate.reports.findings import FindingLine, worst
from scangate.reports.names import Names, class_of, repository_of
from scangate.reports.plan import advise
from scangate.reports.text import clean_line, clean_lines, shorten
from scangate.reports.wording import BROKEN, NO_IMAGE, caveats, caveats_of, excess, failure_of

_READY, _FRESH, _COMPLETE = "scan is ready", "scan is fresh", "evidence is complete"
_EVIDENCE = (_READY, _FRESH, _COMPLETE)
_CONCERNED = {
    "scan-stale": _FRESH,
    "evidence-incomplete": _COMPLETE,
    "tag-moved": _COMPLETE,
}
"""Which case carries an error of that kind; every other kind means that no scan was ready."""

_MOST_LINES = 50
_MOST_ENTRIES = 10
_LONGEST = 1000
# Readers want a time for every case, and junit-xml leaves out a time of 0. Sums of it are exact
MOMENT = 2**-10
"""The seconds of a case that takes no time."""

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
"""What junit-xml leaves out."""


def render(report: Report) -> str:
    """Write the report as JUnit XML in UTF-8."""
    suites = list(_suites(report)) or [_empty_suite(report)]
    # Without an encoding, or pretty-printed, junit-xml can write what no parser accepts
    text: str = to_xml_report_string(suites, prettyprint=False, encoding="utf-8")
    # Safe: `>` is escaped in every text and attribute
    return DECLARATION + text.replace("><", ">\n<") + "\n"


def _suites(report: Report) -> Iterator[TestSuite]:
    suites, classes = Names(), Names()
    for outcome in report.images:
        name = suites.give(repository_of(outcome))
        cases = _cases(outcome, classes.give(class_of(name)))
        yield TestSuite(
            name,
            list(cases),
            timestamp=report.judged_at.to_second(),
            properties=_properties(report, outcome),
            stdout="\n".join(_story(report, outcome)) or None,
        )


def _story(report: Report, outcome: ImageOutcome) -> Iterator[str]:
    """What no case of its own tells: caveats, notices, what does not count, what to do."""
    for text in (*caveats(report), *caveats_of(report, outcome), *outcome.notices):
        yield from clean_lines(text, most=_LONGEST)
    if told := tally(outcome):
        yield f"buckets: {told}"
    yield from _exempt(outcome)
    if outcome.fix_plan is not None and failure_of(outcome) is None:
        advice = advise(outcome.fix_plan, most=_MOST_LINES, most_entries=_MOST_ENTRIES)
        yield from (each.text for each in advice)


def _exempt(outcome: ImageOutcome) -> Iterator[str]:
    found = exempt(outcome, most=_MOST_LINES)
    for each in found.lines:
        what = f"{each.line.id}  {each.line.severity.value}  {each.line.name_packages(200)}"
        who = f"by {each.by}, expires {each.expires}: {each.reason}"
        yield shorten(f"not counted: {what}  {who}", _LONGEST)
    if found.left_out:
        yield f"… and {found.left_out} more not counted"


def _empty_suite(report: Report) -> TestSuite:
    case = TestCase("an image is judged", classname="scangate.run", elapsed_sec=MOMENT)
    case.add_error_info(NO_IMAGE, _told([NO_IMAGE]), "NoImage")
    return TestSuite("scangate", [case], timestamp=report.judged_at.to_second())


def _cases(outcome: ImageOutcome, classname: str) -> Iterator[TestCase]:
    failure, names = failure_of(outcome), Names()
    concerned = _concerned(outcome, failure)
    for place, name in enumerate(_EVIDENCE):
        case = TestCase(names.give(name), classname=classname, elapsed_sec=MOMENT)
        if name == _READY:
            case.elapsed_sec += round(max(0.0, outcome.waited_seconds))
        if failure is not None and place == concerned:
            _add_error(case, failure)
        elif place >= concerned:
            _skip(case, failure)
        yield case
    for rule in outcome.rules:
        yield _rule_case(rule, failure, TestCase(names.give(_title(rule)), classname=classname))


def _concerned(outcome: ImageOutcome, failure: Failure | None) -> int:
    """Return the place of the first case of the evidence that cannot pass."""
    if failure is None:
        # Counts can prove a violation although the rows are missing
        return _EVIDENCE.index(_COMPLETE) if outcome.gap else len(_EVIDENCE)
    if outcome.scan is None or outcome.scan.status is not ScanStatus.READY:
        return _EVIDENCE.index(_READY)
    return _EVIDENCE.index(_CONCERNED.get(failure.kind, _READY))


def _rule_case(rule: RuleOutcome, failure: Failure | None, case: TestCase) -> TestCase:
    case.elapsed_sec = MOMENT
    if rule.place is not None:
        case.file, case.line = clean_line(rule.place.file, most=_LONGEST), rule.place.line
    if rule.verdict is Verdict.FAIL:
        lines = _violation(rule)
        case.add_failure_info(lines[0], _told(lines), "PolicyViolation")
    elif failure is not None or rule.verdict not in (Verdict.PASS, Verdict.WARN):
        _skip(case, failure)
    elif rule.verdict in BROKEN:
        case.stdout = _told(_violation(rule))
    return case


def _title(rule: RuleOutcome) -> str:
    return f"{rule.name}: {rule.title}" if rule.title else rule.name


def _violation(rule: RuleOutcome) -> list[str]:
    found = worst(rule.findings or (), most=_MOST_LINES)
    message = clean_line(rule.message, most=_LONGEST)
    head = [clean_line(excess(rule), most=_LONGEST), *([message] if message else [])]
    lines = [*head, *map(_describe, found.lines)]
    return [*lines, f"… and {found.left_out} more"] if found.left_out else lines


def _describe(line: FindingLine) -> str:
    parts = (
        line.id,
        line.severity.value,
        f"{line.name_packages(200)} {line.versions}".rstrip(),
        f"-> {line.fixes}",
        line.link,
    )
    return shorten("  ".join(filter(None, parts)), _LONGEST)


def _add_error(case: TestCase, failure: Failure) -> None:
    lines = clean_lines(failure.message, most=_LONGEST) or ["no verdict could be reached"]
    hint = [f"next: {line}" for line in clean_lines(failure.hint, most=_LONGEST)]
    text = _told([*lines[:_MOST_LINES], *hint[:_MOST_LINES]])
    case.add_error_info(lines[0], text, error_type(failure.kind))


def error_type(kind: str) -> str:
    """Write the kind in CamelCase; GitLab takes words like `date` or `yaml` for instructions."""
    words = clean_line(kind).replace("-", " ").split()
    return "".join(word.capitalize() for word in words) or "NoVerdict"


def _skip(case: TestCase, failure: Failure | None) -> None:
    why = "the evidence is not complete" if failure is None else failure.message
    message = clean_line(f"not judged: {why}", most=_LONGEST)
    case.add_skipped_info(message, _told([message]))


def _told(lines: Sequence[str]) -> str:
    """Refuse what says nothing: junit-xml leaves out an empty failure, and the case passes."""
    if not lines or not lines[0].strip():
        raise InternalError("a failure without a text would be read as a pass")
    return "\n".join(lines)


def _properties(report: Report, outcome: ImageOutcome) -> dict[str, str]:
    image, scan = outcome.image, outcome.scan
    facts = {
        "image.reference": outcome.reference,
        "image.id": image and image.id,
        "image.digest": image and image.digest,
        "scan.id": scan and scan.id,
        "scan.finished": scan and scan.scanned_at,
        "policy.name": report.policy.name,
        "policy.source": report.policy.source,
        "policy.sha256": report.policy.sha256,
        "policy.feeds": ", ".join(report.policy.feeds),
        "policy.enforced": str(outcome.enforced).lower(),
        "verdict": outcome.verdict.value,
        "mode": report.mode,
        "judged.at": report.judged_at,
        "simulated.at": report.simulated_at,
        "evidence": report.evidence,
        "endpoint": report.endpoint,
        "endpoint.known": str(report.endpoint_known).lower(),
        "api": report.api,
        "scangate.version": report.version,
    }
    told = {name: clean_line(str(fact), most=_LONGEST) for name, fact in facts.items() if fact}
    return {name: value for name, value in told.items() if value}

"""The scan of GitLab's container scanning report: its status, and all that is no finding.

Every image is in its messages, also one without a verdict, and so is what is left out of the list
of findings. GitLab shows messages as they are, without rendering them.
"""

from collections.abc import Iterator

import msgspec

from scangate.report import ImageOutcome, Report
from scangate.reports.buckets import exempt, tally
from scangate.reports.text import clean_line
from scangate.reports.wording import (
    BROKEN,
    NO_IMAGE,
    caveats,
    caveats_of,
    counts_of,
    excess,
    failure_of,
)

_MOST_EXEMPT = 50
_LONGEST = 1000
_LONGEST_NAME = 255


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Levels: `info`, `warn` for a part that is missing, `fatal` for what ended the scan."""

    level: str
    value: str


def scan_of(report: Report, *, left_out: int) -> dict[str, object]:
    """Tell of the scan; `left_out` findings did not fit into the report.

    Its status is `failure` unless the findings of every image were listed, so that an empty list
    never means more than it should.
    """
    version = clean_line(report.version, most=_LONGEST_NAME) or "unknown"
    tool = {
        "id": "scangate",
        "name": "scangate",
        "version": version,
        "vendor": {"name": "scangate"},
    }
    told = (outcome.scan.scanned_at for outcome in report.images if outcome.scan)
    times = [time for time in told if time is not None]
    whole = all(map(_is_listed, report.images)) and report.images
    return {
        "type": "container_scanning",
        "status": "success" if whole else "failure",
        "start_time": min([*times, report.judged_at]).to_second(),
        "end_time": report.judged_at.to_second(),
        "analyzer": tool,
        "scanner": tool,
        "options": _options(report),
        "messages": list(_messages(report, left_out)),
    }


def _is_listed(outcome: ImageOutcome) -> bool:
    return failure_of(outcome) is None and outcome.findings is not None


def _options(report: Report) -> list[dict[str, str]]:
    """Tell by what was judged, in the place for the configuration of a scan."""
    facts = {
        "policy": report.policy.name,
        "policy_source": report.policy.source,
        "policy_sha256": report.policy.sha256,
        "mode": report.mode,
        "endpoint": report.endpoint,
        "api": report.api,
        "evidence": report.evidence,
    }
    return [
        {"name": name, "source": "other", "value": clean_line(fact, most=_LONGEST)}
        for name, fact in facts.items()
    ]


def _messages(report: Report, left_out: int) -> Iterator[Message]:
    told = [("info", f"verdict: {report.verdict.value}, exit code {report.exit_code.value}")]
    told += [("fatal" if text == NO_IMAGE else "warn", text) for text in caveats(report)]
    for outcome in report.images:
        name = clean_line(outcome.reference, most=_LONGEST_NAME) or "(no name)"
        for level, text in (*_said(outcome), *(("warn", it) for it in caveats_of(report, outcome))):
            told.append((level, f"{name}: {text}"))
    if left_out > 0:
        told.append(("warn", f"the report is full: {left_out} findings, the mildest, are left out"))
    for level, text in told:
        yield Message(level=level, value=clean_line(text, most=_LONGEST))


def _said(outcome: ImageOutcome) -> Iterator[tuple[str, str]]:
    failure = failure_of(outcome)
    if failure is None:
        yield "info", outcome.verdict.value
    else:
        hint = f"; next: {failure.hint}" if failure.hint else ""
        yield "fatal", f"no verdict: {failure.message}{hint}"
    for rule in outcome.rules:
        if rule.verdict in BROKEN:
            yield "info", f"{rule.verdict.value}: {excess(rule)}"
    if outcome.findings is None:
        yield "warn", _unlisted(outcome)
    for notice in outcome.notices:
        yield "info", notice
    yield from _exemptions(outcome)


def _unlisted(outcome: ImageOutcome) -> str:
    counts = counts_of(outcome)
    number = "its findings" if counts is None else f"its findings ({counts.total})"
    why = f": {outcome.gap}" if outcome.gap else ""
    return f"{number} were not listed, so they are not in this report{why}"


def _exemptions(outcome: ImageOutcome) -> Iterator[tuple[str, str]]:
    buckets = tally(outcome)
    if buckets:
        yield "info", buckets
    found = exempt(outcome, most=_MOST_EXEMPT)
    for each in found.lines:
        what = f"{each.line.id} in {each.line.name_packages(_LONGEST_NAME)}"
        yield "info", f"left out: {what}, {each.by}, until {each.expires}: {each.reason}"
    if found.left_out:
        yield "info", f"left out: {found.left_out} more"

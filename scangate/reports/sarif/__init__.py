"""SARIF 2.1.0 for GitHub code scanning: a run per image, a rule per advisory, a result per finding.

GitHub refuses a file over its limits, so there is less of the less bad in one that would be: see
"SARIF support for code scanning" in GitHub's documentation. An upload replaces what its category
had before and closes the alerts that it does not have. So a run without a verdict and without
results has a category of its own: no evidence must not look like a fix.
"""

import zlib
from collections.abc import Iterator, Sequence

import msgspec

from scangate.model import Severity, Value
from scangate.report import ImageOutcome, Report, RuleOutcome
from scangate.reports.names import Names, repository_of
from scangate.reports.sarif.results import write_results
from scangate.reports.sarif.rules import rules_of
from scangate.reports.sarif.selection import Result, results_of, worst_first
from scangate.reports.sarif.text import plain
from scangate.reports.wording import NO_IMAGE, caveats, caveats_of, counts_of, failure_of

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_RUNS = 20
_ALONE = _MOST_RUNS - 2
_MOST_SHOWN = 5_000
_ROOMS = (25_000, _MOST_SHOWN, 1_000, 200, 20)
"""The most results of a run, tried in this order until the file is small enough."""
_MOST_BYTES = 10_000_000
_LONGEST = 1000


def render(report: Report) -> str:
    """Write the report as SARIF, within the limits of GitHub."""
    groups = list(_groups(report))
    most = max(len(group.results) for group in groups)
    data = b""
    for room in (_ROOMS[0], *(each for each in _ROOMS[1:] if each < most)):
        data = _encode(report, groups, room)
        if _fits(data):
            break
    return data.decode()


def _encode(report: Report, groups: Sequence["_Group"], room: int) -> bytes:
    runs = [_run(report, group, room) for group in groups]
    data = msgspec.json.encode({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs})
    return msgspec.json.format(data, indent=1) + b"\n"


def _fits(data: bytes) -> bool:
    """The limit is on what gzip makes of it, and its fastest level makes the most."""
    return len(data) < _MOST_BYTES or len(zlib.compress(data, 1)) < _MOST_BYTES


class _Group(Value, frozen=True):
    """The images of one run, with their results, the worst first."""

    name: str
    outcomes: tuple[ImageOutcome, ...] = ()
    results: tuple[Result, ...] = ()

    @property
    def successful(self) -> bool:
        """Whether every image has a verdict. A run on no image has none."""
        judged = [failure_of(outcome) is None for outcome in self.outcomes]
        return bool(judged) and all(judged)


_Named = tuple[ImageOutcome, str]


def _groups(report: Report) -> Iterator[_Group]:
    """One for each image; beyond the limit the last ones share, those without a verdict apart."""
    names = Names()
    named = [(outcome, names.give(repository_of(outcome))) for outcome in report.images]
    alone = named if len(named) <= _MOST_RUNS else named[:_ALONE]
    for each in alone:
        yield _group(each[1], [each])
    rest = named[len(alone) :]
    judged = [each for each in rest if failure_of(each[0]) is None]
    unjudged = [each for each in rest if failure_of(each[0]) is not None]
    for images in filter(None, (judged, unjudged)):
        yield _group(names.give("further images"), images)
    if not named:
        yield _Group(name="no image")


def _group(name: str, images: Sequence[_Named]) -> _Group:
    results = (result for outcome, each in images for result in results_of(outcome, each))
    return _Group(
        name=name,
        outcomes=tuple(outcome for outcome, _ in images),
        results=worst_first(results),
    )


def _run(report: Report, group: _Group, room: int) -> dict[str, object]:
    kept = _keep(group.results, room)
    rules = rules_of(kept)
    driver: dict[str, object] = {"name": "scangate", "rules": list(rules.values())}
    version = plain(report.version)
    if version:
        driver["version"] = version
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": _category(group)},
        "originalUriBaseIds": {
            "%SRCROOT%": {"description": {"text": "The folder in which scangate was run."}}
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, group, len(kept))],
        "results": write_results(kept, list(rules)),
        "properties": _properties(report, group),
    }


def _keep(results: Sequence[Result], room: int) -> Sequence[Result]:
    """GitHub picks what it shows by severity alone, so what is exempt must not crowd it."""
    counted = sum(bool(result.rules) for result in results)
    return results[: min(room, max(counted, _MOST_SHOWN))]


def _category(group: _Group) -> str:
    """GitHub takes what is before the last slash for the category."""
    kept_apart = not group.successful and not group.results
    return f"{'scangate-no-verdict' if kept_apart else 'scangate'}/{group.name}/"


def _invocation(report: Report, group: _Group, kept: int) -> dict[str, object]:
    return {
        "executionSuccessful": group.successful,
        "exitCode": report.exit_code.value,
        "exitCodeDescription": report.verdict.value,
        "endTimeUtc": f"{report.judged_at.to_second()}Z",
        "toolExecutionNotifications": [
            *_caveats(report, group),
            *_limits(group, kept),
            *(told for outcome in group.outcomes for told in _remarks(report, outcome)),
        ],
    }


def _caveats(report: Report, group: _Group) -> Iterator[dict[str, object]]:
    for caveat in caveats(report):
        level = "error" if caveat == NO_IMAGE else "warning"
        yield _notification(level, caveat)
    if len(group.outcomes) > 1:
        together = f"{len(group.outcomes)} of {len(report.images)} images share this run"
        yield _notification("warning", f"{together}: GitHub takes {_MOST_RUNS} runs a file")


def _limits(group: _Group, kept: int) -> Iterator[dict[str, object]]:
    found = len(group.results)
    if kept < found:
        cut = f"{kept} of {found} results are written, the worst ones, to keep GitHub's limits"
        yield _notification("warning", cut)
    if kept > _MOST_SHOWN:
        shown = f"of {kept} results GitHub shows {_MOST_SHOWN}, chosen by severity"
        yield _notification("warning", shown)


def _remarks(report: Report, outcome: ImageOutcome) -> Iterator[dict[str, object]]:
    """What is to be known of one image, beginning with why there is no verdict."""
    failure = failure_of(outcome)
    reference = plain(outcome.reference)
    if failure is not None:
        why = plain(failure.message, most=_LONGEST) or "no verdict could be reached"
        hint = plain(failure.hint, most=_LONGEST)
        told = f"{reference}: {why}" + (f"; next: {hint}" if hint else "")
        yield _notification("error", told, kind=plain(failure.kind))
    if outcome.gap:
        yield _notification("warning", f"{reference}: the evidence has a gap: {outcome.gap}")
    for caveat in caveats_of(report, outcome):
        yield _notification("warning", f"{reference}: {caveat}")
    for notice in outcome.notices:
        yield _notification("note", f"{reference}: {notice}")


def _notification(level: str, text: str, *, kind: str = "") -> dict[str, object]:
    told: dict[str, object] = {
        "level": level,
        "message": {"text": plain(text, most=3 * _LONGEST)},
    }
    return {**told, "descriptor": {"id": kind}} if kind else told


def _properties(report: Report, group: _Group) -> dict[str, object]:
    policy = report.policy
    facts = {
        "policy": plain(policy.name),
        "policySource": plain(policy.source),
        "policySha256": plain(policy.sha256),
        "mode": plain(report.mode),
        "evidence": plain(report.evidence),
        "endpoint": plain(report.endpoint),
        "simulatedAt": "" if report.simulated_at is None else str(report.simulated_at),
    }
    told = {name: fact for name, fact in facts.items() if fact}
    return {**told, "images": [_image(outcome) for outcome in group.outcomes]}


def _image(outcome: ImageOutcome) -> dict[str, object]:
    image, scan, counts = outcome.image, outcome.scan, counts_of(outcome)
    facts: dict[str, object] = {
        "reference": plain(outcome.reference, most=_LONGEST),
        "imageId": plain((image and image.id) or ""),
        "digest": plain((image and image.digest) or ""),
        "platform": plain((image and image.platform) or ""),
        "pinned": plain((image and image.pinned) or "", most=_LONGEST),
        "scanId": plain((scan and scan.id) or ""),
        "scannedAt": "" if scan is None or scan.scanned_at is None else str(scan.scanned_at),
    }
    told = {name: fact for name, fact in facts.items() if fact}
    return {
        **told,
        "verdict": outcome.verdict.value,
        "exitCode": outcome.exit_code.value,
        "counts": None if counts is None else {each.value: counts.of(each) for each in Severity},
        "rules": [_rule(rule) for rule in outcome.rules],
    }


def _rule(rule: RuleOutcome) -> dict[str, object]:
    return {
        "name": plain(rule.name),
        "verdict": "skipped" if rule.verdict is None else rule.verdict.value,
        "count": rule.count,
        "max": rule.max,
    }

"""What became of the findings: how many are in each bucket, and who says that some do not count.

So nothing that was found is silently hidden, whatever the format.
"""

from collections import Counter
from collections.abc import Mapping

from scangate.model import Value
from scangate.report import Bucket, Finding, ImageOutcome, Suppression
from scangate.reports.findings import FindingLine, worst
from scangate.reports.text import clean_line

_LONGEST = 300
_WORDS = {
    Bucket.COUNTED: "counted",
    Bucket.IGNORED: "ignored",
    Bucket.VEX: "by VEX",
    Bucket.UNSELECTED: "by no rule",
}


class Exempt(Value, frozen=True):
    """Findings of an advisory that an ignore entry or a VEX statement takes out of the count.

    The strings are harmless to show; `expires` is a day or `never`.
    """

    line: FindingLine
    reason: str
    expires: str
    by: str


class ExemptList(Value, frozen=True):
    """The worst of them, and the number of findings that are left out."""

    lines: tuple[Exempt, ...]
    left_out: int


def tally(outcome: ImageOutcome) -> str:
    """Say how many findings are in each bucket; empty where all of them are counted."""
    numbers = Counter(finding.bucket for finding in outcome.findings or ())
    if set(numbers) <= {Bucket.COUNTED}:
        return ""
    shown = [bucket for bucket in Bucket if numbers[bucket] or bucket is Bucket.COUNTED]
    return ", ".join(f"{numbers[bucket]} {_WORDS[bucket]}" for bucket in shown)


def exempt(outcome: ImageOutcome, *, most: int) -> ExemptList:
    """Merge the findings that somebody takes out of the count, and keep so many lines."""
    owners, lines, left_out = _owners(outcome), list[Exempt](), 0
    for (suppression, advisory), group in _groups(outcome).items():
        found = worst(group, most=most - len(lines))
        left_out += found.left_out
        owner = owners.get((advisory, suppression.by), "")
        lines += [_exempt(line, suppression, owner) for line in found.lines]
    return ExemptList(lines=tuple(lines), left_out=left_out)


def _groups(outcome: ImageOutcome) -> Mapping[tuple[Suppression, str], list[Finding]]:
    """Put together what one advisory is exempt for, the worst first."""
    groups: dict[tuple[Suppression, str], list[Finding]] = {}
    for finding in sorted(outcome.findings or (), key=lambda it: it.vulnerability.sort_key):
        if finding.suppression is not None:
            key = (finding.suppression, finding.vulnerability.id)
            groups.setdefault(key, []).append(finding)
    return groups


def _owners(outcome: ImageOutcome) -> Mapping[tuple[str, str], str]:
    """Who answers for an entry, by its advisory and its place."""
    return {
        (each.id, each.written): ", ".join(filter(None, (each.owner, each.ticket)))
        for each in outcome.ignores
    }


def _exempt(line: FindingLine, suppression: Suppression, owner: str) -> Exempt:
    vex = "VEX " if suppression.bucket is Bucket.VEX else ""
    answers = f" ({owner})" if owner else ""
    return Exempt(
        line=line,
        reason=clean_line(suppression.reason, most=_LONGEST),
        expires="never" if suppression.expires is None else suppression.expires.isoformat(),
        by=clean_line(f"{vex}{suppression.by}{answers}", most=_LONGEST),
    )

"""From the rows of a scan result to findings: what is known of each, and whether it is counted.

Each finding ends in one bucket. An ignore entry takes it before a VEX statement does; either way
it stays in the report.
"""

from collections.abc import Iterator, Sequence

from scangate.errors import EvidenceIncomplete
from scangate.feeds import MAX_AHEAD, FeedError, check_age
from scangate.instant import Instant
from scangate.model import Image, Value, Vulnerability
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Feeds, Policy
from scangate.policy.ignores import Ignoring, entries_for
from scangate.policy.rule import Terms
from scangate.report import Bucket, Finding, IgnoreOutcome, Suppression
from scangate.vex import Applicable, Statement, applicable

_CVE = "CVE-"


class Found(Value, frozen=True):
    """The findings of an image, in the order of its rows, and what was noticed on the way."""

    findings: tuple[Finding, ...]
    ignores: tuple[IgnoreOutcome, ...]
    notices: tuple[str, ...]


def find(
    policy: Policy,
    rows: Sequence[Vulnerability],
    image: Image,
    *,
    now: Instant,
    baseline: Baseline | None,
) -> Found:
    """Say of each row what the feeds, the baseline, the ignore entries and VEX say of it."""
    entries = entries_for(policy.ignores, repository=image.repository, today=now.date)
    ignoring = Ignoring(entries)
    statements, future = _dated_by_now(policy.vex, now)
    claims = applicable(statements, image)
    findings = tuple(
        Finding(
            vulnerability=row,
            new=None if baseline is None else not baseline.has(row, image),
            known_exploited=_is_exploited(row, policy.feeds),
            epss=_score(row, policy.feeds),
            suppression=ignoring.suppression(row) or _vex_suppression(row, claims),
        )
        for row in rows
    )
    return Found(
        findings=findings,
        ignores=ignoring.outcomes(),
        notices=(*ignoring.notices(rows, now.date), *claims.misses(rows), *future),
    )


def _dated_by_now(
    statements: Sequence[Statement], now: Instant
) -> tuple[Sequence[Statement], Sequence[str]]:
    """Leave out what is dated in the future: it would outdo every word that says otherwise."""
    latest = now.plus(MAX_AHEAD)
    future = [
        each for each in statements if each.time and each.time > latest and each.status.harmless
    ]
    told = [
        f"{file} is dated in the future, and does not apply"
        for file in sorted({each.file for each in future})
    ]
    return [each for each in statements if each not in future] if future else statements, told


def check_feeds(terms: Terms, feeds: Feeds, now: Instant) -> None:
    """Raise EvidenceIncomplete when a rule asks a feed that is too old."""
    selects = [rule.select for rule in terms.rules]
    kev = any(select.known_exploited is not None for select in selects)
    epss = any(select.epss is not None for select in selects)
    for feed in (feeds.kev if kev else None, feeds.epss if epss else None):
        if feed is not None:
            try:
                check_age(feed, max_age=feeds.max_age, now=now)
            except FeedError as error:
                hint = "download it again, or say how old it may be: feeds.max_age"
                raise EvidenceIncomplete(str(error), hint=hint) from error


def feed_notices(terms: Terms, findings: Sequence[Finding]) -> Iterator[str]:
    """Tell of findings about which the feeds that the rules ask know nothing."""
    counted = [each for each in findings if each.suppression is None]
    if any(rule.select.known_exploited for rule in terms.rules):
        other = sum(_is_no_cve(each.vulnerability.id) for each in counted)
        if other:
            yield f"{other} findings have no CVE ID, and the KEV catalog knows no others"
    if any(rule.select.epss is not None for rule in terms.rules):
        unscored = sum(each.epss is None for each in counted)
        if unscored:
            yield f"{unscored} findings have no EPSS score; they count as the most probable"


def _is_exploited(row: Vulnerability, feeds: Feeds) -> bool | None:
    """What names no advisory is not known not to be exploited."""
    if feeds.kev is None or not row.id:
        return None
    return feeds.kev.lists(row.id)


def _score(row: Vulnerability, feeds: Feeds) -> float | None:
    return None if feeds.epss is None or not row.id else feeds.epss.score(row.id)


def _is_no_cve(advisory: str) -> bool:
    return bool(advisory) and not advisory.upper().startswith(_CVE)


def _vex_suppression(row: Vulnerability, claims: Applicable) -> Suppression | None:
    statement = claims.suppressing(row)
    if statement is None:
        return None
    return Suppression(bucket=Bucket.VEX, reason=statement.reason, by=statement.file)

"""Cores that judge wrongly: each is a mistake that somebody could make, and a promise must see."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from scangate.errors import NoEvidence
from scangate.feeds import Epss, Kev
from scangate.instant import Instant
from scangate.model import RANKED, Evidence, Severity, Vulnerability
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Policy
from scangate.policy.evaluate import Judgement, count_rows, evaluate
from scangate.policy.rule import Rule
from scangate.report import Bucket, Verdict
from tests.fakes import NOW
from tests.properties.judging import Core, load_policy


def of_rows(evidence: Evidence, rows: Sequence[Vulnerability]) -> Evidence:
    """Return evidence of these rows, which count what they are."""
    scan = msgspec.structs.replace(evidence.scan, counts=count_rows(rows))
    return msgspec.structs.replace(evidence, scan=scan, vulnerabilities=tuple(rows))


def seeing(change: Callable[[Vulnerability], Vulnerability | None]) -> Core:
    """Return a core that takes rows for others, or does not see them (None)."""

    def judged(
        policy: Policy, evidence: Evidence, now: Instant, *, baseline: Baseline | None
    ) -> Judgement:
        changed = map(change, evidence.vulnerabilities or ())
        rows = [row for row in changed if row is not None]
        return evaluate(policy, of_rows(evidence, rows), now, baseline=baseline)

    return Core(evaluate=judged)


def skipping(wrongly: Callable[[Vulnerability], bool]) -> Core:
    return seeing(lambda row: None if wrongly(row) else row)


def loading(change: Callable[[Policy], Policy]) -> Core:
    return Core(load=lambda case: change(load_policy(case)))


def excepting(**otherwise: Any) -> Core:
    """Return a core that reads the ignore entries otherwise than they are written."""

    def changed(policy: Policy) -> Policy:
        entries = (msgspec.structs.replace(each, **otherwise) for each in policy.ignores)
        return policy.replace(ignores=tuple(entries))

    return loading(changed)


def ruling(change: Callable[[Rule], Rule]) -> Core:
    """Return a core that reads the rules otherwise, where there are no overrides."""

    def changed(policy: Policy) -> Policy:
        rules = tuple(map(change, policy.terms.rules))
        return policy.replace(terms=msgspec.structs.replace(policy.terms, rules=rules))

    return loading(changed)


def selecting(**otherwise: Any) -> Callable[[Rule], Rule]:
    def changed(rule: Rule) -> Rule:
        return msgspec.structs.replace(
            rule, select=msgspec.structs.replace(rule.select, **otherwise)
        )

    return changed


def believing_the_rows(
    policy: Policy, evidence: Evidence, now: Instant, *, baseline: Baseline | None
) -> Judgement:
    listed = of_rows(evidence, evidence.vulnerabilities or ())
    return evaluate(policy, listed, now, baseline=baseline)


def only_the_least(rule: Rule) -> Rule:
    """Take `>=high` for high."""
    least = [severity for severity in RANKED if severity in rule.select.severities][-1:]
    return selecting(severities=frozenset(least))(rule)


def without_unrated(rule: Rule) -> Rule:
    return selecting(severities=rule.select.severities - {Severity.UNDEFINED})(rule)


def the_last_row_decides(
    policy: Policy, evidence: Evidence, now: Instant, *, baseline: Baseline | None
) -> Judgement:
    """Forget what came before."""
    last = of_rows(evidence, (evidence.vulnerabilities or ())[-1:])
    return evaluate(policy, last, now, baseline=baseline)


def any_id_will_do(row: Vulnerability) -> Vulnerability:
    """Guess what is not told."""
    return msgspec.structs.replace(row, id=row.id or "CVE-2025-1000", described=True)


def any_package_will_do(row: Vulnerability) -> Vulnerability:
    return msgspec.structs.replace(row, package=row.package or "zlib", described=True)


def only_the_first_of_each(policy: Policy) -> Policy:
    """Keep one entry for each advisory."""
    first = {each.id: each for each in reversed(policy.ignores)}
    return policy.replace(ignores=tuple(first.values()))


def in_the_order_of_the_text(
    policy: Policy, evidence: Evidence, now: Instant, *, baseline: Baseline | None
) -> Judgement:
    """Give the credit to the first entry."""
    judgement = evaluate(policy, evidence, now, baseline=baseline)
    first = next((each.written for each in judgement.ignores if each.count), "")
    findings = tuple(
        msgspec.structs.replace(
            each, suppression=msgspec.structs.replace(each.suppression, by=first)
        )
        if each.suppression and each.bucket is Bucket.IGNORED
        else each
        for each in judgement.findings or ()
    )
    return msgspec.structs.replace(judgement, findings=findings)


def the_first_statement_decides(policy: Policy) -> Policy:
    return policy.replace(vex=policy.vex[:1])


def one_exception_for_a_whole_package(
    policy: Policy, evidence: Evidence, now: Instant, *, baseline: Baseline | None
) -> Judgement:
    """Take an exception for one of a package's advisories for one for all of them."""
    ids = {each.id for each in policy.ignores}
    rows = evidence.vulnerabilities or ()
    packages = {row.package for row in rows if row.id in ids}
    more = [row.id for row in rows if row.package in packages and row.id]
    entries = [
        msgspec.structs.replace(each, id=advisory, package="")
        for each in policy.ignores
        for advisory in more
    ]
    other = policy.replace(ignores=(*policy.ignores, *entries))
    return evaluate(other, evidence, now, baseline=baseline)


def without_doubts(policy: Policy) -> Policy:
    """Hear only those who say that there is no harm."""
    return policy.replace(vex=tuple(each for each in policy.vex if each.status.harmless))


def more_than_two_are_none(policy: Policy) -> Policy:
    return policy.replace(ignores=policy.ignores if len(policy.ignores) < 3 else ())


def suspicious_of_statements(policy: Policy) -> Policy:
    return policy.replace(vex=policy.vex if len(policy.vex) < 2 else ())


def counting_what_is_suppressed(
    policy: Policy, evidence: Evidence, now: Instant, *, baseline: Baseline | None
) -> Judgement:
    """Judge as if nothing were suppressed, and tell of it as if it were."""
    told = evaluate(policy, evidence, now, baseline=baseline)
    counted = evaluate(policy.replace(ignores=(), vex=()), evidence, now, baseline=baseline)
    findings = tuple(
        msgspec.structs.replace(each, suppression=other.suppression)
        for each, other in zip(counted.findings or (), told.findings or (), strict=True)
    )
    return msgspec.structs.replace(told, rules=counted.rules, findings=findings)


def no_evidence_is_a_pass(
    policy: Policy, evidence: Evidence, now: Instant, *, baseline: Baseline | None
) -> Judgement:
    try:
        return evaluate(policy, evidence, now, baseline=baseline)
    except NoEvidence:
        return Judgement(verdict=Verdict.PASS, rules=(), findings=None)


class Forgetful:
    """Forgets the exceptions after the first look, as one that keeps notes in a policy would."""

    def __init__(self) -> None:
        self._looks = 0

    def __call__(
        self, policy: Policy, evidence: Evidence, now: Instant, *, baseline: Baseline | None
    ) -> Judgement:
        self._looks += 1
        kept = policy.ignores[self._looks % 2 :]
        return evaluate(policy.replace(ignores=kept), evidence, now, baseline=baseline)


def no_score_is_none(policy: Policy) -> Policy:
    """Take a finding without a score for one that nobody exploits."""
    epss = policy.feeds.epss
    known = epss.scores if epss else {}
    unlikely = {**dict.fromkeys(("CVE-2025-1000", "CVE-2025-2000", "GHSA-1"), 0.0), **known}
    other = Epss(file="epss.csv", date=NOW, scores=unlikely)
    return policy.replace(feeds=msgspec.structs.replace(policy.feeds, epss=other))


def one_more(rule: Rule) -> Rule:
    return msgspec.structs.replace(rule, max=rule.max + 1)


def only_warning(rule: Rule) -> Rule:
    return msgspec.structs.replace(rule, warns=True)


def without_overrides(policy: Policy) -> Policy:
    return policy.replace(overrides=())


def only_the_last_override(policy: Policy) -> Policy:
    return policy.replace(overrides=policy.overrides[-1:])


def no_catalog_is_empty(policy: Policy) -> Policy:
    """Take it that nothing is exploited while nobody says so."""
    empty = Kev(file="kev.json", date=NOW, cves=frozenset())
    kev = policy.feeds.kev or empty
    return policy.replace(feeds=msgspec.structs.replace(policy.feeds, kev=kev))

"""Evidence in, rule outcomes out: the decision itself.

All rules are evaluated and the worst outcome wins, so their order does not matter. Evidence that
proves nothing is refused here, whoever gathered it: absence of evidence is never a pass.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from scangate.errors import EvidenceIncomplete, NoEvidence
from scangate.history import check_fresh
from scangate.instant import Instant
from scangate.model import Counts, Evidence, ScanStatus, Severity, Value, Vulnerability
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Policy
from scangate.policy.findings import Found, check_feeds, feed_notices, find
from scangate.policy.rule import Rule, Terms
from scangate.report import WORST_FIRST, Finding, IgnoreOutcome, RuleOutcome, Verdict


class Judgement(Value, frozen=True):
    """The verdict on one piece of evidence, rule by rule.

    `enforced` is False where the policy, or the user, only wants to be warned.
    """

    verdict: Verdict
    rules: tuple[RuleOutcome, ...]
    findings: tuple[Finding, ...] | None
    ignores: tuple[IgnoreOutcome, ...] = ()
    notices: tuple[str, ...] = ()
    gap: str = ""
    enforced: bool = True


def evaluate(
    policy: Policy, evidence: Evidence, now: Instant, *, baseline: Baseline | None = None
) -> Judgement:
    """Judge evidence by a policy.

    Raises NoEvidence when the evidence is not of a READY result, is stale, or does not add up
    (unless the counts alone prove a violation, which then stands; a policy that only warns would
    let it pass, so there it does not); PolicyError when the policy cannot judge this image.
    """
    scan = evidence.scan
    if scan.status is not ScanStatus.READY:
        raise EvidenceIncomplete(f"scan {scan.id} is {scan.status_word or scan.status.value}")
    terms = policy.terms_for(evidence.image.repository)
    check_fresh(scan, max_age=terms.scan.max_age, now=now)
    check_feeds(terms, policy.feeds, now)
    gap = _gap(policy, terms, evidence)
    if gap:
        return _proven_by_counts(policy, terms, evidence, gap=gap)
    rows = evidence.vulnerabilities
    if rows is None:
        counts = _counts(evidence)
        judgement = _judgement(terms, [_count(rule, counts) for rule in terms.rules])
        # Without rows there are no entries either: they would have been asked for
        ignores: tuple[IgnoreOutcome, ...] = ()
        notices: tuple[str, ...] = ()
    else:
        found = find(policy, rows, evidence.image, now=now, baseline=baseline)
        judgement = _judge_findings(terms, found.findings)
        ignores, notices = found.ignores, _told(terms, found, judgement)
    return msgspec.structs.replace(
        judgement, ignores=ignores, notices=(*_notices(terms, evidence), *notices)
    )


def evaluate_all(
    policy: Policy,
    evidence: Sequence[Evidence],
    now: Instant,
    *,
    baseline: Baseline | None = None,
) -> tuple[Evidence, Judgement]:
    """Judge several results of the very same time, and return the worst with its verdict.

    Raises NoEvidence when one of them proves nothing, unless another one is a violation.
    """
    judged: list[tuple[Evidence, Judgement]] = []
    refused: NoEvidence | None = None
    for each in evidence:
        try:
            judged.append((each, evaluate(policy, each, now, baseline=baseline)))
        except NoEvidence as error:
            refused = error
    worst = min(judged, key=lambda pair: WORST_FIRST.index(pair[1].verdict), default=None)
    if worst and (refused is None or worst[1].verdict is Verdict.FAIL):
        return worst
    raise refused or EvidenceIncomplete("there is nothing to judge")


def needs_rows(policy: Policy, terms: Terms) -> bool:
    """Whether judging takes the list of vulnerabilities: for a rule, or for an exception."""
    return terms.needs_rows or policy.suppresses


def _counts(evidence: Evidence) -> Counts:
    """An absent object is no proof of zeros, but rows that were listed prove as much."""
    return evidence.scan.counts or Counts()


def _judge_findings(terms: Terms, findings: Sequence[Finding]) -> Judgement:
    """Let every rule count, and tell each finding by which rules it is counted."""
    open_to_rules = [finding for finding in findings if finding.suppression is None]
    selected = [rule.select.select(open_to_rules) for rule in terms.rules]
    names: dict[int, list[str]] = {}
    for rule, chosen in zip(terms.rules, selected, strict=True):
        for finding in chosen:
            names.setdefault(id(finding), []).append(rule.name)
    told = {
        number: msgspec.structs.replace(finding, rules=tuple(sorted(names[number])))
        for finding in open_to_rules
        if (number := id(finding)) in names
    }
    outcomes = [
        _outcome(rule, len(chosen), tuple(told[id(each)] for each in chosen))
        for rule, chosen in zip(terms.rules, selected, strict=True)
    ]
    listed = tuple(told.get(id(finding), finding) for finding in findings)
    return msgspec.structs.replace(_judgement(terms, outcomes), findings=listed)


def _count(rule: Rule, counts: Counts) -> RuleOutcome:
    return _outcome(rule, rule.select.count(counts), None)


def _outcome(rule: Rule, count: int, findings: tuple[Finding, ...] | None) -> RuleOutcome:
    worse = Verdict.WARN if rule.warns else Verdict.FAIL
    return msgspec.structs.replace(
        unjudged(rule),
        verdict=worse if count > rule.max else Verdict.PASS,
        count=count,
        findings=findings,
    )


def unjudged(rule: Rule) -> RuleOutcome:
    """Return the outcome of a rule that nothing is known about."""
    return RuleOutcome(
        name=rule.name, title=rule.title, max=rule.max, place=rule.place, message=rule.message
    )


def _judgement(terms: Terms, outcomes: Sequence[RuleOutcome]) -> Judgement:
    rules = tuple(outcomes) if terms.enforce else tuple(map(_soften, outcomes))
    verdicts = {Verdict.PASS, *(rule.verdict for rule in rules)}
    worst = next(verdict for verdict in WORST_FIRST if verdict in verdicts)
    return Judgement(verdict=worst, rules=rules, findings=None, enforced=terms.enforce)


def _soften(outcome: RuleOutcome) -> RuleOutcome:
    softer = Verdict.WARN if outcome.verdict is Verdict.FAIL else outcome.verdict
    return msgspec.structs.replace(outcome, verdict=softer)


def _gap(policy: Policy, terms: Terms, evidence: Evidence) -> str:
    """Say what is missing of the evidence, if anything is."""
    scan, rows = evidence.scan, evidence.vulnerabilities
    if evidence.gap:
        return evidence.gap
    if rows is None:
        if scan.counts is None:
            return f"scan {scan.id} tells no counts, and its vulnerabilities were not listed"
        if needs_rows(policy, terms):
            return f"the vulnerabilities of scan {scan.id} could not be listed"
        return ""
    listed = count_rows(rows)
    told = _counts(evidence)
    differences = [
        f"{severity.value}: {listed.of(severity)} listed, {told.of(severity)} counted"
        for severity in Severity
        if listed.of(severity) != told.of(severity)
    ]
    if differences:
        return f"the rows of scan {scan.id} do not add up to its counts ({'; '.join(differences)})"
    return ""


def count_rows(rows: Sequence[Vulnerability]) -> Counts:
    """Count rows by severity, as the service counts them: a row per advisory and package."""
    numbers = Counter(row.severity.value for row in rows)
    return Counts(**numbers)


def _proven_by_counts(policy: Policy, terms: Terms, evidence: Evidence, *, gap: str) -> Judgement:
    """Judge by the counts alone, which prove nothing where a finding may be an accepted one."""
    counts = _counts(evidence)
    outcomes = [
        unjudged(rule) if rule.select.needs_rows else _count(rule, counts) for rule in terms.rules
    ]
    violated = any(each.verdict is Verdict.FAIL for each in outcomes)
    if policy.suppresses or not terms.enforce or not violated:
        raise EvidenceIncomplete(gap, hint="run the gate again; if it stays so, scan again")
    notices = (f"{gap}; the counts alone decide", *_notices(terms, evidence))
    return msgspec.structs.replace(_judgement(terms, outcomes), notices=notices, gap=gap)


def _told(terms: Terms, found: Found, judgement: Judgement) -> tuple[str, ...]:
    return (*feed_notices(terms, judgement.findings or ()), *found.notices)


def _notices(terms: Terms, evidence: Evidence) -> tuple[str, ...]:
    rows = evidence.vulnerabilities or ()
    words = {*evidence.scan.unknown_severities, *(row.severity_word for row in rows)} - {""}
    notices = [
        *(
            f"the rule {name} is not judged: it needs a feed, and none is named"
            for name in terms.unfed
        ),
        *(f"unknown severity {word!r} is treated as critical" for word in sorted(words)),
    ]
    undefined = max(_counts(evidence).undefined, count_rows(rows).undefined)
    if undefined and any(rule.select.severities >= _UNRATED_AS_HIGH for rule in _rated(terms)):
        notices.append(f"{undefined} of undefined severity are counted as high")
    return tuple(notices)


def _rated(terms: Terms) -> Iterator[Rule]:
    """Return the rules that ask how bad a finding is, not only whether it is there."""
    return (rule for rule in terms.rules if rule.select.severities != frozenset(Severity))


_UNRATED_AS_HIGH = {Severity.HIGH, Severity.UNDEFINED}

"""Evidence in, rule outcomes out: the decision itself.

All rules are evaluated and the worst outcome wins, so their order does not matter. Evidence that
proves nothing is refused here, whoever gathered it: absence of evidence is never a pass.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec

from scangate.errors import EvidenceIncomplete, NoEvidence
from scangate.history import check_fresh
from scangate.instant import Instant
from scangate.model import Counts, Evidence, ScanStatus, Severity, Value, Vulnerability
from scangate.policy.effective import Policy, Rule
from scangate.report import WORST_FIRST, RuleOutcome, Verdict


class Judgement(Value, frozen=True):
    """The verdict on one piece of evidence, rule by rule."""

    verdict: Verdict
    rules: tuple[RuleOutcome, ...]
    findings: tuple[Vulnerability, ...] | None
    notices: tuple[str, ...] = ()
    gap: str = ""


def evaluate(policy: Policy, evidence: Evidence, now: Instant) -> Judgement:
    """Judge evidence by a policy.

    Raises NoEvidence when the evidence is not of a READY result, is stale, or does not add up
    (unless the counts alone prove a violation, which then stands; a policy that only warns would
    let it pass, so there it does not).
    """
    scan = evidence.scan
    if scan.status is not ScanStatus.READY:
        raise EvidenceIncomplete(f"scan {scan.id} is {scan.status_word or scan.status.value}")
    check_fresh(scan, max_age=policy.scan.max_age, now=now)
    gap = _gap(policy, evidence)
    if gap:
        return _proven_by_counts(policy, evidence, gap)
    rows = evidence.vulnerabilities
    outcomes = [_judge(rule, rule.select.count(_counts(evidence)), rows) for rule in policy.rules]
    return _judgement(policy, outcomes, rows, _notices(policy, evidence))


def evaluate_all(
    policy: Policy, evidence: Sequence[Evidence], now: Instant
) -> tuple[Evidence, Judgement]:
    """Judge several results of the very same time, and return the worst with its verdict.

    Raises NoEvidence when one of them proves nothing, unless another one is a violation.
    """
    judged: list[tuple[Evidence, Judgement]] = []
    refused: NoEvidence | None = None
    for each in evidence:
        try:
            judged.append((each, evaluate(policy, each, now)))
        except NoEvidence as error:
            refused = error
    worst = min(judged, key=lambda pair: WORST_FIRST.index(pair[1].verdict), default=None)
    if worst and (refused is None or worst[1].verdict is Verdict.FAIL):
        return worst
    raise refused or EvidenceIncomplete("there is nothing to judge")


def _counts(evidence: Evidence) -> Counts:
    """An absent object is no proof of zeros, but rows that were listed prove as much."""
    return evidence.scan.counts or Counts()


def _judge(rule: Rule, count: int, rows: Sequence[Vulnerability] | None) -> RuleOutcome:
    found = None if rows is None else tuple(row for row in rows if rule.select.matches(row))
    number = count if found is None else len(found)
    return RuleOutcome(
        name=rule.name,
        title=rule.title,
        max=rule.max,
        verdict=Verdict.FAIL if number > rule.max else Verdict.PASS,
        count=number,
        findings=found,
        place=rule.place,
    )


def _judgement(
    policy: Policy,
    outcomes: Sequence[RuleOutcome],
    findings: tuple[Vulnerability, ...] | None,
    notices: tuple[str, ...],
) -> Judgement:
    rules = tuple(outcomes) if policy.enforce else tuple(map(_soften, outcomes))
    verdicts = {Verdict.PASS, *(rule.verdict for rule in rules)}
    worst = next(verdict for verdict in WORST_FIRST if verdict in verdicts)
    return Judgement(verdict=worst, rules=rules, findings=findings, notices=notices)


def _soften(outcome: RuleOutcome) -> RuleOutcome:
    softer = Verdict.WARN if outcome.verdict is Verdict.FAIL else outcome.verdict
    return msgspec.structs.replace(outcome, verdict=softer)


def _gap(policy: Policy, evidence: Evidence) -> str:
    """Say what is missing of the evidence, if anything is."""
    scan, rows = evidence.scan, evidence.vulnerabilities
    if evidence.gap:
        return evidence.gap
    if rows is None:
        if scan.counts is None:
            return f"scan {scan.id} tells no counts, and its vulnerabilities were not listed"
        if policy.needs_rows:
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


def _proven_by_counts(policy: Policy, evidence: Evidence, gap: str) -> Judgement:
    counts = _counts(evidence)
    outcomes = [
        unjudged(rule) if rule.select.needs_rows else _judge(rule, rule.select.count(counts), None)
        for rule in policy.rules
    ]
    if not policy.enforce or not any(each.verdict is Verdict.FAIL for each in outcomes):
        raise EvidenceIncomplete(gap, hint="run the gate again; if it stays so, scan again")
    notices = (f"{gap}; the counts alone decide", *_notices(policy, evidence))
    return msgspec.structs.replace(_judgement(policy, outcomes, None, notices), gap=gap)


def unjudged(rule: Rule) -> RuleOutcome:
    """Return the outcome of a rule that nothing is known about."""
    return RuleOutcome(name=rule.name, title=rule.title, max=rule.max, place=rule.place)


def _notices(policy: Policy, evidence: Evidence) -> tuple[str, ...]:
    rows = evidence.vulnerabilities or ()
    words = {*evidence.scan.unknown_severities, *(row.severity_word for row in rows)} - {""}
    notices = [f"unknown severity {word!r} is treated as critical" for word in sorted(words)]
    undefined = max(_counts(evidence).undefined, count_rows(rows).undefined)
    if undefined and any(rule.select.severities == _UNRATED_AS_HIGH for rule in policy.rules):
        notices.append(f"{undefined} of undefined severity are counted as high")
    return tuple(notices)


_UNRATED_AS_HIGH = {Severity.HIGH, Severity.UNDEFINED}

"""What becomes a SARIF result: what the gate counts against an image, and what it leaves out.

A result is a finding that a violated rule counts: an error where the rule fails the image, a
warning where it only warns. Where nothing was listed, the violated rule itself is the result.
Findings within the limits are none. Findings that are exempt are notes with a suppression.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Self

from scangate.model import Place, Value, Vulnerability
from scangate.report import Finding, ImageOutcome, RuleOutcome, Verdict
from scangate.reports.sarif.text import plain
from scangate.reports.wording import BROKEN

_ERROR, _WARNING, _NOTE = "error", "warning", "note"
_WORST_FIRST = {_ERROR: 0, _WARNING: 1, _NOTE: 2}


class Texts(Value, frozen=True):
    """What a finding says of itself, each a harmless and short line or empty."""

    id: str
    package: str
    version: str
    fixed_version: str
    type: str
    severity_word: str

    @classmethod
    def of(cls, row: Vulnerability) -> Self:
        """Clean each text once: that is most of the work of a long report."""
        return cls(
            id=plain(row.id),
            package=plain(row.package),
            version=plain(row.version),
            fixed_version=plain(row.fixed_version),
            type=plain(row.type),
            severity_word=plain(row.severity_word),
        )


class Subject(Value, frozen=True):
    """The image that results are about.

    `name` is harmless, stable over builds and single in the file. `reference` is what was judged,
    by its digest where that is known.
    """

    outcome: ImageOutcome
    name: str
    reference: str
    entries: Mapping[str, Place | None]


class Result(Value, frozen=True):
    """What becomes a result. `finding` is None where a rule is all that is known.

    `rule_id` is the advisory, or what stands in for one. `rules` are the violated ones that count
    it, those that fail first; none where it is exempt.
    """

    subject: Subject
    rule_id: str
    level: str
    finding: Finding | None = None
    texts: Texts | None = None
    rules: tuple[RuleOutcome, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """What it is known by in another build: nothing of a tag, a digest or a version."""
        if self.finding is None:
            return (self.subject.name, self.rule_id)
        row = self.finding.vulnerability
        return (self.subject.name, self.rule_id, row.id, row.package, row.type)


def results_of(outcome: ImageOutcome, name: str) -> Iterator[Result]:
    """Yield what becomes results of an image, in no particular order."""
    subject = _subject(outcome, name)
    violated = [rule for rule in outcome.rules if rule.verdict in BROKEN]
    violated.sort(key=lambda rule: rule.verdict is not Verdict.FAIL)
    for rule in violated:
        if not rule.findings:
            rule_id = f"policy.{name_of(rule)}"
            yield Result(subject=subject, rule_id=rule_id, level=_level((rule,)), rules=(rule,))
    for finding, rules in _counted(violated):
        yield _result(subject, finding, rules)
    for finding in outcome.findings or ():
        if finding.suppression is not None:
            yield _result(subject, finding, ())


def name_of(rule: RuleOutcome) -> str:
    """Return the harmless name of a rule; it is never empty."""
    return plain(rule.name) or "(no name)"


def _subject(outcome: ImageOutcome, name: str) -> Subject:
    pinned = "" if outcome.image is None else outcome.image.pinned
    return Subject(
        outcome=outcome,
        name=name,
        reference=plain(pinned or outcome.reference, most=400) or name,
        entries={each.written: each.place for each in outcome.ignores},
    )


def _result(subject: Subject, finding: Finding, rules: tuple[RuleOutcome, ...]) -> Result:
    texts = Texts.of(finding.vulnerability)
    return Result(
        subject=subject,
        rule_id=texts.id or f"unnamed-{finding.vulnerability.severity.value}",
        level=_level(rules),
        finding=finding,
        texts=texts,
        rules=rules,
    )


def _level(rules: Sequence[RuleOutcome]) -> str:
    """How bad it is to the gate, whatever its severity."""
    if not rules:
        return _NOTE
    return _ERROR if rules[0].verdict is Verdict.FAIL else _WARNING


def worst_first(results: Iterable[Result]) -> tuple[Result, ...]:
    """Sort: what fails, what warns, what is exempt; of each the worst severity first."""
    return tuple(sorted(results, key=_order))


def _counted(violated: Iterable[RuleOutcome]) -> Iterator[tuple[Finding, tuple[RuleOutcome, ...]]]:
    """A finding that several rules count is one; two rows that say the same are two."""
    rules: dict[Finding, tuple[RuleOutcome, ...]] = {}
    rows: Counter[Finding] = Counter()
    for rule in violated:
        here = Counter(rule.findings)
        for finding in here:
            rules[finding] = (*rules.get(finding, ()), rule)
        rows |= here
    for finding in rows.elements():
        yield finding, rules[finding]


def _order(result: Result) -> tuple[object, ...]:
    level = _WORST_FIRST[result.level]
    if result.finding is None:
        return (level, 0)
    return (level, 1, *result.finding.vulnerability.sort_key)

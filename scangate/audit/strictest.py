"""The strictest reading of a policy: as if no finding were accepted, and every rule counted all of
its severities.

It takes nothing but the counts. Whoever is within the limits even so is within them whatever the
rows say, so that they need not be listed.
"""

import msgspec

from scangate.model import Value
from scangate.policy.effective import Policy
from scangate.policy.evaluate import needs_rows
from scangate.policy.rule import Rule, Terms
from scangate.policy.select import Selector
from scangate.report import ImageOutcome, RuleOutcome


class Reading(Value, frozen=True):
    """What judges the images of one repository: by their rows, and at the strictest.

    `needs_rows` is whether the two can differ.
    """

    terms: Terms
    strictest: Policy
    needs_rows: bool


def read(policy: Policy, repository: str) -> Reading:
    """Read a policy for the images of a repository. Raises PolicyError and EvidenceIncomplete."""
    terms = policy.terms_for(repository)
    strict = msgspec.structs.replace(terms, rules=tuple(map(_strict, terms.rules)))
    return Reading(
        terms=terms,
        strictest=policy.replace(terms=strict, overrides=(), ignores=(), vex=()),
        needs_rows=needs_rows(policy, terms),
    )


def uncounted(outcome: ImageOutcome, reading: Reading) -> ImageOutcome:
    """Take back the counts that the strictest reading put too high."""
    if not reading.needs_rows:
        return outcome
    rules = tuple(map(_uncounted, outcome.rules))
    return msgspec.structs.replace(outcome, rules=rules)


def _strict(rule: Rule) -> Rule:
    select = Selector(severities=rule.select.severities)
    return msgspec.structs.replace(rule, select=select)


def _uncounted(rule: RuleOutcome) -> RuleOutcome:
    return msgspec.structs.replace(rule, count=None) if rule.count else rule

"""Rules, and when one makes another superfluous."""

import pytest

from scangate.model import Severity
from scangate.policy.rule import Rule, Terms
from scangate.policy.select import Selector

LOW = Selector(severities=frozenset({Severity.LOW}))
EVERY = Selector(severities=frozenset(Severity))
FIXABLE = Selector(severities=frozenset({Severity.LOW}), fixable=True)


def rule(select: Selector = LOW, *, most: int = 1, warns: bool = False, name: str = "r") -> Rule:
    return Rule(name=name, title="", select=select, max=most, warns=warns)


@pytest.mark.parametrize(
    ("ours", "theirs", "covers"),
    [
        (rule(), rule(), True),
        (rule(name="a"), rule(name="b"), True),
        (rule(most=0), rule(), True),
        (rule(most=2), rule(), False),
        (rule(EVERY), rule(), True),
        (rule(), rule(EVERY), False),
        (rule(), rule(FIXABLE), True),
        (rule(FIXABLE), rule(), False),
        (rule(warns=True), rule(), False),
        (rule(warns=True), rule(warns=True), True),
        (rule(), rule(warns=True), True),
        (rule(EVERY, most=0, warns=True), rule(), False),
    ],
    ids=[
        "itself",
        "of another name",
        "less",
        "more",
        "about more",
        "about less",
        "about more fixes",
        "about fewer fixes",
        "a warning over a failure",
        "a warning over a warning",
        "a failure over a warning",
        "about everything, and only a warning",
    ],
)
def test_covers_what_it_refuses_as_well(ours: Rule, theirs: Rule, covers: bool) -> None:
    assert ours.covers(theirs) is covers


@pytest.mark.parametrize(
    ("terms", "can_fail", "needs_rows"),
    [
        (Terms(rules=()), False, False),
        (Terms(rules=(rule(),)), True, False),
        (Terms(rules=(rule(),), enforce=False), False, False),
        (Terms(rules=(rule(warns=True),)), False, False),
        (Terms(rules=(rule(warns=True), rule(FIXABLE))), True, True),
        (Terms(rules=(rule(FIXABLE, warns=True),), enforce=False), False, True),
    ],
    ids=["nothing", "a rule", "only told", "a warning", "with one of fixes", "told of fixes"],
)
def test_terms(terms: Terms, can_fail: bool, needs_rows: bool) -> None:
    assert (terms.can_fail, terms.needs_rows) == (can_fail, needs_rows)

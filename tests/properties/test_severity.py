"""Promise 3: raising a finding's severity never takes it out of every limit.

Each severity is counted by itself, so a raised finding may well be within the limit of its new
severity. What a policy itself says of the worse severity holds: `none`, or a limit that asks only
for what the finding is not.
"""

import json
from collections.abc import Callable
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scangate.model import RANKED, Severity, Vulnerability
from scangate.policy.effective import Policy
from scangate.policy.load import load_text
from scangate.policy.rule import Rule
from scangate.report import Finding
from tests.properties.worlds import ROWS, limits_of, policies

Case = tuple[dict[str, Any], Vulnerability, Vulnerability]
Load = Callable[[dict[str, Any]], Policy]


@st.composite
def raised(draw: st.DrawFn) -> Case:
    policy = draw(policies())
    row = draw(st.sampled_from([row for row in ROWS if row.severity in RANKED[1:]]))
    worse = draw(st.sampled_from(RANKED[: RANKED.index(row.severity)]))
    return policy, row, msgspec.structs.replace(row, severity=worse)


def sound(policy: dict[str, Any]) -> Policy:
    return load_text(json.dumps(policy).encode(), source="policy.yaml", name="generated")


def with_rules(policy: Policy, rules: tuple[Rule, ...]) -> Policy:
    return policy.replace(terms=msgspec.structs.replace(policy.terms, rules=rules))


def only_what_is_named(policy: dict[str, Any]) -> Policy:
    """Fail to inherit limits."""
    loaded = sound(policy)
    words = policy["thresholds"]
    named = tuple(rule for rule in loaded.terms.rules if rule.name.split("-")[1] in words)
    return with_rules(loaded, named)


def all_but_critical(policy: dict[str, Any]) -> Policy:
    """Fail to inherit by the worst severity alone."""
    loaded = sound(policy)
    kept = tuple(
        rule
        for rule in loaded.terms.rules
        if Severity.CRITICAL not in rule.select.severities or "critical" in policy["thresholds"]
    )
    return with_rules(loaded, kept)


def escapes(case: Case, load: Load) -> bool:
    policy, before, after = case
    limited = [is_limited(row, load(policy)) for row in (before, after)]
    return limited == [True, False] and not says_so(policy["thresholds"], after)


def is_limited(row: Vulnerability, policy: Policy) -> bool:
    finding = Finding(vulnerability=row)
    return any(rule.select.select([finding]) for rule in policy.terms.rules)


def says_so(thresholds: dict[str, Any], row: Vulnerability) -> bool:
    """Whether the limit that holds for the severity leaves the finding out by its fix."""
    limit = limits_of(thresholds)[row.severity]
    return isinstance(limit, dict) and ("fixable" if row.fixable else "unfixable") not in limit


@given(raised())
def test_a_raised_finding_stays_within_some_limit(case: Case) -> None:
    assert not escapes(case, sound)


@pytest.mark.parametrize("faulty", [only_what_is_named, all_but_critical])
def test_a_faulty_core_lets_it_escape(faulty: Load) -> None:
    hypothesis.find(
        raised(),
        lambda case: escapes(case, faulty),
        settings=settings(max_examples=2000, phases=[hypothesis.Phase.generate]),
    )

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
from scangate.policy.load import load
from tests.properties.worlds import ROWS, policies

Case = tuple[dict[str, Any], Vulnerability, Vulnerability]
Load = Callable[[dict[str, Any]], Policy]


@st.composite
def raised(draw: st.DrawFn) -> Case:
    policy = draw(policies())
    row = draw(st.sampled_from([row for row in ROWS if row.severity in RANKED[1:]]))
    worse = draw(st.sampled_from(RANKED[: RANKED.index(row.severity)]))
    return policy, row, msgspec.structs.replace(row, severity=worse)


def sound(policy: dict[str, Any]) -> Policy:
    return load(json.dumps(policy).encode(), source="policy.yaml", name="generated")


def only_what_is_named(policy: dict[str, Any]) -> Policy:
    """Fail to inherit limits."""
    loaded = sound(policy)
    named = tuple(rule for rule in loaded.rules if rule.name.split("-")[1] in policy["thresholds"])
    return msgspec.structs.replace(loaded, rules=named)


def all_but_critical(policy: dict[str, Any]) -> Policy:
    """Fail to inherit by the worst severity alone."""
    loaded = sound(policy)
    kept = tuple(
        rule
        for rule in loaded.rules
        if Severity.CRITICAL not in rule.select.severities or "critical" in policy["thresholds"]
    )
    return msgspec.structs.replace(loaded, rules=kept)


def escapes(case: Case, load: Load) -> bool:
    policy, before, after = case
    rules = load(policy).rules
    limited = [any(rule.select.matches(row) for rule in rules) for row in (before, after)]
    return limited == [True, False] and not says_so(policy["thresholds"], after)


def says_so(thresholds: dict[str, Any], row: Vulnerability) -> bool:
    """Whether the limit that is written for the severity leaves the finding out."""
    not_worse = RANKED[RANKED.index(row.severity) :]
    written = [thresholds[each.value] for each in not_worse if each.value in thresholds][:1]
    return written == ["none"] or (
        bool(written)
        and isinstance(written[0], dict)
        and ("fixable" if row.fixable else "unfixable") not in written[0]
    )


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

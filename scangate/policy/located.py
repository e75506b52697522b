"""A policy's sections and terms with the place of everything, wherever it is written.

Reports point to files of the user's only, so the terms of a policy leave out other places. Who
explains a policy, or looks for mistakes in it, names a git revision or a built-in as well.
"""

from collections.abc import Sequence

import msgspec

from scangate.policy.effective import Override, Policy
from scangate.policy.rule import Terms
from scangate.policy.terms import terms_of
from scangate.policy.written import Written, merge


def located_sections(policy: Policy, overrides: Sequence[Override] = ()) -> Written:
    """Return what is written, by all that the policy extends and by these overrides."""
    sections = policy.sections
    for each in overrides:
        sections = merge(sections, each.sections)
    return _as_local(sections)


def located_terms(policy: Policy, overrides: Sequence[Override] = ()) -> Terms:
    """Return what it comes down to; every rule has its place."""
    return terms_of(located_sections(policy, overrides), feeds=policy.available)


def _as_local(tree: Written) -> Written:
    place = msgspec.structs.replace(tree.place, local=True)
    value = tree.value
    if isinstance(value, dict):
        value = {key: _as_local(each) for key, each in value.items()}
    elif isinstance(value, tuple):
        value = tuple(map(_as_local, value))
    return Written(value, place)

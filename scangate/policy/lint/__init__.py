"""What a policy says that has no effect, or not the one that it seems to have.

None of it is a mistake by which the policy could not be used, so each is a warning. Looked at is
one file; those that it extends are somebody else's. To add a warning, write it where its section
is: `ignores`, `limits`, `rules`, or here.
"""

import datetime as dt
from collections.abc import Iterator

from scangate.documents import Problem
from scangate.policy.effective import Policy
from scangate.policy.layers import Layer
from scangate.policy.lint.ignores import ignore_warnings
from scangate.policy.lint.limits import limit_warnings
from scangate.policy.lint.repositories import scope_warnings
from scangate.policy.lint.rules import rule_warnings
from scangate.policy.located import located_terms
from scangate.policy.shelf import Unreadable


def warnings(layer: Layer, policy: Policy, *, today: dt.date) -> tuple[Problem, ...]:
    """Return what is doubtful in a policy file, in the order of the text.

    `policy` is what was made of it, and of all that it extends. `today` is in UTC.
    """
    found = [
        *_lets_all_pass(layer, policy),
        *limit_warnings(layer, policy),
        *rule_warnings(layer, policy),
        *ignore_warnings(layer, policy, today=today),
        *_patterns_without_files(layer),
        *_scopes(layer),
    ]
    return tuple(sorted(found, key=lambda each: (each.place.line, each.place.column)))


def _lets_all_pass(layer: Layer, policy: Policy) -> Iterator[Problem]:
    """A policy that enforces is refused where it has nothing to check, one that warns is not."""
    alone = [policy.terms, *(located_terms(policy, [each]) for each in policy.overrides)]
    if not any(terms.rules for terms in alone):
        yield layer.problem("there is nothing to check: no limit and no rule", "mode")
    elif layer.file.mode == "warn":
        yield layer.problem("violations are only warned of: none fails a run", "mode")
    for number, override in enumerate(layer.file.overrides):
        if override.mode == "warn":
            what = "violations of these images are only warned of"
            yield layer.problem(what, "overrides", number, "mode")


def _patterns_without_files(layer: Layer) -> Iterator[Problem]:
    for number, pattern in enumerate(layer.file.vex):
        if not _matches_a_file(layer, pattern):
            yield layer.problem(f"no file is {pattern!r}", "vex", number)


def _matches_a_file(layer: Layer, pattern: str) -> bool:
    try:
        return bool(layer.shelf.matching(layer.path, pattern))
    except Unreadable:
        return False


def _scopes(layer: Layer) -> Iterator[Problem]:
    for number, override in enumerate(layer.file.overrides):
        yield from scope_warnings(override.images, layer, ("overrides", number, "images"))

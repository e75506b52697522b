"""Limits that let pass more findings of a severity than of a lesser one.

A severity is counted by itself, so the lesser one's limit does not hold the worse ones back.
"""

import math
from collections.abc import Iterator
from itertools import pairwise

from scangate.documents import Problem
from scangate.documents.nodes import Path
from scangate.model import RANKED
from scangate.policy.effective import Policy
from scangate.policy.layers import Layer
from scangate.policy.located import located_sections
from scangate.policy.written import Written

_ALL = "findings"
_PARTS = {"fixable": "findings with a fix", "unfixable": "findings without a fix"}


def limit_warnings(layer: Layer, policy: Policy) -> Iterator[Problem]:
    """Tell of the limits of one file and of its overrides, beside those of its parents."""
    yield from _upside_down(located_sections(policy), layer, ())
    for override in policy.overrides:
        if override.sections.place.file == layer.name:
            yield from _upside_down(located_sections(policy, [override]), layer, override.path)


def says(layer: Layer, path: Path) -> bool:
    """Whether the file itself, and not only a parent of it, says something there."""
    try:
        layer.tree.at(*path)
    except KeyError:
        return False
    return True


def _upside_down(sections: Written, layer: Layer, path: Path) -> Iterator[Problem]:
    for (worse, more), (lesser, less) in pairwise(_limits(sections)):
        paths = [(*path, "thresholds", name) for name in (worse, lesser)]
        where = next((each for each in paths if says(layer, each)), None)
        what = _excess(more, less)
        if what and where is not None:
            place = f"{less.place.file}:{less.place.line}"
            yield layer.problem(f"{worse} allows {what} of {lesser} ({place})", *where)


def _limits(sections: Written) -> Iterator[tuple[str, Written]]:
    """Return what is written for each severity, the worst one first; `none` is no limit."""
    thresholds = sections.inside("thresholds") or Written({}, sections.place)
    for severity in RANKED:
        limit = thresholds.inside(severity.value)
        if limit is not None and limit.value != "none":
            yield severity.value, limit


def _excess(more: Written, less: Written) -> str:
    """Say what one limit allows beyond the other; empty where it allows nothing beyond it."""
    fewer = _allowed(less)
    for kind, most in _allowed(more).items():
        if most > fewer.get(kind, math.inf):
            amount = "any number of" if most == math.inf else most
            return f"{amount} {kind}, more than the {fewer[kind]}"
    return ""


def _allowed(limit: Written) -> dict[str, float]:
    """Return how many of each kind. A part that is not named has no limit, nor has the whole."""
    if isinstance(limit.value, int):
        return dict.fromkeys((_ALL, *_PARTS.values()), limit.value)
    parts = {kind: _number(limit.inside(part)) for part, kind in _PARTS.items()}
    whole = sum(parts.values())
    return parts if whole == math.inf else {_ALL: whole, **parts}


def _number(part: Written | None) -> float:
    return part.value if part is not None and isinstance(part.value, int) else math.inf

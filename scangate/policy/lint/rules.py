"""Rules and limits that select nothing, or refuse nothing that another one does not refuse."""

import re
from collections.abc import Iterator, Sequence

from msgspec import UNSET

from scangate.documents import Problem
from scangate.documents.nodes import Path
from scangate.feeds.content import CVE
from scangate.policy.effective import Policy
from scangate.policy.layers import Layer
from scangate.policy.lint.limits import says
from scangate.policy.located import located_sections, located_terms
from scangate.policy.rule import Rule
from scangate.policy.schema.rules import Match
from scangate.policy.schema.rules import Rule as RuleSection
from scangate.policy.select import Globs, any_of
from scangate.policy.terms import FEEDS, globs_of
from scangate.policy.written import entries_of

_ORIGINS = ("os", "lang")
"""What the registry's scanner tells; scanners whose reports are read are brought to the same."""

_LITERAL = re.compile(r"[^*?\[]*")
_CVE = re.compile(CVE)
_START = "CVE-"
_FIX_PARTS = ("fixable", "unfixable")


def rule_warnings(layer: Layer, policy: Policy) -> Iterator[Problem]:
    """Tell of the rules and limits of one file; those of its parents may make them needless."""
    for path, rule in _rules(layer):
        yield from _idle_feed_word(rule, layer, path)
        if rule.match is not UNSET:
            yield from _match_warnings(rule.match, layer, (*path, "match"))
    yield from _redundant(layer, policy)


def _rules(layer: Layer) -> Iterator[tuple[Path, RuleSection]]:
    for number, rule in enumerate(layer.file.rules):
        yield ("rules", number), rule
    for place, override in enumerate(layer.file.overrides):
        for number, rule in enumerate(() if override.rules is UNSET else override.rules):
            yield ("overrides", place, "rules", number), rule


def _idle_feed_word(rule: RuleSection, layer: Layer, path: Path) -> Iterator[Problem]:
    """A rule without `match` changes one of a parent, which may ask a feed."""
    if rule.without_feed is UNSET or rule.match is UNSET:
        return
    if all(getattr(rule.match, feed) is UNSET for feed in FEEDS):
        yield layer.problem("has no effect: the rule asks no feed", *path, "without_feed")


def _match_warnings(match: Match, layer: Layer, path: Path) -> Iterator[Problem]:
    if match.origin is not UNSET:
        for where, glob in _each(match.origin, (*path, "origin")):
            if not any(map(any_of((glob,)), _ORIGINS)):
                what = f"{glob!r} matches nothing: an origin is os or lang"
                yield layer.problem(what, *where)
    if match.id is not UNSET:
        yield from _id_warnings(match, match.id, layer, path)


def _id_warnings(match: Match, ids: str | Globs, layer: Layer, path: Path) -> Iterator[Problem]:
    for where, glob in _each(ids, (*path, "id")):
        if glob.upper().startswith(_START) and not glob.startswith(_START):
            yield layer.problem(f"{glob!r} matches nothing: it is written CVE-", *where)
    if any(map(_may_be_cve, globs_of(ids))):
        return
    if match.kev is not UNSET:
        then = "matches nothing" if match.kev else "needs no kev"
        what = f"the KEV catalog knows CVE IDs only, and none of these can be one: the rule {then}"
        yield layer.problem(what, *path, "kev")
    if match.epss is not UNSET:
        what = "only CVE IDs have a score, and what has none is always selected"
        yield layer.problem(f"epss has no effect: {what}", *path, "epss")


def _each(written: str | Globs, path: Path) -> Iterator[tuple[Path, str]]:
    """Return each glob with its path: a single one stands there itself."""
    if isinstance(written, str):
        yield path, written
    else:
        yield from (((*path, number), glob) for number, glob in enumerate(written))


def _may_be_cve(glob: str) -> bool:
    """The feeds do not look at capitals."""
    found = _LITERAL.match(glob.upper())
    literal = found[0] if found else ""
    if len(literal) == len(glob):
        return _CVE.fullmatch(literal) is not None
    return literal.startswith(_START) or _START.startswith(literal)


def _redundant(layer: Layer, policy: Policy) -> Iterator[Problem]:
    """A limit that worse severities take over is needless only if it is so for all of them."""
    rules = located_terms(policy).rules
    by_path: dict[Path, list[tuple[Rule, Rule | None]]] = {}
    for number, rule in enumerate(rules):
        path = _path(rule, layer, policy)
        if path is not None:
            by_path.setdefault(path, []).append((rule, _covering(rules, number, layer)))
    for path, pairs in by_path.items():
        rule, other = pairs[-1]
        if other is not None and all(by for _, by in pairs):
            where = f"{other.place.file}:{other.place.line}" if other.place else ""
            what = f"{rule.name} refuses nothing that {other.name} ({where}) does not refuse, too"
            yield layer.problem(what, *path)


def _covering(rules: Sequence[Rule], number: int, layer: Layer) -> Rule | None:
    """Return another rule that makes it needless; of two alike in one file the first one stays."""
    rule = rules[number]
    for place, other in enumerate(rules):
        if place == number or not other.covers(rule):
            continue
        if place < number or not rule.covers(other) or not _is_of(other, layer):
            return other
    return None


def _is_of(rule: Rule, layer: Layer) -> bool:
    return rule.place is not None and rule.place.file == layer.name


def _path(rule: Rule, layer: Layer, policy: Policy) -> Path | None:
    """Return where the file itself says it; None where only a parent does."""
    if not _is_of(rule, layer):
        return None
    if not rule.limit:
        names = [each.name for each in layer.file.rules]
        return ("rules", names.index(rule.name))
    thresholds = located_sections(policy).at("thresholds")
    source = next(key for key, each in entries_of(thresholds) if each.place == rule.place)
    part = next((part for part in _FIX_PARTS if rule.name.endswith(f"-{part}")), None)
    path: Path = ("thresholds", source) if part is None else ("thresholds", source, part)
    return path if says(layer, path) else None

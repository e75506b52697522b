"""What the sections `thresholds`, `rules`, `scan` and `mode` mean together."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping

import msgspec
from msgspec import UNSET

from scangate.documents import DocumentError, Problem
from scangate.documents.nodes import Path
from scangate.history import ScanSettings
from scangate.instant import parse_duration
from scangate.model import RANKED, Place, Severity
from scangate.policy import schema
from scangate.policy.rule import Rule, Terms
from scangate.policy.schema.limits import Thresholds
from scangate.policy.schema.rules import Match
from scangate.policy.schema.rules import Rule as RuleSection
from scangate.policy.schema.section import Section
from scangate.policy.select import Globs, Selector
from scangate.policy.thresholds import rules_of
from scangate.policy.written import Written, only, places_of, plain_of

KEYS = ("mode", "scan", "thresholds", "rules")
"""The sections that may differ from image to image."""

FEEDS = ("kev", "epss")
"""The feeds that a rule may need."""


class _Sections(Section, frozen=True):
    """The sections of `KEYS`, as `schema.PolicyFile` has them."""

    mode: str = "enforce"
    scan: schema.Scan = schema.Scan()
    thresholds: Thresholds = Thresholds()
    rules: tuple[RuleSection, ...] = ()


def terms_of(tree: Written, *, feeds: Collection[str]) -> Terms:
    """Return the terms that a policy's sections amount to. `feeds` are those that are there.

    Raises DocumentError for what is no mistake of one file alone: a rule that no parent completes
    or that needs a feed, or nothing that could be refused.
    """
    tree = only(tree, KEYS)
    sections = msgspec.convert(plain_of(tree), _Sections)
    places = places_of(tree)
    problems = [*_incomplete(sections.rules, places), *_unfed(sections.rules, feeds, places)]
    if problems:
        raise DocumentError(problems)
    skipped = tuple(rule.name for rule in sections.rules if _needs(rule) - set(feeds))
    local = {path: place for path, place in places.items() if place.local}
    rules = [
        _rule(rule, local.get(("rules", number)))
        for number, rule in enumerate(sections.rules)
        if rule.name not in skipped
    ]
    return Terms(
        rules=(*rules_of(sections.thresholds, local), *rules),
        enforce=sections.mode == "enforce",
        scan=_scan_settings(sections.scan),
        demands=frozenset().union(
            *(_needs(rule) for rule in sections.rules if rule.without_feed != "skip")
        ),
        unfed=skipped,
    )


def refuse_toothless(terms: Terms, place: Place, path: Path = ()) -> None:
    """Raise DocumentError when a policy that should enforce has nothing to enforce."""
    if terms.enforce and not terms.can_fail:
        what = f"the policy cannot fail: {_why(terms)} (to try things out, say `mode: warn`)"
        raise DocumentError([Problem(place, path, what)])


def _why(terms: Terms) -> str:
    if terms.rules:
        return "every rule of it only warns"
    return "its rules are skipped without their feeds" if terms.unfed else "it has no limit"


def _incomplete(rules: tuple[RuleSection, ...], places: Mapping[Path, Place]) -> Iterator[Problem]:
    """A rule is told by its name: its number among those of several files is in none of them."""
    for number, rule in enumerate(rules):
        if rule.match is UNSET:
            what = f"the key 'match' is missing, and no parent has a rule {rule.name!r}"
            yield Problem(places[("rules", number)], ("rules", rule.name), what)


def _unfed(
    rules: tuple[RuleSection, ...], feeds: Collection[str], places: Mapping[Path, Place]
) -> Iterator[Problem]:
    for number, rule in enumerate(rules):
        if rule.without_feed == "skip":
            continue
        for feed in sorted(_needs(rule) - set(feeds)):
            place = places[("rules", number, "match", feed)]
            what = f"no {feed} feed is named; give one under feeds, or with --{feed}"
            yield Problem(place, ("rules", rule.name, "match", feed), what)


def _needs(rule: RuleSection) -> set[str]:
    match = rule.match
    return (
        set() if match is UNSET else {name for name in FEEDS if getattr(match, name) is not UNSET}
    )


def _rule(section: RuleSection, place: Place | None) -> Rule:
    match = section.match if section.match is not UNSET else Match()
    return Rule(
        name=section.name,
        title="",
        select=selector_of(match),
        max=0 if section.max is UNSET else section.max,
        place=place,
        warns=section.action == "warn",
        message=section.message,
    )


def selector_of(match: Match) -> Selector:
    """Return the selection that is written."""
    return Selector(
        severities=_severities(match.severity),
        fixable=_given(match.fixable),
        id=_globs(match.id),
        package=_globs(match.package),
        type=_globs(match.type),
        origin=_globs(match.origin),
        new=_given(match.new),
        known_exploited=_given(match.kev),
        epss=None if match.epss is UNSET else float(match.epss.removeprefix(">=")),
    )


def _given(value: bool | msgspec.UnsetType) -> bool | None:  # noqa: FBT001 - it is the value
    return None if value is UNSET else value


def _globs(value: str | Globs | msgspec.UnsetType) -> Globs | None:
    return None if value is UNSET else globs_of(value)


def globs_of(value: str | Globs) -> Globs:
    """Return one glob or several as several."""
    return (value,) if isinstance(value, str) else value


def _severities(written: str | tuple[str, ...] | msgspec.UnsetType) -> frozenset[Severity]:
    """An unrated finding counts as high where severities are compared."""
    if written is UNSET:
        return frozenset(Severity)
    if not isinstance(written, str):
        return frozenset(map(Severity, written))
    if not written.startswith(">="):
        return frozenset({Severity(written)})
    worse = RANKED[: RANKED.index(Severity(written.removeprefix(">="))) + 1]
    return frozenset({*worse, Severity.UNDEFINED} if Severity.HIGH in worse else worse)


def _scan_settings(scan: schema.Scan) -> ScanSettings:
    return ScanSettings(
        max_age=age_of(scan.max_age),
        use_last_ready_on_failed=scan.on_failed == "use-last-ready",
        use_last_ready_on_running=scan.on_running == "use-last-ready",
    )


def age_of(text: str) -> dt.timedelta | None:
    """Return a largest age, None for `any`."""
    return None if text == "any" else parse_duration(text)

"""A policy in plain words: what holds after everything that it extends, and where that is written.

Values in, lines out. How a line is shown, and how foreign text is made harmless, is the shell's
business.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from scangate.feeds import Epss, FeedError, Kev, check_age, describe
from scangate.instant import Instant
from scangate.model import Place, Severity, Value
from scangate.policy.effective import Ignore, Override, Policy
from scangate.policy.ignores import entries_for
from scangate.policy.located import located_sections, located_terms
from scangate.policy.phrases import (
    age_words,
    expiry_words,
    ignore_words,
    limit_words,
    rule_words,
    severity_of,
)
from scangate.policy.rule import Rule
from scangate.policy.schema import Scan
from scangate.policy.select import any_of
from scangate.policy.written import Written, entries_of


class Line(Value, frozen=True):
    """One line. `depth` is how far it is set in; `where` says where it is written, if anywhere."""

    text: str
    depth: int = 1
    where: str = ""


def explain(policy: Policy, *, repository: str = "", now: Instant) -> tuple[Line, ...]:
    """Tell what holds: for the images of a repository, or where no override matches.

    Raises PolicyError when the overrides for the repository cannot be applied together.
    """
    if repository:
        policy.terms_for(repository)
    matching = [each for each in policy.overrides if any_of(each.images)(repository)]
    applied = matching if repository else []
    return (
        *_identity(policy),
        *_mode(located_sections(policy, applied), repository),
        *_scan(located_sections(policy, applied)),
        *_limits(policy, applied),
        *_rules(policy, applied),
        *_ignores(policy, repository, now.date),
        *_vex(policy),
        *_feeds(policy, now),
        *_overrides(policy, applied, repository),
        *_locks(policy),
    )


def _identity(policy: Policy) -> Iterator[Line]:
    identity = policy.identity
    described = f": {policy.description}" if policy.description else ""
    yield Line(text=f"{identity.name}{described}", depth=0, where=identity.source)
    yield Line(text="read, in this order:", depth=0)
    for each in policy.texts:
        yield Line(text=f"{each.sha256}  {each.name}")
    yield Line(text=f"--policy-sha256 {identity.sha256}", depth=0)


def _mode(sections: Written, repository: str) -> Iterator[Line]:
    if repository:
        yield Line(text=f"for the images of {repository}:", depth=0)
    value, where = _value(sections, "mode", "enforce")
    enforced = "a violation fails the run" if value == "enforce" else "violations only warn"
    yield Line(text=f"mode: {value}, {enforced}", depth=0, where=where)


_FAILED = {
    "fail": "if the newest scan failed, there is no verdict",
    "use-last-ready": "if the newest scan failed, the last one that did not is judged",
}
_RUNNING = {
    "wait": "a scan in progress is waited for",
    "use-last-ready": "a scan in progress is not waited for, the last result is judged",
}


def _scan(sections: Written) -> Iterator[Line]:
    scan = sections.inside("scan") or Written({}, sections.place)
    default = Scan()
    yield Line(text="scan results:", depth=0)
    age, where = _value(scan, "max_age", default.max_age)
    yield Line(text=f"only a READY one, {age_words(age)}", where=where)
    failed, where = _value(scan, "on_failed", default.on_failed)
    yield Line(text=_FAILED[failed], where=where)
    running, where = _value(scan, "on_running", default.on_running)
    yield Line(text=_RUNNING[running], where=where)


def _value(tree: Written, key: str, default: str) -> tuple[str, str]:
    """Return a value and where it is written."""
    found = tree.inside(key)
    return (default, "the default") if found is None else (str(found.value), _where(found.place))


def _where(place: Place | None) -> str:
    return "" if place is None else f"{place.file}:{place.line}"


def _limits(policy: Policy, applied: Sequence[Override]) -> Iterator[Line]:
    limits = [rule for rule in located_terms(policy, applied).rules if rule.limit]
    thresholds = located_sections(policy, applied).inside("thresholds")
    yield Line(text="limits:" if limits else "limits: none", depth=0)
    named = dict(entries_of(thresholds)) if thresholds else {}
    by_place = {each.place: str(key) for key, each in named.items()}
    for rule in limits:
        source = by_place[rule.place] if rule.place else ""
        inherited = "" if source == severity_of(rule) else f", as for {source}"
        yield Line(text=f"{limit_words(rule)}{inherited}", where=_where(rule.place))
    yield from _unlimited(limits, named)


def _unlimited(limits: Sequence[Rule], named: Mapping[str | int, Written]) -> Iterator[Line]:
    """Say which severities have no limit of their own; a total may hold for them."""
    if not limits:
        return
    parts = [rule.select.severities for rule in limits if severity_of(rule) != "total"]
    limited = frozenset[Severity]().union(*parts)
    words = [each.value for each in Severity if each not in limited]
    if Severity.UNDEFINED not in limited:
        why = "of no limit" if "undefined" in named else "counted as high, which has no limit"
        words[-1] = f"unrated ones ({why})"
    if words:
        yield Line(text=f"without a limit of their own: {', '.join(words)}")


def _rules(policy: Policy, applied: Sequence[Override]) -> Iterator[Line]:
    terms = located_terms(policy, applied)
    rules = [rule for rule in terms.rules if not rule.limit]
    yield Line(text="rules:" if rules or terms.unfed else "rules: none", depth=0)
    for rule in rules:
        yield Line(text=rule_words(rule), where=_where(rule.place))
        if rule.message:
            yield Line(text=rule.message, depth=2)
    for name in terms.unfed:
        yield Line(text=f"{name}: left out, since the feed that it asks is not named")


def _ignores(policy: Policy, repository: str, today: dt.date) -> Iterator[Line]:
    yield Line(text="ignored:" if policy.ignores else "ignored: nothing", depth=0)
    for entry in entries_for(policy.ignores, repository=repository, today=today):
        elsewhere = " (not for this image)" if repository and not entry.in_scope else ""
        yield Line(text=f"{ignore_words(entry.ignore)}{elsewhere}", where=entry.ignore.written)
        yield Line(text=expiry_words(entry.ignore, today), depth=2)
        yield Line(text=f"because: {entry.ignore.reason}", depth=2)
        if answers := _answers(entry.ignore):
            yield Line(text=answers, depth=2)


def _answers(entry: Ignore) -> str:
    owner = f"owner: {entry.owner}" if entry.owner else ""
    ticket = f"ticket: {entry.ticket}" if entry.ticket else ""
    return ", ".join(filter(None, (owner, ticket)))


def _vex(policy: Policy) -> Iterator[Line]:
    yield Line(text="VEX documents:" if policy.vex else "VEX documents: none", depth=0)
    for file, statements in groupby(policy.vex, key=lambda each: each.file):
        suppressing = [each.suppresses for each in statements]
        told = f"{len(suppressing)} statements, {sum(suppressing)} of which may suppress a finding"
        yield Line(text=f"{file}: {told}")


def _feeds(policy: Policy, now: Instant) -> Iterator[Line]:
    feeds = [each for each in (policy.feeds.kev, policy.feeds.epss) if each is not None]
    yield Line(text="feeds:" if feeds else "feeds: none", depth=0)
    for feed in feeds:
        yield Line(text=describe(feed))
        if age := _age(feed, policy.feeds.max_age, now):
            yield Line(text=f"NOT USABLE: {age}", depth=2)


def _age(feed: Kev | Epss, max_age: dt.timedelta | None, now: Instant) -> str:
    try:
        check_age(feed, max_age=max_age, now=now)
    except FeedError as error:
        return str(error)
    return ""


def _overrides(policy: Policy, applied: Sequence[Override], repository: str) -> Iterator[Line]:
    yield Line(text="overrides:" if policy.overrides else "overrides: none", depth=0)
    for override in policy.overrides:
        told = "" if not repository else "applies: " if override in applied else "does not apply: "
        yield Line(
            text=f"{told}for {' or '.join(override.images)}",
            where=_where(override.sections.place),
        )
        for text, place in _leaves(override.sections):
            yield Line(text=text, depth=2, where=_where(place))


def _leaves(tree: Written, path: str = "") -> Iterator[tuple[str, Place]]:
    """Tell what an override says, a value each."""
    entries = list(entries_of(tree))
    if not entries:
        yield f"{path.removeprefix('.')}: {tree.value}", tree.place
    for key, each in entries:
        part = f"[{key}]" if isinstance(key, int) else f".{key}"
        yield from _leaves(each, f"{path}{part}")


def _locks(policy: Policy) -> Iterator[Line]:
    parent = policy.parent
    held = parent.locked if parent else frozenset[str]()
    yield Line(text="locks:" if held or policy.locked else "locks: none", depth=0)
    if parent and held:
        yield Line(text=f"held by what it extends: {_words(held)}", where=parent.identity.source)
    if policy.locked:
        yield Line(text=f"for who extends it: {_words(policy.locked)}")


def _words(locked: frozenset[str]) -> str:
    """Any lock holds these, too (`schema.PolicyFile.locked`)."""
    always = {"mode", "scan", "vex", "overrides"}
    return ", ".join(sorted(locked | always))

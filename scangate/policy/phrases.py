"""Limits, rules and exceptions in plain words."""

import datetime as dt
from collections.abc import Iterator

from scangate.instant import write_duration
from scangate.model import Severity
from scangate.policy.effective import Ignore
from scangate.policy.ignores import SOON
from scangate.policy.rule import Rule
from scangate.policy.select import Globs, Selector
from scangate.policy.terms import age_of

_PREFIX = "max-"
_TOTAL = "total"
_UNRATED = "unrated"
_EVERY = frozenset(Severity)
_FIX = {
    (None, True): ", whether or not fixed",
    (None, False): ", whether or not fixed",
    (True, True): " that has a fix",
    (True, False): " that have a fix",
    (False, True): " that has no fix",
    (False, False): " that have no fix",
}
"""By whether a fix is asked for, and whether the noun before it is singular."""


def limit_words(rule: Rule) -> str:
    """Say what a limit of the thresholds allows."""
    word = severity_of(rule)
    if word == _TOTAL:
        return "no finding at all" if rule.max == 0 else f"{_amount(rule.max)} in all"
    noun = _UNRATED if word == Severity.UNDEFINED.value else word
    fix = _FIX[rule.select.fixable, rule.max in (0, 1)]
    unrated = "; an unrated one counts as high" if _counts_unrated(rule) else ""
    return f"{_amount(rule.max, noun)}{fix}{unrated}"


def severity_of(limit: Rule) -> str:
    """Return the severity that a limit is for, or `total`."""
    return limit.name.removeprefix(_PREFIX).partition("-")[0]


def rule_words(rule: Rule) -> str:
    """Say what a rule allows."""
    clauses = " and ".join(_clauses(rule.select))
    warns = " (more only warn)" if rule.warns else ""
    return f"{rule.name}: {_amount(rule.max)}{f' {clauses}' if clauses else ''}{warns}"


def age_words(text: str) -> str:
    """Say which scan results are young enough; `text` as the policy has it."""
    age = age_of(text)
    return "of any age" if age is None else f"at most {write_duration(age)} old"


def ignore_words(entry: Ignore) -> str:
    """Say what an exception is for."""
    package = f" in {entry.package}" if entry.package else ""
    unfixed = ", while there is no fix" if entry.while_unfixed else ""
    scope = f", in {' or '.join(entry.images)}" if entry.images else ""
    return f"{entry.id}{package}{unfixed}{scope}"


def expiry_words(entry: Ignore, today: dt.date) -> str:
    """Say how long an exception lasts."""
    if entry.expires is None:
        return "for ever"
    days = (entry.expires - today).days
    if days < 0:
        return f"EXPIRED: it ended on {entry.expires} and no longer applies"
    left = {0: "its last day is today", 1: "1 day left"}.get(days, f"{days} days left")
    soon = ", expires soon" if entry.expires - today <= SOON else ""
    return f"until {entry.expires}, {left}{soon}"


def _amount(most: int, noun: str = "") -> str:
    findings = f"{noun} finding".strip() if most in (0, 1) else f"{noun} findings".strip()
    return f"no {findings}" if most == 0 else f"at most {most} {findings}"


def _counts_unrated(rule: Rule) -> bool:
    severities = rule.select.severities
    return Severity.UNDEFINED in severities and len(severities) > 1


def _clauses(select: Selector) -> Iterator[str]:
    if select.severities != _EVERY:
        words = [each.value for each in Severity if each in select.severities]
        yield f"of severity {' or '.join(words)}"
    if select.fixable is not None:
        yield "with a fix" if select.fixable else "without a fix"
    yield from _texts(select)
    if select.new is not None:
        yield "that is new" if select.new else "that is not new"
    if select.known_exploited is not None:
        yield "known to be exploited" if select.known_exploited else "not known to be exploited"
    if select.epss is not None:
        yield f"with an EPSS score of at least {select.epss:g}, or none"


def _texts(select: Selector) -> Iterator[str]:
    texts: tuple[tuple[str, Globs | None], ...] = (
        ("with the ID", select.id),
        ("in the package", select.package),
        ("of the type", select.type),
        ("from", select.origin),
    )
    for words, globs in texts:
        if globs is not None:
            yield f"{words} {' or '.join(globs)}"

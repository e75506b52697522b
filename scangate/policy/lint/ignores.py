"""Exceptions that except nothing, or that nobody could defend."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from msgspec import UNSET

from scangate.documents import Problem
from scangate.feeds.content import CVE
from scangate.policy.effective import Ignore, Policy
from scangate.policy.layers import Layer
from scangate.policy.lint.repositories import scope_warnings
from scangate.policy.select import any_of

_CVE = re.compile(CVE)
_LIKE_CVE = re.compile(r"cve|[0-9]{4}-[0-9]{4,}\Z", re.IGNORECASE)
_NUMBERS = re.compile(r"([0-9]{4})[^0-9]?([0-9]{4,19})\Z")
_WILD = re.compile(r"[*?\[]")
_PLACEHOLDER = re.compile(
    r"\W*(?:(?:todo|fixme|tbd|tba|xxx+|wip)\b.*|(?:n/?a|none|null|no reason|reason|placeholder"
    r"|because|ignored?|accepted|unknown|later|te?mp|temporary|test|why|say why.*)?\W*)",
    re.IGNORECASE | re.DOTALL,
)


def ignore_warnings(layer: Layer, policy: Policy, *, today: dt.date) -> Iterator[Problem]:
    """Tell of the entries of one file; those of its parents may cover them."""
    inherited = len(policy.ignores) - len(layer.file.ignore)
    for number, entry in enumerate(policy.ignores[inherited:]):
        yield from _in_itself(entry, number, layer, today)
        by = _covering(policy.ignores, inherited + number)
        if by is not None and not _over(entry, today):
            what = f"the ignore of {entry.id} has no effect: the one at {by.written} covers it"
            yield layer.problem(what, "ignore", number)


def _in_itself(entry: Ignore, number: int, layer: Layer, today: dt.date) -> Iterator[Problem]:
    path = ("ignore", number)
    if _over(entry, today):
        what = f"the ignore of {entry.id} ended on {entry.expires} and no longer applies"
        yield layer.problem(what, *path, "expires")
    if _LIKE_CVE.match(entry.id) and not _CVE.fullmatch(entry.id):
        yield layer.problem(f"{entry.id!r} is no CVE ID{_meant(entry.id)}", *path, "id")
    if _PLACEHOLDER.fullmatch(entry.reason):
        yield layer.problem(f"{entry.reason[:60]!r} is no reason", *path, "reason")
    images = layer.file.ignore[number].images
    if images is not UNSET:
        yield from scope_warnings(images, layer, (*path, "images"))


def _over(entry: Ignore, today: dt.date) -> bool:
    return entry.expires is not None and entry.expires < today


def _meant(text: str) -> str:
    numbers = _NUMBERS.search(text)
    return f"; did you mean CVE-{numbers[1]}-{numbers[2]}?" if numbers else ""


def _covering(entries: Sequence[Ignore], number: int) -> Ignore | None:
    """Return an entry without which nothing would change; of two alike the first one stays."""
    entry = entries[number]
    for place, other in enumerate(entries):
        alike = _covers(entry, other)
        if place != number and _covers(other, entry) and (place < number or not alike):
            return other
    return None


def _covers(one: Ignore, other: Ignore) -> bool:
    """Whether it takes whatever the other one takes, for at least as long."""
    return (
        one.id == other.id
        and _covers_package(one.package, other.package)
        and _covers_images(one, other)
        and (other.while_unfixed or not one.while_unfixed)
        and (one.expires or dt.date.max) >= (other.expires or dt.date.max)
    )


def _covers_package(one: str, other: str) -> bool:
    if one in ("", "*", other):
        return True
    return bool(other) and not _WILD.search(other) and any_of((one,))(other)


def _covers_images(one: Ignore, other: Ignore) -> bool:
    """An entry with a scope is never about an image of which no repository is known."""
    if one.images is None or other.images is None:
        return one.images is None
    return "*" in one.images or set(one.images) >= set(other.images)

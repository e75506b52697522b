"""The parameters of a List call: validation, filter, order and pages.

The rules are those of the List requests in yandex/cloud/containerregistry/v1/*_service.proto:
lengths, page_size 0 to 1000 and 100 without it, a filter `field="value"` on the fields that
the comments name, order_by likewise. What a rule does not allow is INVALID_ARGUMENT.
"""

import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from scangate.emulator.refusals import invalid

T = TypeVar("T")

DEFAULT_PAGE_SIZE = 100
_LONGEST = {"pageToken": 100, "filter": 1000, "orderBy": 100}
_LONGEST_ID = 50
_FILTER = re.compile(r'\s*([a-z_]+)\s*=\s*"([^"]*)"\s*')


# The generic classes have no slots: in Python 3.11 Listing[X](...) fails with them
@dataclass(frozen=True)
class Filter(Generic[T]):
    """A field that a list can be filtered by, and the values that make sense."""

    read: Callable[[T], str]
    accepts: Callable[[str], bool] = lambda value: len(value) <= 256


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[T]):
    """What a List call accepts. `parents` are the parameters that choose what is listed."""

    parents: tuple[str, ...]
    filters: Mapping[str, Filter[T]]
    orders: Mapping[str, Callable[[T], Any]] = field(default_factory=dict)

    def parse(self, query: str) -> "Query[T]":
        """Read a query string; StatusError for whatever the proto does not allow."""
        given = _parameters(query, (*self.parents, "pageSize", *_LONGEST))
        return Query(
            listing=self,
            parents={name: given[name] for name in self.parents if given.get(name)},
            page_size=_page_size(given.get("pageSize", "0")),
            page_token=given.get("pageToken", ""),
            filter=_filter(given.get("filter", ""), self.filters),
            order=_order(given.get("orderBy", ""), self.orders),
        )


@dataclass(frozen=True, kw_only=True)
class Query(Generic[T]):
    """The valid parameters of one List call."""

    listing: Listing[T]
    parents: Mapping[str, str]
    page_size: int
    page_token: str
    filter: tuple[str, str] | None
    order: tuple[str, ...]

    def select(self, items: Iterable[T]) -> list[T]:
        """The items that the filter lets through, in the order that is asked for."""
        chosen = list(items)
        if self.filter is not None:
            name, value = self.filter
            chosen = [item for item in chosen if self.listing.filters[name].read(item) == value]
        for name in reversed(self.order):
            chosen.sort(key=self.listing.orders[name])
        return chosen

    @property
    def fingerprint(self) -> str:
        """All that has to be the same from page to page; the size of a page may change."""
        return repr((self.listing.parents, sorted(self.parents.items()), self.filter, self.order))


@dataclass(slots=True)
class PageTokens:
    """The tokens given out so far. Safe to use from several threads.

    A token says nothing by itself, and holds only for the call, path and parameters that it
    was given for.
    """

    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    _offsets: dict[tuple[str, str], int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cut(self, items: list[T], query: Query[T], *, path: str) -> tuple[list[T], str]:
        """The page that the query asks for, and the token of the next ("" on the last)."""
        scope = f"{path} {query.fingerprint}"
        offset = self._offset(scope, query.page_token)
        end = offset + query.page_size
        return items[offset:end], self._token(scope, end) if end < len(items) else ""

    def _offset(self, scope: str, token: str) -> int:
        if not token:
            return 0
        with self._lock:
            if (scope, token) not in self._offsets:
                raise invalid("page_token: is not a token of this listing")
            return self._offsets[scope, token]

    def _token(self, scope: str, offset: int) -> str:
        digest = hashlib.blake2b(f"{scope} {offset}".encode(), key=self._secret, digest_size=24)
        token = digest.hexdigest()
        with self._lock:
            self._offsets[scope, token] = offset
        return token


def _parameters(query: str, known: tuple[str, ...]) -> Mapping[str, str]:
    given: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            raise invalid(f"{name}: unknown parameter")
        if name in given:
            raise invalid(f"{name}: given twice")
        check_length(name, value, longest=_LONGEST.get(name))
        given[name] = value
    return given


def check_length(name: str, value: str, *, longest: int | None = None) -> None:
    """Raise for a value that is longer than its proto allows; IDs have at most 50 characters."""
    limit = _LONGEST_ID if longest is None else longest
    # repository_name has a pattern instead of a length
    if name != "repositoryName" and len(value) > limit:
        raise invalid(f"{name}: the length must be at most {limit}")


def _page_size(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,4}", text) is None or int(text) > 1000:
        raise invalid("pageSize: must be a whole number from 0 to 1000")
    return int(text) or DEFAULT_PAGE_SIZE


def _filter(text: str, filters: Mapping[str, Filter[T]]) -> tuple[str, str] | None:
    if not text:
        return None
    match = _FILTER.fullmatch(text)
    if match is None:
        raise invalid('filter: expected field="value"')
    if match[1] not in filters:
        raise invalid(f"filter: {match[1]} is not one of {', '.join(filters)}")
    if not filters[match[1]].accepts(match[2]):
        raise invalid(f"filter: {match[2]!r} is no value of {match[1]}")
    return match[1], match[2]


def _order(text: str, orders: Mapping[str, Callable[[T], Any]]) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",")) if text else ()
    for name in names:
        if name not in orders:
            raise invalid(f"orderBy: {name!r} is not one of {', '.join(orders) or 'no fields'}")
    return names

"""What a policy file names beside other policies: VEX documents and feeds."""

import hashlib
from collections.abc import Callable, Iterator
from typing import TypeVar

from msgspec import UNSET

from scangate.documents import DocumentError, Problem
from scangate.feeds import MAX_BYTES as MAX_FEED_BYTES
from scangate.feeds import FeedError, read_epss, read_kev
from scangate.model import Value
from scangate.policy.effective import Feeds, Text
from scangate.policy.layers import Layer
from scangate.policy.shelf import Unreadable
from scangate.policy.terms import FEEDS, age_of
from scangate.vex import MAX_BYTES as MAX_VEX_BYTES
from scangate.vex import Statement, VexError
from scangate.vex import read as read_vex

T = TypeVar("T")


class Supplies(Value, frozen=True):
    """What the documents say, and their digests in reading order."""

    vex: tuple[Statement, ...]
    feeds: Feeds
    texts: tuple[Text, ...]


def supplies_of(layer: Layer, *, under: Feeds, given: Feeds) -> Supplies:
    """Read what a policy file names.

    A feed that is `given` by the user is not read, and one of a parent (`under`) stays unless the
    file names another. Raises DocumentError with every document that cannot be used.
    """
    reader = _Reader(layer)
    vex = tuple(reader.vex())
    feeds = reader.feeds(under, given)
    if reader.problems:
        raise DocumentError(reader.problems)
    return Supplies(vex=vex, feeds=feeds, texts=tuple(reader.texts))


def named_feeds(layer: Layer) -> frozenset[str]:
    """Return which feeds the file names."""
    return frozenset(name for name in FEEDS if getattr(layer.file.feeds, name) is not UNSET)


class _Reader:
    """Reads what one file names, collecting problems."""

    def __init__(self, layer: Layer) -> None:
        self.problems: list[Problem] = []
        self.texts: list[Text] = []
        self._layer = layer

    def vex(self) -> Iterator[Statement]:
        for number, pattern in enumerate(self._layer.file.vex):
            where = ("vex", number)
            for path in self._try(self._matching, pattern, where) or ():
                data = self._data(path, MAX_VEX_BYTES, where)
                yield from self._parsed(read_vex, data, path, where) or ()

    def feeds(self, under: Feeds, given: Feeds) -> Feeds:
        section = self._layer.file.feeds
        kev = given.kev or self._feed("kev", read_kev) or under.kev
        epss = given.epss or self._feed("epss", read_epss) or under.epss
        max_age = under.max_age if section.max_age is UNSET else age_of(section.max_age)
        return Feeds(kev=kev, epss=epss, max_age=max_age)

    def _feed(self, name: str, parse: Callable[..., T]) -> T | None:
        named = getattr(self._layer.file.feeds, name)
        if named is UNSET:
            return None
        where = ("feeds", name)
        path = self._try(self._beside, named, where)
        data = None if path is None else self._data(path, MAX_FEED_BYTES, where)
        return None if path is None else self._parsed(parse, data, path, where)

    def _matching(self, pattern: str) -> tuple[str, ...]:
        return tuple(self._layer.shelf.matching(self._layer.path, pattern))

    def _beside(self, named: str) -> str:
        return self._layer.shelf.beside(self._layer.path, named)

    def _data(self, path: str, limit: int, where: tuple[str | int, ...]) -> bytes | None:
        return self._try(lambda named: self._layer.shelf.read(named, limit=limit), path, where)

    def _parsed(
        self,
        parse: Callable[..., T],
        data: bytes | None,
        path: str,
        where: tuple[str | int, ...],
    ) -> T | None:
        if data is None:
            return None
        name = self._layer.shelf.show(path)
        self.texts.append(Text(name=name, sha256=hashlib.sha256(data).hexdigest()))
        return self._try(lambda file: parse(data, file=file), name, where)

    def _try(self, step: Callable[[str], T], named: str, where: tuple[str | int, ...]) -> T | None:
        try:
            return step(named)
        except (Unreadable, FeedError, VexError) as error:
            self.problems.append(self._layer.problem(str(error), *where))
            return None

"""Lists to their end, and no further."""

from collections.abc import Callable

import msgspec
import pytest

from scangate.errors import BadResponse
from scangate.registries.paging import pages


class Page(msgspec.Struct):
    number: int
    next_page_token: str = ""


def scripted(*tokens: str) -> tuple[Callable[[str], Page], list[str]]:
    """A list whose n-th page tells the n-th token; what it was asked for comes with it."""
    asked: list[str] = []

    def fetch(token: str) -> Page:
        asked.append(token)
        return Page(len(asked), tokens[len(asked) - 1] if len(asked) <= len(tokens) else "")

    return fetch, asked


@pytest.mark.parametrize("tokens", [(), ("a",), ("a", "b", "c"), (" ", "\n", "é", "a b&c")])
def test_every_page_is_asked_for_once(tokens: tuple[str, ...]) -> None:
    fetch, asked = scripted(*tokens)
    assert [page.number for page in pages(fetch)] == list(range(1, len(tokens) + 2))
    assert asked == ["", *tokens]


@pytest.mark.parametrize("tokens", [("a", "a"), ("a", "b", "a"), ("a", "b", "b")])
def test_a_repeated_token_has_no_end(tokens: tuple[str, ...]) -> None:
    fetch, asked = scripted(*tokens)
    with pytest.raises(BadResponse, match="repeats a page token"):
        list(pages(fetch))
    assert len(asked) == len(tokens)


def test_endless_pages_have_an_end() -> None:
    fetch, asked = scripted(*map(str, range(10_001)))
    with pytest.raises(BadResponse, match="more than 10000 pages"):
        list(pages(fetch))
    assert len(asked) == 10_000


def test_a_page_that_nobody_needs_is_not_asked_for() -> None:
    fetch, asked = scripted("a", "b", "c")
    assert next(page.number for page in pages(fetch) if page.number == 2) == 2
    assert asked == ["", "a"]

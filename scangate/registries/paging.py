"""Following a list to its end: page tokens are opaque, and a service may repeat one for ever."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from scangate.errors import BadResponse

PAGE_SIZE = 1000
"""The most that the service gives (yandex/cloud/containerregistry/v1/*_service.proto)."""

_MOST_PAGES = 10_000


class Page(Protocol):
    """What every list answer has."""

    @property
    def next_page_token(self) -> str:
        """The token of the next page, empty on the last one."""


P = TypeVar("P", bound=Page)


def pages(fetch: Callable[[str], P]) -> Iterator[P]:
    """Yield the pages that `fetch` returns for a page token, the empty one first.

    Raises BadResponse when a token comes twice, or there is no end.
    """
    token = ""
    seen = {token}
    for _ in range(_MOST_PAGES):
        page = fetch(token)
        yield page
        token = page.next_page_token
        if not token:
            return
        if token in seen:
            raise BadResponse("the service repeats a page token; the list has no end")
        seen.add(token)
    raise BadResponse(f"a list has more than {_MOST_PAGES} pages")

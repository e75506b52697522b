"""What a credential source is given, and what it gives."""

import re
import threading
from collections.abc import Callable, Mapping
from typing import BinaryIO

import msgspec

from scangate.errors import ScangateError, Unauthenticated
from scangate.instant import Instant
from scangate.secret import Secret

_TOKEN = re.compile(r"[\x21-\x7e]+")


class Given(msgspec.Struct, frozen=True):
    """Everything that sources may look at."""

    environment: Mapping[str, str]
    token_file: str | None
    stdin: BinaryIO


class Found(msgspec.Struct, frozen=True):
    """A token and where it is from. `source` is told to users, the token never.

    `expires` is None when it is not known. `again` gets another token from the same source; it
    is None for a token that was given as it is.
    """

    source: str
    token: Secret
    expires: Instant | None = None
    again: "Callable[[], Found] | None" = None


def secret_of(text: str, *, source: str) -> Secret:
    """Return a token that can stand in a header. Raises Unauthenticated, without telling it."""
    token = text.strip()
    if not token:
        raise Unauthenticated(f"{source} is empty")
    secret = Secret(token)
    if not _TOKEN.fullmatch(token):
        raise Unauthenticated(f"{source} does not hold a token: it has blanks or odd characters")
    return secret


class LazyTokens:
    """Tokens of a source that is looked for once, by whichever image needs one first."""

    def __init__(self, find: Callable[[], Found], *, log: Callable[[str], None]) -> None:
        self._find = find
        self._log = log
        self._lock = threading.Lock()
        self._found: Found | None = None
        self._error: ScangateError | None = None

    def token(self) -> Secret:
        """Return the token. Raises what the search raised, for every image alike."""
        with self._lock:
            if self._error is not None:
                raise self._error
            if self._found is None:
                self._found = self._search()
            return self._found.token

    def renew(self) -> bool:
        """A token that was given has no successor."""
        return False

    def _search(self) -> Found:
        try:
            found = self._find()
        except ScangateError as error:
            self._error = error
            raise
        self._log(f"credentials: {found.source}")
        return found

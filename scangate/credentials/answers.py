"""What services that issue tokens answer: their tokens, and what their refusals mean here."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Annotated, TypeVar

import msgspec

from scangate.credentials.source import Given, token_of
from scangate.errors import BadResponse, Refused, ScanTimeout, Unauthenticated, Unavailable
from scangate.instant import Instant
from scangate.secret import Secret, redact
from scangate.transport import InvalidRequest, NotFound

T = TypeVar("T")

_LONGEST = 10**9


class Issued(msgspec.Struct, frozen=True):
    """The token of an OAuth endpoint (RFC 6749, 5.1), which the metadata service answers too.

    `expires_in` are seconds.
    """

    access_token: str
    expires_in: Annotated[float, msgspec.Meta(ge=0, le=_LONGEST)] | None = None

    def expires(self, given: Given) -> Instant | None:
        """Return when the token runs out, None when that was not told."""
        if self.expires_in is None:
            return None
        return given.clock.now().plus(dt.timedelta(seconds=self.expires_in))


@contextlib.contextmanager
def asking(source: str, *, hint: str) -> Iterator[None]:
    """Tell the errors of a request for a token as errors of its source.

    A service that refuses will refuse again, whatever status it chose for that; a service that
    is silent or in trouble may not.
    """
    try:
        yield
    except (Refused, InvalidRequest, NotFound) as error:
        raise Unauthenticated(_told(source, error.message), hint=hint) from error
    except ScanTimeout as error:
        raise Unavailable(_told(source, "there was no token in time")) from error
    except Unavailable as error:
        raise type(error)(_told(source, error.message), hint=error.hint) from error


def read_answer(answer: bytes, kind: type[T], *, source: str) -> T:
    """Return the answer as that type. Raises BadResponse."""
    try:
        # proto3 JSON and OAuth servers write numbers as strings, too
        return msgspec.json.decode(answer, type=kind, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        what = _told(source, f"the answer cannot be read: {error}")
        raise BadResponse(what) from error


def issued_token(text: str, *, source: str) -> Secret:
    """Return a token that a service issued. Raises BadResponse, without telling it."""
    try:
        return token_of(text)
    except ValueError as error:
        raise BadResponse(f"{source}: the answer holds no token: {error}") from error


def _told(source: str, what: str) -> str:
    return redact(f"{source}: {what}")

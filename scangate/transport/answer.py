"""What an HTTP answer means: a body, or an error that says what, about which thing, what next.

Errors of the service are google.rpc.Status as JSON; a proxy in front of it may answer anything
(a plain text, a page of HTML), so nothing of a body is taken for granted.
"""

import email.utils
import re
from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from scangate.errors import BadResponse, PermissionDenied, Unauthenticated, Unavailable
from scangate.instant import Instant
from scangate.model import Value
from scangate.secret import redact

_UNPRINTABLE = re.compile(r"[^\x21-\x7e]+")
_LONGEST_URL = 500


class NotFound(BadResponse):
    """The service says that there is no such thing. What that means, the caller knows."""


class InvalidRequest(BadResponse):
    """The service says that the request is invalid."""


class Answer(Value, frozen=True):
    """One answer of a server. Header names are compared without case."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ids(self) -> str:
        """The IDs by which the service's support finds the request."""
        names = {"request-id": "x-request-id", "trace-id": "x-server-trace-id"}
        names |= {
            "client-request-id": "x-client-request-id",
            "client-trace-id": "x-client-trace-id",
        }
        given = ((word, _one_word(self.headers.get(name, ""))) for word, name in names.items())
        return ", ".join(f"{word} {value}" for word, value in given if value)

    def date(self) -> Instant | None:
        """Return the server's own time, None when it did not tell one that can be read."""
        return read_date(self.headers.get("Date", ""))


def read_date(text: str) -> Instant | None:
    """Read a date as HTTP headers have it (RFC 9110, 5.6.7); None when it cannot be read."""
    try:
        return Instant.of(email.utils.parsedate_to_datetime(text))
    except (ValueError, TypeError, OverflowError):
        return None


def _one_word(text: str) -> str:
    """A header may be folded over several lines, and hold what a terminal obeys."""
    return redact(_UNPRINTABLE.sub("", text[:1000]))[:100]


class _Status(msgspec.Struct):
    """google.rpc.Status; its details are for machines."""

    message: str = ""
    code: int = 0


class _OAuthError(msgspec.Struct):
    """How an exchange of tokens refuses (RFC 6749, 5.2)."""

    error: str
    error_description: str = ""


def body_of(answer: Answer) -> bytes:
    """Return the JSON text of a good answer. Raises a ScangateError for every other one."""
    if answer.status == HTTPStatus.OK:
        _refuse_foreign_type(answer)
        return answer.body
    raise error_of(answer)


def error_of(
    answer: Answer,
) -> Unauthenticated | PermissionDenied | Unavailable:
    """Return the error that a bad answer means."""
    said = _said(answer)
    what = f"{_where(answer)} answered {answer.status}{said}{_in_brackets(answer.ids)}"
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return Unauthenticated(what, hint="the token is invalid or has expired; get a new one")
    if answer.status == HTTPStatus.FORBIDDEN:
        return PermissionDenied(what)
    if answer.status == HTTPStatus.NOT_FOUND and (not answer.body or _status(answer)):
        return NotFound(what)
    if answer.status == HTTPStatus.BAD_REQUEST and _status(answer):
        return InvalidRequest(what)
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        return BadResponse(f"{what}; redirects are not followed: the token stays with its host")
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _TRY_AGAIN:
        return Unavailable(what, hint="the service is in trouble or overloaded; try again later")
    return BadResponse(what)


_TRY_AGAIN = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)


def _refuse_foreign_type(answer: Answer) -> None:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise BadResponse(
            f"{_where(answer)} answered {redact(kind)[:80]}, not JSON{_in_brackets(answer.ids)}",
            hint="is something between this machine and the service, a proxy or a login page?",
        )


def _status(answer: Answer) -> _Status | None:
    try:
        return msgspec.json.decode(answer.body, type=_Status)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _said(answer: Answer) -> str:
    """What the service says, without what it may repeat of the request."""
    status = _status(answer)
    message = status.message if status else ""
    said = " ".join(redact(message or _oauth_error(answer)).split())[:500]
    return f": {said}" if said else ""


def _oauth_error(answer: Answer) -> str:
    try:
        refusal = msgspec.json.decode(answer.body, type=_OAuthError)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    return f"{refusal.error} {refusal.error_description}"


def _where(answer: Answer) -> str:
    """A page token is the service's own text, of any length."""
    return f"{answer.method} {redact(answer.url)[:_LONGEST_URL]}"


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""

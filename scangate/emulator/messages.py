"""HTTP as the emulator sees it: a request that came, the reply that goes, and what is logged.

Values only; the socket is in `server`, and what a request means is in `api`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `number` and `connection` count from 1 in the order of arrival."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""
    number: int = 1
    connection: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One well-formed answer. Content-Length is added when it is written, unless given."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def closes(self) -> bool:
        """Whether the connection ends with this answer."""
        pairs = {(name.lower(), value.lower()) for name, value in self.headers.items()}
        return ("connection", "close") in pairs

    def encode(self, *, without_body: bool = False) -> bytes:
        """The bytes on the wire; to HEAD the answer is the same without its body."""
        names = {name.lower() for name in self.headers}
        headers = dict(self.headers)
        if "content-length" not in names:
            headers["Content-Length"] = str(len(self.body))
        lines = [f"HTTP/1.1 {self.status} {_phrase(self.status)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + (
            b"" if without_body else self.body
        )


def _phrase(status: int) -> str:
    # 499 and other numbers that are no registered status are sent, too
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


class Ending(Enum):
    """What becomes of the connection after raw bytes."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that go to the socket as they are, piece by piece as the iterable gives them.

    A generator that waits between its pieces makes a slow answer; no pieces and RESET make a
    connection that dies without one.
    """

    pieces: Iterable[bytes] = ()
    ending: Ending = Ending.CLOSE


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request to which a fault may answer. `usual()` is the answer without the fault.

    Calling `usual` has the effects of the request, such as starting a scan, once.
    """

    request: Request
    usual: Callable[[], Reply]


Faults = Callable[[Arrival], Reply | Raw | None]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that was answered; status is None where a fault sent raw bytes."""

    request: Request
    status: int | None

    @property
    def method(self) -> str:
        """The request's method."""
        return self.request.method

    @property
    def path(self) -> str:
        """The request's path, without the query."""
        return self.request.path

    @property
    def connection(self) -> int:
        """The number of the connection it came on."""
        return self.request.connection

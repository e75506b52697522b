"""Reading a response within limits: of size, of time, and with what it promised to be."""

from collections.abc import Iterator

import requests
import urllib3

from scangate.errors import BadResponse, Unavailable
from scangate.wait import Clock

_CHUNK = 1 << 16


def read_body(response: requests.Response, *, clock: Clock, until: float, max_bytes: int) -> bytes:
    """Return the decoded body.

    Raises BadResponse when it is too large, Unavailable when it breaks off or is not over at
    `until` (monotonic seconds): a server that sends a byte a second never lets a read time out.
    """
    _refuse_foreign_encoding(response)
    chunks: list[bytes] = []
    size = 0
    for chunk in _chunks(response):
        size += len(chunk)
        if size > max_bytes:
            raise BadResponse(f"{response.url} answered with more than {max_bytes} bytes")
        if clock.monotonic() > until:
            raise Unavailable(f"{response.url} did not finish its answer in time")
        chunks.append(chunk)
    return b"".join(chunks)


def _refuse_foreign_encoding(response: requests.Response) -> None:
    """Only gzip was offered; a chain of encodings multiplies what a small body can become."""
    encoding = response.headers.get("Content-Encoding", "").lower()
    if encoding not in ("", "identity", "gzip"):
        raise BadResponse(f"{response.url} sent a body in an encoding that was not asked for")


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """Yield what has arrived, as soon as it has; small chunks keep a gzip bomb small too."""
    try:
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            yield chunk
    except urllib3.exceptions.DecodeError as error:
        raise BadResponse(f"{response.url} sent a body that cannot be decoded") from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Unavailable(
            f"the answer of {response.url} broke off: {type(error).__name__}"
        ) from error

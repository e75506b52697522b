"""Reading a response within limits: of size, of time, and with what it promised to be."""

from collections.abc import Iterator

import requests
import urllib3

from scangate.errors import BadResponse, Unavailable
from scangate.wait import Clock

MAX_BYTES = 64 << 20
"""No honest answer comes near it: a page holds at most 1,000 rows."""

_CHUNK = 1 << 16


def read_body(response: requests.Response, *, clock: Clock, until: float) -> bytes:
    """Return the decoded body.

    Raises BadResponse when it is too large, Unavailable when it breaks off or is not over at
    `until` (monotonic seconds): a server that sends a byte a second never lets a read time out.
    """
    chunks: list[bytes] = []
    size = 0
    for chunk in _chunks(response):
        size += len(chunk)
        if size > MAX_BYTES:
            raise BadResponse(f"{response.url} answered with more than {MAX_BYTES} bytes")
        if clock.monotonic() > until:
            raise Unavailable(f"{response.url} did not finish its answer in time")
        chunks.append(chunk)
    return b"".join(chunks)


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

"""Bodies: whole, within their limits, and with bounded memory."""

import gzip
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from scangate.cli.clock import SystemClock
from scangate.emulator import Raw, Reply
from scangate.errors import BadResponse, Unavailable
from scangate.transport import Limits
from scangate.transport.limits import PATIENT

from .serving import JSON, Answer, Asking, good, serving, slept

MEBIBYTE = 1 << 20
GZIP = {**JSON, "Content-Encoding": "gzip"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def chunked(*chunks: bytes) -> Raw:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
    return Raw([HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + body])


@pytest.mark.parametrize(
    "answer",
    [
        good(b'{"a": 1}'),
        Reply(headers=GZIP, body=gzip.compress(b'{"a": 1}')),
        Reply(headers={**GZIP, "Content-Encoding": "GZIP"}, body=gzip.compress(b'{"a": 1}')),
        Reply(headers={**JSON, "Content-Encoding": "identity"}, body=b'{"a": 1}'),
        chunked(b'{"a"', b": ", b"1}"),
        Raw([HEAD + b'\r\n{"a": 1}']),
    ],
    ids=["plain", "gzip", "GZIP", "identity", "chunked", "until the connection closes"],
)
def test_how_a_body_may_come(answer: Answer) -> None:
    with serving(answer) as server:
        assert Asking().get(server.url) == b'{"a": 1}'


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({**JSON, "Content-Encoding": "gzip"}, b"not gzip"),
        (GZIP, gzip.compress(b"{}")[:-12] + b"x" * 12),
        ({**JSON, "Content-Encoding": "deflate"}, zlib.compress(b"{}")),
        ({**JSON, "Content-Encoding": "br"}, b"\x0b\x00\x80{}\x03"),
        ({**JSON, "Content-Encoding": "zstd"}, b"{}"),
        ({**JSON, "Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(b"{}"))),
    ],
    ids=["not gzip", "broken gzip", "deflate", "br", "zstd", "twice gzip"],
)
def test_what_cannot_be_decoded_is_refused(headers: dict[str, str], body: bytes) -> None:
    answer = Reply(headers=headers, body=body)
    with serving(answer) as server, pytest.raises(BadResponse):
        Asking().get(server.url)
    assert len(server.requests) == 1


def zeros(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [packer.compress(bytes(MEBIBYTE)) for _ in range(mebibytes)]
    return b"".join(pieces) + packer.flush()


def endless() -> Raw:
    def pieces() -> Iterator[bytes]:
        yield HEAD + b"\r\n"
        while True:
            yield bytes(MEBIBYTE)

    return Raw(pieces())


@pytest.mark.parametrize(
    "answer",
    [Reply(headers=GZIP, body=zeros(200)), endless, lambda: good(bytes(9 * MEBIBYTE))],
    ids=["gzip bomb", "endless", "a little too large"],
)
def test_a_body_that_is_too_large_is_refused_in_bounded_memory(answer: Answer) -> None:
    limit = 8 * MEBIBYTE
    with serving(answer) as server:
        tracemalloc.start()
        with pytest.raises(BadResponse, match=f"more than {limit} bytes"):
            Asking(limits=Limits(body=limit)).get(server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 5 * limit
    assert len(server.requests) == 1


def test_the_limit_that_users_get() -> None:
    bomb = Reply(headers=GZIP, body=zeros(100))
    with serving(bomb) as server:
        tracemalloc.start()
        with pytest.raises(BadResponse, match="more than 67108864 bytes"):
            Asking(limits=PATIENT).get(server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 130 * MEBIBYTE


def test_a_body_of_exactly_the_limit_is_read() -> None:
    with serving(good(b'"' + b"x" * 998 + b'"')) as server:
        assert len(Asking(limits=Limits(body=1000)).get(server.url)) == 1000


def dripping(head: bytes, piece: bytes, *, pause: float) -> Raw:
    """Bytes that come too slowly to be of use, and often enough for a read not to time out."""

    def pieces() -> Iterator[bytes]:
        yield head
        for _ in range(500):
            time.sleep(pause)
            yield piece

    return Raw(pieces())


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (HEAD + b"Content-Length: 900\r\n\r\n", b" "),
        (HEAD + b"\r\n", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (HEAD.replace(b"200 OK", b"302 Found") + b"Location: /\r\n\r\n", b" "),
        (HEAD.replace(b"200 OK", b"500 Oops") + b"\r\n", b" "),
    ],
    ids=["length", "until the end", "chunked", "redirect", "error"],
)
def test_a_byte_a_second_does_not_last_longer_than_a_request_may(head: bytes, piece: bytes) -> None:
    limits = Limits(read=0.2, request=0.15, attempts=1)
    asking = Asking(clock=SystemClock(), limits=limits)
    began = time.monotonic()
    with serving(lambda: dripping(head, piece, pause=0.02)) as server:
        with pytest.raises(Unavailable, match="did not finish its answer in time"):
            asking.get(server.url)
        assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 70_000,
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 9999 OK\r\n\r\n",
        b"HTTP/1.1 000 OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"\n" * 1000,
    ],
    ids=lambda head: repr(head[:60]),
)
def test_what_is_hardly_http_is_an_answer_or_none(head: bytes) -> None:
    """No exception but ours, and no hang; an empty body is refused by whoever decodes it."""
    asking = Asking(limits=Limits(read=0.2, attempts=2))
    with serving(Raw([head])) as server:
        try:
            assert asking.get(server.url) in (b"", b"{}")
        except Unavailable:
            assert len(server.requests) <= 2
    assert slept(asking) <= 0.5

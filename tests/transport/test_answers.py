"""What a status means: the table, and what is told with it."""

import pytest

from scangate import __version__
from scangate.emulator import Raw, Reply
from scangate.errors import (
    BadResponse,
    PermissionDenied,
    ScangateError,
    Unauthenticated,
    Unavailable,
)
from scangate.transport import InvalidRequest, NotFound

from .serving import JSON, PATH, Asking, bad, good, sent, serving

HTML = {"Content-Type": "text/html"}


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(bad(400, "no such filter"), InvalidRequest, id="400 of the service"),
        pytest.param(
            Reply(status=400, headers=HTML, body=b"<p>"), BadResponse, id="400 of a proxy"
        ),
        pytest.param(bad(401, "expired"), Unauthenticated, id="401"),
        pytest.param(bad(403, "no role"), PermissionDenied, id="403"),
        pytest.param(Reply(status=403, headers=HTML), PermissionDenied, id="403 of a proxy"),
        pytest.param(bad(404, "gone"), NotFound, id="404 of the service"),
        pytest.param(bad(404), NotFound, id="404 without a body"),
        pytest.param(
            Reply(status=404, headers=HTML, body=b"<p>"), BadResponse, id="404 of a proxy"
        ),
        pytest.param(bad(405, "no"), BadResponse, id="405"),
        pytest.param(bad(408), Unavailable, id="408"),
        pytest.param(bad(409, "aborted"), Unavailable, id="409"),
        pytest.param(bad(412), BadResponse, id="412"),
        pytest.param(bad(429, "slow down"), Unavailable, id="429"),
        pytest.param(bad(499, "cancelled"), BadResponse, id="499"),
        *(
            pytest.param(bad(n), Unavailable, id=str(n))
            for n in (500, 501, 502, 503, 504, 599, 700)
        ),
        *(
            pytest.param(bad(n, Location="/x"), BadResponse, id=str(n))
            for n in (300, 301, 302, 303, 304, 307, 308)
        ),
        *(pytest.param(Reply(status=n, headers=JSON), BadResponse, id=str(n)) for n in (201, 206)),
    ],
)
def test_every_status_but_200_is_an_error(reply: Reply, expected: type[ScangateError]) -> None:
    asking = Asking(seconds=0)
    with serving(reply) as server, pytest.raises(ScangateError) as caught:
        asking.get(server.url + PATH)
    assert caught.type is expected
    assert caught.value.code in (4, 5)
    assert f"GET {server.url}{PATH} answered {reply.status}" in caught.value.message


def test_a_good_answer_is_its_body() -> None:
    with serving(good(b'{"a": 1}')) as server:
        assert Asking().get(server.url + PATH) == b'{"a": 1}'


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "a/b+json", ""],
)
def test_what_counts_as_json(kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    with serving(Reply(headers=headers, body=b"{}")) as server:
        assert Asking().get(server.url) == b"{}"


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "text/json", "application/jsonp", "x"])
def test_another_content_type_is_foreign(kind: str) -> None:
    reply = Reply(headers={"Content-Type": kind}, body=b'{"scanResults": []}')
    with serving(reply) as server, pytest.raises(BadResponse, match="not JSON") as caught:
        Asking().get(server.url)
    assert "proxy or a login page" in caught.value.hint


def test_the_ids_of_a_request_are_sent_and_told_in_its_error() -> None:
    asking = Asking()
    answer = bad(403, "Permission denied", x_request_id="r-1", x_server_trace_id="t-1")
    with serving(answer) as server, pytest.raises(PermissionDenied) as caught:
        asking.get(server.url)
    [request_id], [trace_id] = (
        sent(server, "x-client-request-id"),
        sent(server, "x-client-trace-id"),
    )
    assert f"request-id r-1, trace-id t-1, client-request-id {request_id}" in caught.value.message
    assert f"client-trace-id {trace_id}" in caught.value.message
    assert "answered 403: Permission denied (" in caught.value.message
    assert str(request_id) in asking.lines[0]


def test_each_attempt_has_its_request_id_and_the_run_has_one_trace_id() -> None:
    with serving(bad(503), good()) as server:
        transport = Asking().transport()
        transport.get(server.url)
        transport.get(server.url)
    assert len(set(sent(server, "x-client-request-id"))) == 3
    assert len(set(sent(server, "x-client-trace-id"))) == 1


def test_who_asks_and_for_what() -> None:
    with serving(good()) as server:
        Asking().transport().get(server.url + PATH, {"imageId": "a b&c/ü", "pageSize": 10})
    assert sent(server, "user-agent") == [f"scangate/{__version__}"]
    assert sent(server, "accept") == ["application/json"]
    assert sent(server, "accept-encoding") == ["gzip"]
    assert sent(server, "cache-control") == ["no-cache"]
    assert server.requests[0].request.query == "imageId=a%20b%26c%2F%C3%BC&pageSize=10"


@pytest.mark.parametrize(
    "value",
    [b"a\r\n ::error::b", b"a\x1b[31mb", b"a\x00b", b"\xe2\x80\xaeab", b"x" * 5000],
    ids=["folded", "colour", "nul", "bidi", "long"],
)
def test_the_ids_of_a_hostile_server_are_one_short_word(value: bytes) -> None:
    raw = b"HTTP/1.1 400 X\r\nx-request-id: " + value + b"\r\nContent-Length: 0\r\n\r\n"
    with serving(Raw([raw])) as server, pytest.raises(BadResponse) as caught:
        Asking().get(server.url)
    message = caught.value.message
    assert message.isprintable()
    assert len(message) < 600


def test_a_message_is_one_line_of_bounded_length() -> None:
    answer = bad(403, "a\n::error::b " + "x" * 5000)
    with serving(answer) as server, pytest.raises(PermissionDenied) as caught:
        Asking().get(server.url)
    assert "403: a ::error::b x" in caught.value.message
    assert len(caught.value.message) < 1200


def test_a_long_address_is_not_told_whole() -> None:
    with serving(bad(400, "no")) as server, pytest.raises(InvalidRequest) as caught:
        Asking().transport().get(server.url, {"pageToken": "x" * 20_000})
    assert len(caught.value.message) < 1200


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b'{"code": "x"}',
        b'{"message": 1}',
        b"\xff",
        b"{",
        b"[" * 100_000,
        b"9" * 9999,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_an_error_without_a_readable_body_is_still_an_error(body: bytes) -> None:
    answer = Reply(status=404, headers=JSON, body=body)
    with serving(answer) as server, pytest.raises(BadResponse) as caught:
        Asking().get(server.url)
    assert caught.type is BadResponse

"""Which failures are tried again, how often, and after how long."""

import datetime as dt
import email.utils
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.emulator import Ending, Raw, Reply
from scangate.errors import BadResponse, ScangateError, Unavailable
from scangate.instant import Instant
from scangate.transport.answer import read_date
from scangate.transport.limits import PATIENT
from scangate.transport.retry import RETRIED, backoff, retry_after
from tests.fakes import NOW

from .serving import Answer, Asking, bad, good, sent, serving, slept

TRUNCATED = Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"])
BROKEN: dict[str, Answer] = {
    "reset": Raw(ending=Ending.RESET),
    "closed": Raw(),
    "not http": Raw([b"SSH-2.0-x\r\n"]),
    "reset after the headers": Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"], Ending.RESET),
    "truncated": TRUNCATED,
    "truncated chunks": Raw([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}"]),
    "no chunks": Raw([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]),
    "no last chunk": Raw([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"]),
    **{str(status): bad(status, "no") for status in sorted(RETRIED)},
}
FINAL = (400, 401, 403, 404, 405, 409, 412, 499, 501, 505, 302)


@pytest.mark.parametrize("failure", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_passes_by_is_tried_again(method: str, failure: Answer) -> None:
    asking = Asking()
    with serving(failure, failure, good(b'{"a": 1}')) as server:
        assert getattr(asking, method)(server.url) == b'{"a": 1}'
    assert len(server.requests) == 3
    assert slept(asking) == 0.5 + 1.0


@pytest.mark.parametrize("failure", BROKEN.values(), ids=BROKEN)
def test_what_does_not_pass_by_ends_after_six_attempts(failure: Answer) -> None:
    asking = Asking()
    with serving(failure) as server, pytest.raises(Unavailable) as caught:
        asking.get(server.url)
    assert not isinstance(caught.value, BadResponse)
    assert len(server.requests) == 6
    assert slept(asking) == 0.5 + 1 + 2 + 4 + 8


@pytest.mark.parametrize("status", FINAL)
def test_what_will_be_the_same_again_is_not_tried_again(status: int) -> None:
    asking = Asking()
    with serving(bad(status, "no"), good()) as server, pytest.raises(ScangateError):
        asking.get(server.url)
    assert (len(server.requests), slept(asking)) == (1, 0)


def test_a_refused_connection_is_tried_again() -> None:
    with serving(good()) as server:
        url = server.url
    asking = Asking()
    with pytest.raises(Unavailable, match=r"failed: ConnectionRefusedError.*refused") as caught:
        asking.get(url)
    assert "HTTPS_PROXY" in caught.value.hint
    assert len(asking.lines) == 5


def test_a_repeated_post_is_the_same_post() -> None:
    with serving(Raw(ending=Ending.RESET), bad(503), good()) as server:
        Asking().post(server.url)
    assert sent(server, "idempotency-key") == ["the-key"] * 3
    assert {exchange.request.body for exchange in server.requests} == {b'{"imageId": "x"}'}
    assert sent(server, "content-type") == ["application/json"] * 3


def test_looking_once_does_not_try_again() -> None:
    asking = Asking(seconds=0)
    with serving(bad(503), good()) as server, pytest.raises(Unavailable):
        asking.get(server.url)
    assert (len(server.requests), slept(asking)) == (1, 0)


def test_the_log_tells_why_and_how_long() -> None:
    asking = Asking()
    with serving(bad(503, "overloaded"), good()) as server:
        asking.get(server.url)
    assert "answered 503: overloaded" in asking.lines[1]
    assert asking.lines[1].endswith("; trying again in 0.5s")


@pytest.mark.parametrize(
    ("attempt", "bound"), [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (6, 16), (7, 16), (99, 16)]
)
def test_the_jitter_is_full(attempt: int, bound: float) -> None:
    assert backoff(attempt, dice=lambda: 0.0, limits=PATIENT) == 0
    assert backoff(attempt, dice=lambda: 1.0, limits=PATIENT) == bound
    dice = random.Random(1).random
    thrown = [backoff(attempt, dice=dice, limits=PATIENT) for _ in range(200)]
    assert min(thrown) < bound / 10
    assert max(thrown) > bound * 0.9


def http_date(**later: float) -> str:
    moment = dt.datetime.fromisoformat(str(NOW)) + dt.timedelta(**later)
    return email.utils.format_datetime(moment, usegmt=True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        ("0007", 7),
        ("999999999", 999999999),
        (http_date(seconds=90), 90),
        (http_date(hours=-1), 0),
        *(
            (garbage, 0)
            for garbage in (
                *("-1", "+5", "1.5", "1e3", "7s", "7, 9", "soon", "٧", "²", "9" * 5000, ","),
                *("Mon, 99 Foo 2026", "Mon, 01 Jan 2026 00:00:00 +99999999999999999999"),
                *("Mon, 01 Jan 99999999999 00:00:00 GMT", "Mon, 01 Jan 2026 00:00:00 -0000"),
            )
        ),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_retry_after(value: str | None, seconds: float) -> None:
    assert retry_after(value, now=NOW) == seconds


@given(st.text(st.characters(max_codepoint=255), max_size=60), st.data())
def test_whatever_a_header_holds_is_a_date_or_none(text: str, data: st.DataObject) -> None:
    words = st.sampled_from(
        ["Mon,", "01", "Jan", "2026", "00:00:00", "GMT", "+0100", "-", "9" * 30]
    )
    joined = " ".join(data.draw(st.lists(words | st.just(text), max_size=8)))
    for value in (text, joined):
        moment = read_date(value)
        assert moment is None or isinstance(moment, Instant)
        assert retry_after(value, now=NOW) >= 0


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_the_least_to_wait(status: int) -> None:
    asking = Asking()
    with serving(bad(status, Retry_After="7"), good()) as server:
        asking.get(server.url)
    assert slept(asking) == 7


def test_retry_after_does_not_shorten_the_pause() -> None:
    asking = Asking()
    with serving(*(bad(429, Retry_After="1"),) * 4, good()) as server:
        asking.get(server.url)
    assert slept(asking) == 1 + 1 + 2 + 4


@pytest.mark.parametrize("value", ["86400", http_date(days=1)], ids=["seconds", "date"])
def test_retry_after_is_capped_by_the_budget(value: str) -> None:
    asking = Asking(seconds=100)
    with serving(bad(429, Retry_After=value), good(b'{"a": 1}')) as server:
        assert asking.get(server.url) == b'{"a": 1}'
    assert slept(asking) == 98, "two seconds are kept for the last look"


def test_retry_after_of_a_good_answer_means_nothing() -> None:
    asking = Asking()
    with serving(Reply(headers={"Retry-After": "60"}, body=b"{}")) as server:
        asking.get(server.url)
    assert slept(asking) == 0


@pytest.mark.parametrize("proxy", ["http://user:pw@", "http://user:pw@:80"])
def test_a_proxy_without_a_host(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    asking = Asking()
    with pytest.raises(Unavailable, match="the proxy's address has no host") as caught:
        asking.get("https://registry.test")
    assert "HTTPS_PROXY" in caught.value.hint
    assert "pw" not in caught.value.message
    assert slept(asking) == 0

"""Where the token goes: to the host that it is meant for, and nowhere else."""

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scangate.emulator import Ending, Raw, Reply
from scangate.errors import BadResponse, Unauthenticated, Unavailable

from .serving import TOKEN, Answer, Asking, Tokens, bad, good, sent, serving, slept


def test_the_token_is_sent() -> None:
    with serving(good()) as server:
        Asking().get(server.url)
    assert sent(server, "authorization") == [f"Bearer {TOKEN}"]


def test_without_tokens_none_is_sent_and_the_caller_may_send_its_own() -> None:
    with serving(good()) as server:
        transport = Asking(tokens=None).transport()
        transport.get(server.url)
        transport.get(server.url, headers={"Authorization": "Bearer own"})
    assert sent(server, "authorization") == [None, "Bearer own"]


def test_a_refused_token_is_renewed_once() -> None:
    tokens = Tokens(["old", "new", "newer"])
    asking = Asking(tokens=tokens)
    with serving(bad(401), good(b'{"a": 1}')) as server:
        assert asking.get(server.url) == b'{"a": 1}'
    assert sent(server, "authorization") == ["Bearer old", "Bearer new"]
    assert (tokens.renewals, slept(asking)) == (1, 0)


def test_a_token_that_is_refused_twice_is_not_renewed_twice() -> None:
    tokens = Tokens(["old", "new", "newer"])
    with serving(bad(401, "expired")) as server, pytest.raises(Unauthenticated) as caught:
        Asking(tokens=tokens).get(server.url)
    assert "get a new one" in caught.value.hint
    assert (tokens.renewals, len(server.requests)) == (1, 2)


def test_each_request_may_renew() -> None:
    tokens = Tokens(["first", "second", "third"])
    with serving(bad(401), good(), bad(401), good()) as server:
        transport = Asking(tokens=tokens).transport()
        transport.get(server.url)
        transport.get(server.url)
    assert tokens.renewals == 2


@pytest.mark.parametrize("tokens", [Tokens(), None], ids=["no successor", "no tokens"])
def test_without_a_successor_a_401_is_final(tokens: Tokens | None) -> None:
    with serving(bad(401), good()) as server, pytest.raises(Unauthenticated):
        Asking(tokens=tokens).get(server.url)
    assert len(server.requests) == 1


def test_a_renewal_keeps_the_idempotency_key() -> None:
    with serving(bad(401), bad(503), good()) as server:
        Asking(tokens=Tokens(["old", "new"])).post(server.url)
    assert sent(server, "idempotency-key") == ["the-key"] * 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_redirect_is_not_followed(status: int, method: str) -> None:
    with serving(good()) as other:
        answer = bad(status, Location=f"{other.url}/elsewhere")
        with serving(answer) as server, pytest.raises(BadResponse, match="not followed"):
            getattr(Asking(), method)(server.url)
    assert (len(server.requests), other.requests) == (1, ())


HEAD = b"HTTP/1.1 302 Found\r\nContent-Length: 4000000000\r\nLocation: "


def endless(head: bytes) -> Raw:
    def pieces() -> Iterator[bytes]:
        yield head + b"https://x/\r\n\r\n"
        for _ in range(1000):
            yield b"x" * (1 << 20)

    return Raw(pieces())


@pytest.mark.parametrize(
    "answer",
    [
        Raw([b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: https://[bad\r\n\r\n"]),
        Raw([b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: \xff\xfe\r\n\r\n"]),
        Raw([b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://a:b/\r\n\r\n"]),
        lambda: endless(HEAD),
    ],
    ids=["an address that is none", "no text", "no port", "a body of gigabytes"],
)
def test_where_a_redirect_leads_is_not_even_looked_at(answer: Answer) -> None:
    with serving(answer) as server, pytest.raises(BadResponse):
        Asking().get(server.url)
    assert len(server.requests) == 1


def test_a_cookie_is_not_sent_back() -> None:
    cookies = bad(503, Set_Cookie="a=b; Path=/; Max-Age=9999")
    with serving(cookies, bad(503, Set_Cookie="c=d"), good()) as server:
        transport = Asking().transport()
        transport.get(server.url)
        transport.get(server.url)
    assert sent(server, "cookie") == [None] * 4


def test_netrc_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login user password of-the-netrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    answers = (good(), bad(302, Location="/x"), good())
    with serving(*answers) as server:
        Asking().get(server.url)
        with pytest.raises(BadResponse):
            Asking().get(server.url)
        Asking(tokens=None).get(server.url)
    assert sent(server, "authorization") == [f"Bearer {TOKEN}", f"Bearer {TOKEN}", None]


class Proxy(socketserver.TCPServer):
    """Notes what it is asked, and refuses it."""

    allow_reuse_address = True

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Refusal)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Refusal(socketserver.StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        heard = b""
        while not heard.endswith(b"\r\n\r\n") and (line := self.rfile.readline()):
            heard += line
        self.server.heard.append(heard)
        self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_https_goes_through_its_proxy(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, f"http://user:pass-of-proxy@{proxy.address}")
    asking = Asking()
    with pytest.raises(Unavailable, match="502") as caught:
        asking.get("https://container-registry.api.example/x")
    assert proxy.heard[0].startswith(b"CONNECT container-registry.api.example:443 HTTP/1.")
    said = repr((caught.value.message, asking.lines))
    assert TOKEN.encode() not in b"".join(proxy.heard)
    assert "pass-of-proxy" not in said


def test_no_proxy_is_honoured(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(Unavailable):
        Asking(seconds=0).get("https://127.0.0.1:9/")
    assert proxy.heard == []


@pytest.mark.parametrize("scheme", ["http", "HTTP", "hTTp"])
def test_plain_http_never_leaves_this_machine(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{proxy.address}")
    with serving(good()) as server:
        Asking().get(server.url.replace("http", scheme, 1))
    assert (proxy.heard, len(server.requests)) == ([], 1)


@pytest.mark.parametrize(
    "address",
    ["http://user:pass-of-proxy@[bad", "socks5://user:pass-of-proxy@127.0.0.1:9", "http://:9"],
)
def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    asking = Asking()
    with pytest.raises(Unavailable) as caught:
        asking.get("https://container-registry.api.example/x")
    assert "pass-of-proxy" not in repr((caught.value.message, asking.lines))
    assert slept(asking) == 0


def test_connections_are_kept_also_after_an_error() -> None:
    answers = (good(), bad(403, "no"), bad(302, Location="/x"), bad(503), good())
    with serving(*answers) as server:
        transport = Asking().transport()
        transport.get(server.url)
        for _ in range(2):
            with pytest.raises(Exception, match="answered"):
                transport.get(server.url)
        transport.get(server.url)
    assert {exchange.connection for exchange in server.requests} == {1}


def test_a_connection_that_was_dropped_is_opened_again() -> None:
    closes = Reply(headers={"Connection": "close"}, body=b"{}")
    with serving(closes, Raw([good().encode()], Ending.CLOSE), good()) as server:
        transport = Asking().transport()
        for _ in range(3):
            assert transport.get(server.url) == b"{}"
    assert [exchange.connection for exchange in server.requests] == [1, 2, 3]

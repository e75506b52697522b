"""The connection that is opened early: taken over once, while it is good, and trusted no more."""

import socket
from collections.abc import Iterator

import pytest

from scangate import early
from scangate.errors import Unavailable
from tests.transport.authority import Authority
from tests.transport.serving import Asking, good, serving


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def test_a_connection_is_taken_once(listener: socket.socket) -> None:
    early.begin(f"https://127.0.0.1:{port_of(listener)}/anything")
    taken = early.take("127.0.0.1", port_of(listener))

    assert taken is not None
    with taken, listener.accept()[0] as accepted:
        assert taken.getsockname() == accepted.getpeername()
    assert early.take("127.0.0.1", port_of(listener)) is None


def test_nothing_is_sent(listener: socket.socket) -> None:
    early.begin(f"https://127.0.0.1:{port_of(listener)}")
    taken = early.take("127.0.0.1", port_of(listener))

    assert taken is not None
    accepted = listener.accept()[0]
    taken.close()
    with accepted:
        assert accepted.recv(1) == b""


def test_where_nobody_listens_there_is_none(listener: socket.socket) -> None:
    port = port_of(listener)
    listener.close()
    early.begin(f"https://127.0.0.1:{port}")
    assert early.take("127.0.0.1", port) is None


def test_a_name_that_cannot_be_is_passed_over() -> None:
    early.begin(f"https://{'x' * 64}.example")
    assert early.take(f"{'x' * 64}.example", 443) is None


def test_plain_http_is_not_connected_to(listener: socket.socket) -> None:
    early.begin(f"http://127.0.0.1:{port_of(listener)}")
    assert early.take("127.0.0.1", port_of(listener)) is None


def test_past_a_proxy_nothing_is_connected_to(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    early.begin(f"https://127.0.0.1:{port_of(listener)}")
    assert early.take("127.0.0.1", port_of(listener)) is None


def test_an_old_connection_is_not_used(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early, "_FRESH", 0.0)
    early.begin(f"https://127.0.0.1:{port_of(listener)}")
    assert early.take("127.0.0.1", port_of(listener)) is None
    with listener.accept()[0] as accepted:
        assert accepted.recv(1) == b""


def test_a_connection_that_the_server_closed_is_not_used(listener: socket.socket) -> None:
    early.begin(f"https://127.0.0.1:{port_of(listener)}")
    listener.accept()[0].close()
    assert early.take("127.0.0.1", port_of(listener)) is None


def test_the_transport_takes_it_over(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_positional: object, **_named: object) -> None:
        raise ConnectionRefusedError("there is one already")

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    monkeypatch.setattr("urllib3.util.connection.create_connection", refuse)
    with authority.serve(serving(good(b'{"a": 1}'))) as url:
        early.begin(url)
        assert Asking().get(url) == b'{"a": 1}'


def test_the_transport_opens_its_own_where_there_is_no_good_one(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    monkeypatch.setattr(early, "_FRESH", 0.0)
    with authority.serve(serving(good(b'{"a": 1}'))) as url:
        early.begin(url)
        assert Asking().get(url) == b'{"a": 1}'


@pytest.mark.parametrize(
    ("host", "days", "trusted", "reason"),
    [
        pytest.param("127.0.0.1", 1, False, "unable to get local issuer", id="unknown authority"),
        pytest.param("127.0.0.2", 1, True, "127.0.0.1", id="another host's certificate"),
        pytest.param("127.0.0.1", -1, True, "expired", id="expired"),
    ],
)
def test_who_is_not_trusted_gets_nothing_on_it(
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    days: int,
    trusted: bool,
    reason: str,
) -> None:
    if trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    server = serving(good())
    with authority.serve(server, host=host, days=days) as url:
        early.begin(url)
        with pytest.raises(Unavailable, match=reason):
            Asking().get(url)
    assert server.requests == ()

"""Whom the transport trusts: the authorities of the machine, or of REQUESTS_CA_BUNDLE."""

from pathlib import Path

import pytest

from scangate.emulator import Raw
from scangate.errors import Unavailable

from .authority import Authority
from .serving import Asking, good, serving, slept


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_private_authority_is_trusted_when_told(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    with authority.serve(serving(good(b'{"a": 1}'))) as url:
        assert Asking().get(url) == b'{"a": 1}'


@pytest.mark.parametrize(
    ("host", "days", "trusted", "reason"),
    [
        pytest.param("127.0.0.1", 1, False, "unable to get local issuer", id="unknown authority"),
        pytest.param("127.0.0.2", 1, True, "127.0.0.1", id="another host's certificate"),
        pytest.param("127.0.0.1", -1, True, "expired", id="expired"),
    ],
)
def test_who_is_not_trusted_gets_no_token_and_no_second_chance(
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    days: int,
    trusted: bool,
    reason: str,
) -> None:
    if trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    asking = Asking()
    server = serving(good())
    front = authority.serve(server, host=host, days=days)
    with front as url, pytest.raises(Unavailable, match=reason) as caught:
        asking.get(url)
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint
    assert (server.requests, slept(asking)) == ((), 0)


def test_a_bundle_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "absent.pem"))
    asking = Asking()
    with pytest.raises(Unavailable, match=r"absent\.pem") as caught:
        asking.get("https://127.0.0.1:9/")
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint
    assert slept(asking) == 0


def test_a_handshake_that_breaks_off_is_tried_again() -> None:
    asking = Asking()
    with serving(Raw()) as server, pytest.raises(Unavailable) as caught:
        asking.get(server.url.replace("http://", "https://"))
    assert "check the network" in caught.value.hint
    assert slept(asking) > 0


@pytest.mark.parametrize("url", ["https://[bad", "https://h:99999", "ftp://h", "https://a..b", "x"])
def test_an_address_that_is_none_is_not_tried_again(url: str) -> None:
    asking = Asking()
    with pytest.raises(Unavailable):
        asking.get(url)
    assert slept(asking) == 0

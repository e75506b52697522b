"""The metadata service of a machine in the cloud, and of machines elsewhere."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from scangate.emulator import Raw, Reply
from scangate.errors import Unauthenticated, Unavailable

from .desk import IDENTITIES, JSON, LONG, SHORT, at, desk, issued, refusal
from .keys import ACCOUNT

PATH = "/computeMetadata/v1/instance/service-accounts/default/token"


def test_the_token_of_the_machine() -> None:
    with desk() as here:
        found = here.find({})
        assert issued(found).account == ACCOUNT
        assert here.asked == [f"GET {PATH}"]
        (exchange,) = here.emulator.requests
    assert found.source == "the metadata service at 127.0.0.1"
    assert str(found.expires) == "2026-11-22T22:00:00Z"
    assert exchange.request.headers["metadata-flavor"] == "Google"
    assert "authorization" not in exchange.request.headers


def test_it_is_asked_again_for_another_token() -> None:
    with desk() as here:
        found = here.find({})
        assert found.again is not None
        assert found.again().token != found.token


def test_never_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with desk() as here:
        assert issued(here.find({})).account == ACCOUNT


def test_no_service_account() -> None:
    with desk(replace(IDENTITIES, machine=None)) as here:
        error = here.fails({})
    assert error.message.startswith("no other credentials are given, and the metadata service has")
    assert "answered 404" in error.message
    assert error.hint.startswith("set YC_IAM_TOKEN, or --token-file; ")
    assert "attach a service account" in error.hint


ELSEWHERE: dict[str, Reply] = {
    "asks for a session first": Reply(status=401),
    "asks for another header": Reply(status=400, body=b"Bad request"),
    "does not know the path": Reply(
        status=404, body=b"<html>", headers={"Content-Type": "text/html"}
    ),
    "a page": Reply(body=b"<html>", headers={"Content-Type": "text/html"}),
    "a text": Reply(body=b"hello", headers=JSON),
    "no token": refusal(200, expires_in=5),
    "an empty token": refusal(200, access_token=""),
    "google's": refusal(200, access_token="ya29.token-for-google", expires_in=3599),
}


@pytest.mark.parametrize("reply", ELSEWHERE.values(), ids=ELSEWHERE)
def test_the_service_of_another_cloud(reply: Reply) -> None:
    """Trying again does not help there, and a token for someone else is not sent here."""
    with desk(faults=at(PATH, reply)) as here:
        error = here.fails({}, secrets=["ya29.token-for-google"], kind=Unauthenticated)
    assert error.hint.startswith("set YC_IAM_TOKEN, or --token-file; ")


def test_trouble() -> None:
    with desk(faults=at(PATH, refusal(500))) as here:
        here.fails({}, kind=Unavailable)
        assert here.clock.elapsed <= LONG.metadata


def test_a_service_that_dies() -> None:
    with desk(faults=at(PATH, Raw())) as here:
        here.fails({}, kind=Unavailable)


@contextmanager
def silent() -> Iterator[str]:
    """An address that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_a_service_that_hangs() -> None:
    with desk(limits=SHORT) as here, silent() as address:
        error = here.fails({"YC_METADATA_ADDR": address}, kind=Unavailable)
    assert "did not answer in time" in error.message


def test_nobody_at_the_address_that_is_given() -> None:
    with desk() as here:
        error = here.fails({"YC_METADATA_ADDR": "127.0.0.1:1"}, kind=Unavailable)
    assert error.message == (
        "the metadata service cannot be reached at 127.0.0.1:1, which YC_METADATA_ADDR names"
    )
    assert error.hint.startswith("set YC_IAM_TOKEN, or --token-file; ")


def test_nobody_at_the_usual_address(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(address: tuple[str, int], timeout: float) -> socket.socket:
        asked.append((*address, timeout))
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with desk() as here:
        error = here.fails({"YC_METADATA_ADDR": ""})
        assert here.asked == []
    assert error.message == "there are no credentials"
    assert asked == [("169.254.169.254", 80, LONG.probe)]


@pytest.mark.parametrize(
    "address",
    ["host:port", ":80", "http://host:80", "host:99999", "a/b:80", "host:" + "9" * 5000],
    ids=lambda address: address[:20],
)
def test_an_address_that_is_none(address: str) -> None:
    with desk() as here:
        error = here.fails({"YC_METADATA_ADDR": address})
    assert error.message == "YC_METADATA_ADDR is not of the form host or host:port"

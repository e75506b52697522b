"""Faults on purpose: any answer, any bytes, any end of a connection."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from scangate.emulator import Arrival, Code, Ending, Faults, Raw, Reply, StatusError

from .client import HEADERS, PATH, SCANS, Client, served


def nth(number: int, answer: Reply | Raw) -> Faults:
    """The answer to the request of that number alone."""

    def faults(arrival: Arrival) -> Reply | Raw | None:
        return answer if arrival.request.number == number else None

    return faults


def test_a_fault_replaces_the_answer_of_the_nth_request() -> None:
    fault = Reply(status=503, headers={"Retry-After": "7"}, body=b"<html>")
    with served(nth(2, fault)) as emulator, closing(Client(emulator)) as client:
        answers = [client.ask() for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 503, 200]
    assert (answers[1].headers["retry-after"], answers[1].body) == ("7", b"<html>")
    assert [exchange.status for exchange in emulator.requests] == [200, 503, 200]
    assert {exchange.connection for exchange in emulator.requests} == {1}


def test_a_fault_may_raise_a_status() -> None:
    def faults(arrival: Arrival) -> None:
        raise StatusError(Code.RESOURCE_EXHAUSTED, "slow down")

    with served(faults) as emulator, closing(Client(emulator)) as client:
        answer = client.ask()
    assert (answer.status, json.loads(answer.body)["code"]) == (429, 8)


def test_a_fault_may_change_the_usual_answer() -> None:
    def faults(arrival: Arrival) -> Reply:
        usual = arrival.usual()
        return replace(usual, body=usual.body.replace(b"img", b"other"))

    with served(faults) as emulator, closing(Client(emulator)) as client:
        assert json.loads(client.ask().body)["id"] == "other"


def test_an_answer_may_be_lost_after_the_scan_was_started() -> None:
    def faults(arrival: Arrival) -> Raw | None:
        if arrival.request.number > 1:
            return None
        arrival.usual()
        return Raw(ending=Ending.RESET)

    with served(faults) as emulator:
        with closing(Client(emulator)) as client, pytest.raises(ConnectionResetError):
            client.scan()
        with closing(Client(emulator)) as client:
            assert client.scan().status == 200
    assert len(emulator.scans_started) == 1
    assert [exchange.status for exchange in emulator.requests] == [None, 200]


def truncated(arrival: Arrival) -> Raw:
    return Raw([arrival.usual().encode()[:-10]])


def raw(*pieces: bytes) -> Callable[[Arrival], Raw]:
    return lambda arrival: Raw(pieces)


def slow(gate: threading.Event) -> Callable[[Arrival], Raw]:
    def pieces(data: bytes) -> Iterator[bytes]:
        yield data[:20]
        gate.wait(10)
        yield data[20:]

    return lambda arrival: Raw(pieces(arrival.usual().encode()), Ending.KEEP)


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        (truncated, http.client.IncompleteRead),
        (raw(), http.client.RemoteDisconnected),
        (raw(b"SSH-2.0-x\r\n"), http.client.BadStatusLine),
        (lambda arrival: Raw(ending=Ending.RESET), ConnectionResetError),
    ],
    ids=["truncated", "closed", "not http", "reset"],
)
def test_broken_answers(faults: Faults, error: type[Exception]) -> None:
    with (
        served(faults) as emulator,
        closing(Client(emulator)) as client,
        pytest.raises(error) as caught,
    ):
        client.ask()
    # Exactly: a connection that is closed is a kind of ConnectionResetError to http.client
    assert caught.type is error
    assert emulator.requests[0].status is None


def test_asking_twice_for_the_usual_answer_has_its_effects_once() -> None:
    def faults(arrival: Arrival) -> None:
        assert arrival.usual() is arrival.usual()

    with served(faults) as emulator, closing(Client(emulator)) as client:
        client.ask(SCANS, method="POST", body=b'{"imageId": "img"}')
    assert len(emulator.scans_started) == 1


def test_a_slow_answer_keeps_its_connection() -> None:
    gate = threading.Event()
    with served(slow(gate)) as emulator, closing(Client(emulator)) as client:
        client.request("GET", PATH, headers=HEADERS)
        gate.set()
        assert client.getresponse().read().startswith(b'{"id": "img"')
        assert client.ask().status == 200
    assert {exchange.connection for exchange in emulator.requests} == {1}


def test_a_reply_may_close_its_connection() -> None:
    closes = Reply(headers={"connection": "Close"}, body=b"{}")
    with served(nth(1, closes)) as emulator, closing(Client(emulator)) as client:
        assert [client.ask().status, client.ask().status] == [200, 200]
    assert [exchange.connection for exchange in emulator.requests] == [1, 2]


def test_a_status_that_is_not_registered_is_sent() -> None:
    with served(nth(1, Reply(status=499))) as emulator, closing(Client(emulator)) as client:
        assert client.ask().status == 499


def ask_once(faults: Faults, *, then: Exception | None = None) -> None:
    with served(faults) as emulator, closing(Client(emulator)) as client:
        assert client.ask().status == 500
        if then is not None:
            raise then


def test_a_defect_is_told_and_not_hidden() -> None:
    def faults(arrival: Arrival) -> None:
        raise KeyError("oops")

    with pytest.raises(KeyError, match="oops"):
        ask_once(faults)


def test_the_error_of_the_test_wins_over_a_defect() -> None:
    def faults(arrival: Arrival) -> None:
        raise KeyError("oops")

    with pytest.raises(ZeroDivisionError):
        ask_once(faults, then=ZeroDivisionError())


def test_a_client_that_hangs_up_is_no_defect() -> None:
    huge = nth(1, Raw(iter([b"x" * 65536] * 1000)))
    with served(huge) as emulator:
        with socket.create_connection(("127.0.0.1", emulator.port)) as sock:
            sock.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            sock.recv(10)
        with closing(Client(emulator)) as client:
            assert client.ask().status == 200
    assert emulator.defects == []

"""The emulator over real sockets: connections, the log, start and end."""

import json
import threading
from contextlib import closing

import pytest

from scangate.emulator import Emulator
from scangate.emulator.server import _Handler

from .asking import KEY
from .client import PATH, SCANS, WORLD, Client, FakeClock, served


def test_one_connection_serves_many_requests() -> None:
    with served() as emulator, closing(Client(emulator)) as client:
        assert [client.ask().status for _ in range(3)] == [200, 200, 200]
    assert [exchange.connection for exchange in emulator.requests] == [1, 1, 1]


def test_connections_are_counted() -> None:
    with served() as emulator:
        for _ in range(2):
            with closing(Client(emulator)) as client:
                client.ask()
    assert [exchange.connection for exchange in emulator.requests] == [1, 2]


def test_the_log_tells_what_was_asked() -> None:
    with served() as emulator, closing(Client(emulator)) as client:
        client.ask(f"{PATH}x?a=1")
        client.ask(SCANS, method="POST", body=b'{"imageId": "img"}')
    first, second = emulator.requests
    assert (first.method, first.path, first.status) == ("GET", f"{PATH}x", 404)
    assert (first.request.query, first.request.number) == ("a=1", 1)
    assert first.request.headers["authorization"] == "Bearer t"
    assert (second.method, second.status) == ("POST", 200)
    assert json.loads(second.request.body) == {"imageId": "img"}


def test_an_answer_does_not_wait_for_a_full_packet() -> None:
    assert _Handler.disable_nagle_algorithm


def test_the_headers_arrive() -> None:
    with served() as emulator, closing(Client(emulator)) as client:
        headers = client.ask().headers
    assert headers["content-type"] == "application/json"
    assert headers["date"] == "Sun, 22 Nov 2026 10:00:00 GMT"
    assert headers.keys() >= {"x-request-id", "x-server-trace-id", "content-length"}


def test_time_is_the_clock_that_is_given() -> None:
    clock = FakeClock()
    seen = []
    with served(clock=clock) as emulator, closing(Client(emulator)) as client:
        for clock.elapsed in (1.0, 2.0, 5.0):
            results = json.loads(client.ask(f"{SCANS}?imageId=img").body).get("scanResults", [])
            seen.append([result["status"] for result in results])
    assert seen == [[], ["RUNNING"], ["READY"]]


def test_the_scans_that_were_started() -> None:
    with served() as emulator, closing(Client(emulator)) as client:
        assert client.scan().body == client.scan().body
    (started,) = emulator.scans_started
    assert (started.image_id, started.idempotency_key) == ("img", KEY)


def test_loopback_alone() -> None:
    with served() as emulator:
        assert emulator.url == f"http://127.0.0.1:{emulator.port}"
        assert emulator._server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_an_error() -> None:
    with served() as emulator, pytest.raises(OSError, match="in use"):
        Emulator(WORLD, port=emulator.port)


def test_closing_cuts_connections_that_wait() -> None:
    with served() as emulator:
        client = Client(emulator)
        client.ask()
    with closing(client):
        assert client.sock.recv(1) == b""


def test_an_emulator_that_never_served_can_be_closed() -> None:
    served().close()


def test_serve_forever_serves_until_it_is_closed() -> None:
    emulator = served()
    thread = threading.Thread(target=emulator.serve_forever)
    thread.start()
    with closing(Client(emulator)) as client:
        assert client.ask().status == 200
    emulator.close()
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_many_connections_at_once() -> None:
    found: list[int] = []

    def work() -> None:
        with closing(Client(emulator)) as client:
            found.extend(client.ask(f"{SCANS}?imageId=img").status for _ in range(5))

    with served() as emulator:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [200] * 40
    assert sorted(exchange.request.number for exchange in emulator.requests) == [*range(1, 41)]
    assert {exchange.connection for exchange in emulator.requests} == set(range(1, 9))

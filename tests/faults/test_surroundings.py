"""What is wrong around the service: names, addresses, certificates, clocks, a proxy."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scangate.cli import judging
from scangate.emulator import Arrival, Emulator, Ending, Raw, Reply
from tests.transport.authority import Authority

from .leaks import leaks
from .running import IMAGES, PATIENCE, SECRET, SPEED, WORLD, FastClock, Gate, Outcome
from .weather import SECOND, STEPS, Step, status

PATIENT = ("--timeout", f"{PATIENCE}s")
IMAGE = f"{IMAGES}/clean:1"


def assert_unavailable(outcome: Outcome, said: str) -> None:
    assert outcome.code == 5
    assert outcome.kinds == ["unavailable"]
    assert said in outcome.report["images"][0]["error"]["message"]
    assert outcome.seconds < PATIENCE / SPEED + 1.5
    outcome.assert_reports_agree()
    assert not leaks(outcome.everything, SECRET)


def test_nobody_listens(gate: Gate) -> None:
    with gate.emulator() as emulator:
        pass
    outcome = gate.against(emulator, "clean")
    assert_unavailable(outcome, "ConnectionRefusedError")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_the_service_goes_away(gate: Gate, step: Step) -> None:
    """From that step on, connections are refused."""

    def faults(arrival: Arrival) -> Raw | None:
        if not step.is_it(arrival.request):
            return None
        arrival.usual()
        threading.Thread(target=emulator.close).start()
        while _accepts(emulator.port):
            time.sleep(0.001)
        return Raw(ending=Ending.RESET)

    with gate.emulator(faults) as emulator:
        outcome = gate.against(emulator, step.image, *step.options)
    assert_unavailable(outcome, "ConnectionRefusedError")
    assert len(emulator.scans_started) == bool(step.options)


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    "endpoint", ["no-such-name.invalid", "https://no-such-name.invalid", "https://a..b"]
)
def test_a_name_that_does_not_resolve(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    def resolve(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")  # a resolver may take its time

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    outcome = gate.check("--endpoint", endpoint, *PATIENT, IMAGE)
    assert_unavailable(outcome, "failed: ")
    assert "HTTPS_PROXY" in outcome.report["images"][0]["error"]["hint"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_an_unknown_authority(gate: Gate, authority: Authority) -> None:
    emulator = gate.emulator()
    with authority.serve(emulator) as url:
        outcome = gate.check("--endpoint", url, *PATIENT, IMAGE)
    assert_unavailable(outcome, "CERTIFICATE_VERIFY_FAILED")
    assert "REQUESTS_CA_BUNDLE" in outcome.report["images"][0]["error"]["hint"]
    assert "trying again" not in outcome.err
    assert emulator.requests == ()


def test_an_authority_that_is_told(
    gate: Gate, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    emulator = gate.emulator()
    with authority.serve(emulator) as url:
        outcome = gate.check("--endpoint", url, *PATIENT, IMAGE)
    assert outcome.code == 0
    assert {exchange.connection for exchange in emulator.requests} == {1}


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_elsewhere_brings_nothing_there(gate: Gate, code: int) -> None:
    """Not even where the same registry would answer well."""
    with Emulator(WORLD, clock=gate.clock) as elsewhere:

        def faults(arrival: Arrival) -> Reply:
            target = f"{elsewhere.url}{arrival.request.path}?{arrival.request.query}"
            return status(code, Location=target)(arrival)

        with gate.emulator(faults) as emulator:
            outcome = gate.against(emulator, "clean")
    assert (outcome.code, outcome.kinds) == (5, ["bad-response"])
    assert (len(emulator.requests), elsewhere.requests) == (1, ())


HOUR = 3600


@pytest.mark.parametrize(
    ("wrong_by", "date", "code", "kind"),
    [
        pytest.param(-HOUR, "told", 0, None, id="an hour late"),
        pytest.param(+HOUR, "told", 0, None, id="an hour early"),
        pytest.param(+HOUR, "", 0, None, id="an hour early, no Date"),
        pytest.param(-HOUR, "", 3, "scan-stale", id="an hour late, no Date"),
        pytest.param(-HOUR, "yesterday", 3, "scan-stale", id="an hour late, no such Date"),
        pytest.param(-HOUR, "Sat, 01 Jan 2000 00:00:00 GMT", 3, "scan-stale", id="an old Date"),
        pytest.param(0, "Fri, 31 Dec 9999 23:59:59 GMT", 3, "scan-stale", id="a Date far ahead"),
        pytest.param(9 * 24 * HOUR, "told", 3, "scan-stale", id="nine days early"),
    ],
)
def test_the_clock_of_this_machine_is_wrong(
    gate: Gate, wrong_by: float, date: str, code: int, kind: str | None
) -> None:
    """The result is fresh by the service's clock: done when it was asked for."""

    def faults(arrival: Arrival) -> Reply | None:
        if date == "told":
            return None
        usual = arrival.usual()
        headers = {**usual.headers, "Date": date} if date else {"Content-Type": "application/json"}
        return replace(usual, headers=headers)

    with gate.emulator(faults) as emulator:
        gate.clock = FastClock(wrong_by=wrong_by)
        outcome = gate.against(emulator, "clean", "--scan", "always")
    assert outcome.code == code, outcome.err
    assert outcome.kinds == [kind]
    outcome.assert_reports_agree()


def test_headers_that_never_end(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """No read times out and no body begins: only the limit of the whole image ends it."""
    monkeypatch.setattr(judging, "_GRACE", 0.2)

    def drip(_arrival: Arrival) -> Raw:
        def pieces() -> Iterator[bytes]:
            yield b"HTTP/1.1 200 OK\r\n"
            for _ in range(1000):
                time.sleep(SECOND)
                yield b"x"

        return Raw(pieces())

    with gate.emulator(drip) as emulator:
        gate.clock = FastClock(speed=1)
        outcome = gate.check("--endpoint", emulator.url, "--timeout", "1s", IMAGE)
    assert_unavailable(outcome, "did not end its answer in time")
    assert outcome.seconds < 3.5


def test_a_stale_report_does_not_survive_a_run_that_fails(gate: Gate) -> None:
    with gate.emulator() as emulator:
        assert gate.against(emulator, "clean").code == 0
    outcome = gate.against(emulator, "clean")
    assert outcome.code == 5
    assert outcome.report["exitCode"] == 5


def test_netrc_does_not_replace_the_token(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login user password other\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    with gate.emulator() as emulator:
        assert gate.against(emulator, "clean").code == 0
    sent = {exchange.request.headers["authorization"] for exchange in emulator.requests}
    assert sent == {f"Bearer {SECRET}"}

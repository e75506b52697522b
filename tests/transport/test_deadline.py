"""All retrying together respects the deadline, and what failed last decides what is told."""

import time
from collections.abc import Iterator

import pytest

from scangate.cli.clock import SystemClock
from scangate.emulator import Raw
from scangate.errors import ScanTimeout, Unavailable
from scangate.transport import Limits
from tests.fakes import FakeClock

from .serving import Asking, bad, good, serving, slept


class LateClock(FakeClock):
    """Sleeps ten seconds longer than asked, as a busy machine does."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds + 10)


def test_time_that_ran_out_with_good_answers_is_a_timeout() -> None:
    asking = Asking(seconds=5)
    transport = asking.transport()
    with serving(good()) as server:
        transport.get(server.url)
        asking.clock.sleep(5)
        with pytest.raises(ScanTimeout, match="the time is up") as caught:
            transport.get(server.url)
    assert "--timeout" in caught.value.hint
    assert len(server.requests) == 1


def test_time_that_ran_out_with_failures_is_the_last_failure() -> None:
    asking = Asking(seconds=3)
    with serving(bad(503, "overloaded")) as server, pytest.raises(Unavailable, match="503: over"):
        asking.get(server.url)
    assert slept(asking) == pytest.approx(2.7), "a tenth is kept for the last look"


def test_a_pause_that_took_too_long_does_not_hide_the_failure() -> None:
    asking = Asking(clock=LateClock(), seconds=5)
    answers = (bad(503, "overloaded"), good())
    with serving(*answers) as server, pytest.raises(Unavailable, match="503: over"):
        asking.get(server.url)
    assert len(server.requests) == 1


def silent() -> Raw:
    """A server that takes the request and says nothing."""

    def pieces() -> Iterator[bytes]:
        time.sleep(0.5)
        yield b""

    return Raw(pieces())


def test_a_read_ends_with_the_deadline() -> None:
    asking = Asking(clock=SystemClock(), seconds=0.2, limits=Limits())
    began = time.monotonic()
    with serving(silent) as server, pytest.raises(Unavailable, match="did not answer in time"):
        asking.get(server.url)
    assert time.monotonic() - began < 1.5


def test_looking_once_has_the_time_of_one_request() -> None:
    asking = Asking(clock=SystemClock(), seconds=0, limits=Limits(read=0.1))
    with serving(silent) as server, pytest.raises(Unavailable, match="did not answer in time"):
        asking.get(server.url)

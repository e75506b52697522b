"""Several tasks at the same time, and an end that always comes."""

import signal
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from scangate.cli.workers import CONCURRENCY, Workers


def no_tick() -> None:
    """Nothing happens once a second."""


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """Something to wait for that only comes when the test is over."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("number", [0, 1, CONCURRENCY, CONCURRENCY + 1, 100])
def test_every_result_is_in_its_place(number: int) -> None:
    workers = Workers([partial(str, n) for n in range(number)], limit=10)
    workers.run(tick=no_tick)

    assert workers.results == [str(n) for n in range(number)]


def test_tasks_run_at_the_same_time() -> None:
    together = threading.Barrier(CONCURRENCY)
    workers = Workers([partial(together.wait, 10)] * CONCURRENCY, limit=10)
    workers.run(tick=no_tick)

    assert None not in workers.results


def test_a_task_that_hangs_is_left_behind(never: threading.Event) -> None:
    workers = Workers([never.wait, lambda: True], limit=0.01)
    workers.run(tick=no_tick)

    assert workers.results == [None, True]


def test_tasks_that_hang_do_not_keep_others_from_their_turn(never: threading.Event) -> None:
    hanging = [never.wait] * CONCURRENCY
    workers = Workers([*hanging, lambda: True], limit=0.01)
    workers.run(tick=no_tick)

    assert workers.results == [*[None] * CONCURRENCY, True]


def test_an_interruption_keeps_what_is_known(never: threading.Event) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    workers = Workers([lambda: True, never.wait], limit=10)
    with pytest.raises(KeyboardInterrupt):
        workers.run(tick=interrupt)

    assert workers.results == [True, None]


def test_it_ticks_while_it_waits() -> None:
    ticks: list[float] = []
    workers = Workers([partial(time.sleep, 1.2)], limit=10)
    workers.run(tick=lambda: ticks.append(time.monotonic()))

    assert len(ticks) == 1


def test_an_interruption_keeps_what_is_done_and_not_yet_collected(never: threading.Event) -> None:
    def interrupt() -> bool:
        signal.raise_signal(signal.SIGINT)  # the main thread gets it wherever it is
        return never.wait()

    for _ in range(20):
        workers = Workers([lambda: True, interrupt], limit=10, side_by_side=1)
        with pytest.raises(KeyboardInterrupt):
            workers.run(tick=no_tick)
        assert workers.results == [True, None]

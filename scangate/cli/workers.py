"""Several images at the same time, each with its own outcome, and an end that always comes.

The threads are daemons: an interruption or an image that hangs beyond its time is left behind,
not waited for.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

CONCURRENCY = 8

T = TypeVar("T")


class Workers(Generic[T]):
    """Runs tasks; `results` holds what is known so far, also after an interruption."""

    def __init__(
        self, tasks: Sequence[Callable[[], T]], *, limit: float, side_by_side: int = CONCURRENCY
    ) -> None:
        self.results: list[T | None] = [None] * len(tasks)
        self._tasks = tasks
        self._limit = limit
        self._side_by_side = side_by_side
        self._waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._found: dict[int, T] = {}
        self._started: dict[int, float] = {}

    def run(self, *, tick: Callable[[], None]) -> None:
        """Run every task, each for at most `limit` seconds; `tick` is called about once a second.

        A task that takes longer keeps the result None. An exception of the caller's (a signal)
        comes through at once.
        """
        late: set[int] = set()
        try:
            self._start()
            self._wait(late, tick)
        finally:  # a signal comes at any time, so nothing found is on its way in a variable alone
            for number, result in dict(self._found).items():
                if number not in late:
                    self.results[number] = result

    def _start(self) -> None:
        for number in range(len(self._tasks)):
            self._waiting.put(number)
        for _ in range(min(self._side_by_side, len(self._tasks))):
            self._start_thread()

    def _wait(self, late: set[int], tick: Callable[[], None]) -> None:
        pending = set(range(len(self._tasks)))
        while pending:
            try:
                pending.discard(self._done.get(timeout=1.0))
            except queue.Empty:
                tick()
            late |= self._give_up(pending)
            pending -= late

    def _start_thread(self) -> None:
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            try:
                number = self._waiting.get_nowait()
            except queue.Empty:
                return
            self._started[number] = time.monotonic()
            self._found[number] = self._tasks[number]()
            self._done.put(number)

    def _give_up(self, pending: set[int]) -> set[int]:
        """Leave behind what hangs, and replace its thread for those that still wait."""
        now = time.monotonic()
        late = {
            number
            for number in pending
            if number in self._started and now - self._started[number] > self._limit
        }
        for _ in late:
            self._start_thread()
        return late

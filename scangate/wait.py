"""Waiting with growing pauses under a total budget. Time is passed in.

A scan takes about a minute (24 s to 2 min were seen), so the gate looks often while that is
likely and rarely later: 30 looks in ten minutes; the result of a scan of a minute is seen within
6 seconds, of two minutes within 20.
"""

from collections.abc import Callable
from typing import Protocol

from scangate.instant import Instant
from scangate.model import Value

_STEADY = 5.5
_STEADY_UNTIL = 72.0
_GROWTH = 0.17
_LONGEST = 120.0
_LAST_LOOK = 2.0
_MOMENT = 0.001


class Clock(Protocol):
    """The three things that the gate asks of time."""

    def now(self) -> Instant:
        """Return the time of day, which may jump."""

    def monotonic(self) -> float:
        """Return seconds from some start, which never go back."""

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""


class Deadline(Value, frozen=True):
    """When everything that is done for an image must be over, in the clock's monotonic seconds.

    A little of the budget is kept for the last look.
    """

    at: float
    last_look: float = 0.0
    looks_once: bool = False

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> "Deadline":
        """Start a budget now. A budget of 0 means to look once, without waiting."""
        return cls(
            at=clock.monotonic() + seconds,
            last_look=min(_LAST_LOOK, seconds / 10),
            looks_once=seconds == 0,
        )

    def remaining(self, clock: Clock) -> float:
        """Return the seconds that are left, 0 when there are none."""
        return max(0.0, self.at - clock.monotonic())

    def for_waiting(self, clock: Clock) -> float:
        """Return the seconds that may be slept, 0 when it is time to give up."""
        left = self.remaining(clock) - self.last_look
        return left if left > _MOMENT else 0.0


def pause(waited: float) -> float:
    """Return the seconds to the next look, after so many seconds of waiting."""
    if waited < _STEADY:
        return min(_STEADY, 1.0 + waited)
    if waited < _STEADY_UNTIL:
        return _STEADY
    return min(_LONGEST, waited * _GROWTH)


class Waiting(Value, frozen=True):
    """What is waited for, for how long already, and how long it may still take (in seconds)."""

    what: str
    waited: float
    remaining: float


class Patience:
    """The pauses of one image. `waited` is their sum in seconds."""

    def __init__(self, clock: Clock, deadline: Deadline, watch: Callable[[Waiting], None]) -> None:
        self.waited = 0.0
        self._clock = clock
        self._deadline = deadline
        self._watch = watch
        self._what = ""
        self._since = 0.0

    def until(self, seconds: float) -> float:
        """Return the monotonic time in so many seconds, or the deadline if that is sooner."""
        return min(self._clock.monotonic() + seconds, self._deadline.at)

    def pause(self, what: str, *, before: float) -> bool:
        """Sleep until the next look; False when the time is up."""
        left = min(self._deadline.for_waiting(self._clock), before - self._clock.monotonic())
        if left <= 0:
            return False
        if what != self._what:
            # Something else is waited for now, which may be over as soon as the first was at first
            self._what, self._since = what, self.waited
        seconds = min(pause(self.waited - self._since), left)
        self._watch(self._waiting(before))
        self._clock.sleep(seconds)
        self.waited += seconds
        return True

    def _waiting(self, before: float) -> Waiting:
        remaining = min(before - self._clock.monotonic(), self._deadline.remaining(self._clock))
        return Waiting(what=self._what, waited=self.waited, remaining=remaining)

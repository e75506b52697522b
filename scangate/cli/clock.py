"""The real clock."""

import time

from scangate.instant import Instant


class SystemClock:
    """The machine's own time."""

    def now(self) -> Instant:
        """Return the time of day."""
        return Instant(time.time_ns())

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)


SYSTEM = SystemClock()

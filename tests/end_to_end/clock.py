"""One clock for the gate and the emulator, so that waiting takes no time."""

from scangate.emulator.moments import SECOND
from tests import fakes


class SharedClock(fakes.FakeClock):
    """Begins at `fakes.NOW`; only the gate's sleeping moves it."""

    def time(self) -> float:
        return fakes.NOW.nanoseconds / SECOND

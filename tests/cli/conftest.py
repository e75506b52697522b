"""What the tests of the command line share."""

from tests.running import emulator, gate

__all__ = ["emulator", "gate"]

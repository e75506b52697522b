"""What the tests of the whole share."""

from tests.running import emulator, gate

__all__ = ["emulator", "gate"]

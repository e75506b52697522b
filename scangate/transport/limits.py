"""How patient the transport is, and how much it takes: one value, so that tests can be quick."""

from scangate.model import Value


class Limits(Value, frozen=True):
    """Seconds, except for `attempts` and `body`, which is in bytes.

    No honest answer comes near `body`: a page holds at most 1,000 rows.
    """

    connect: float = 10.0
    read: float = 30.0
    request: float = 60.0
    attempts: int = 6
    first_pause: float = 0.5
    longest_pause: float = 16.0
    body: int = 64 << 20


PATIENT = Limits()
"""What users get."""

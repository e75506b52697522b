"""What SIGINT and SIGTERM do during a run: raise once, or nothing. What follows is the caller's."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

from scangate.errors import Terminated

_Handler = Callable[[int, FrameType | None], None]
_NUMBERS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def raised() -> Iterator[None]:
    """Raise KeyboardInterrupt or Terminated at the first signal.

    Later ones are ignored: they must not take away the report on the first.
    """
    with _handled(_raise):
        yield


@contextlib.contextmanager
def ignored() -> Iterator[None]:
    """Let what is bounded in time be done whole."""
    with _handled(_ignore):
        yield


@contextlib.contextmanager
def _handled(handler: _Handler) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _NUMBERS}
    try:
        for number, was in before.items():
            if was is not signal.SIG_IGN:  # as nohup and a shell's & want it
                signal.signal(number, handler)
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, signal.SIG_DFL if was is None else was)


def _raise(number: int, _frame: FrameType | None) -> None:
    for each in _NUMBERS:
        if signal.getsignal(each) is _raise:
            signal.signal(each, _ignore)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise Terminated("terminated")


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Unlike SIG_IGN this is not taken for the wish of who started the process."""

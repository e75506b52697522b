"""What a signal does, here and now."""

import signal

import pytest

from scangate.cli import signals
from scangate.errors import Terminated

ERRORS = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: Terminated}


@pytest.mark.parametrize("number", ERRORS)
def test_the_first_raises_and_later_ones_do_not(number: signal.Signals) -> None:
    before = [signal.getsignal(each) for each in ERRORS]
    with signals.raised():
        with pytest.raises(ERRORS[number]):
            signal.raise_signal(number)
        for each in ERRORS:
            signal.raise_signal(each)
    assert [signal.getsignal(each) for each in ERRORS] == before


def test_ignored_ones_do_nothing() -> None:
    with signals.raised(), signals.ignored():
        for each in ERRORS:
            signal.raise_signal(each)


def test_what_is_ignored_from_outside_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with signals.raised():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)

"""How far an audit is: a live line, elsewhere a line at most once a minute."""

import pytest

from scangate.cli.audit.progress import Progress


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def told(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_in_a_log_it_is_a_line_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Seconds()
    progress = Progress(live=False, quiet=False, clock=clock)
    progress.listed(1000)
    progress.begin(3)
    clock.now = 59.9
    progress.looked(listed=0, judged=400)
    assert told(capsys) == ""

    clock.now = 60
    progress.settled()
    progress.settled()
    line = "1 of 3 repositories, 401 of 1000 images judged"
    assert told(capsys) == f"scangate: {line}\n"

    clock.now = 119.9
    progress.settled()
    assert told(capsys) == ""


def test_on_a_terminal_it_is_one_line_drawn_anew(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Seconds()
    progress = Progress(live=True, quiet=False, clock=clock)
    clock.now = 1
    progress.listed(7)
    progress.begin(2)
    clock.now = 2
    progress.looked(listed=3, judged=2)
    progress.clear()

    assert told(capsys) == (
        "\r\x1b[2K7 images listed\r\x1b[2K1 of 2 repositories, 2 of 10 images judged\r\x1b[2K"
    )


@pytest.mark.parametrize("live", [True, False])
def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str], live: bool) -> None:
    clock = Seconds()
    progress = Progress(live=live, quiet=True, clock=clock)
    clock.now = 100
    progress.listed(1)
    progress.clear()

    assert told(capsys) == ""

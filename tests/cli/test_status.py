"""What is told while the gate waits."""

import pytest

from scangate.cli.status import Status
from scangate.wait import Waiting

IMAGE = "cr.yandex/crp0/app:1"


def waiting(what: str = "scan a (RUNNING)") -> Waiting:
    return Waiting(what=what, waited=75.5, remaining=59.5)


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_in_a_log_there_is_a_line_for_each_change(capsys: pytest.CaptureFixture[str]) -> None:
    watch = Status(live=False, quiet=False).watcher(IMAGE)

    for what in ("a scan to appear", "scan a (RUNNING)", "scan a (RUNNING)", "scan b (QUEUED)"):
        watch(waiting(what))

    assert told(capsys) == [
        f"scangate: {IMAGE}: waiting for a scan to appear, 1m 15s so far, 59s left",
        f"scangate: {IMAGE}: waiting for scan a (RUNNING), 1m 15s so far, 59s left",
        f"scangate: {IMAGE}: waiting for scan b (QUEUED), 1m 15s so far, 59s left",
    ]


def test_in_a_log_there_is_no_live_line(capsys: pytest.CaptureFixture[str]) -> None:
    status = Status(live=False, quiet=False)
    status.watcher(IMAGE)(waiting())
    capsys.readouterr()

    status.tick()
    status.done(IMAGE)
    status.clear()
    assert told(capsys) == []


def test_on_a_terminal_there_is_one_live_line(capsys: pytest.CaptureFixture[str]) -> None:
    status = Status(live=True, quiet=False)
    status.watcher(IMAGE)(waiting())
    assert told(capsys) == []

    status.tick()
    line = f"{IMAGE}: waiting for scan a (RUNNING), 1m 15s so far, 59s left"
    assert capsys.readouterr().err == f"\r\x1b[2K{line}"
    status.watcher("cr.yandex/crp0/z:1")(waiting())
    status.tick()
    assert capsys.readouterr().err == f"\r\x1b[2K{line} (and 1 more)"


def test_it_is_gone_before_anything_else_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    status = Status(live=True, quiet=False)
    status.watcher(IMAGE)(waiting())
    status.done(IMAGE)

    status.tick()
    assert told(capsys) == []
    status.clear()
    assert capsys.readouterr().err == "\r\x1b[2K"


@pytest.mark.parametrize("live", [True, False])
def test_quiet_is_quiet(live: bool, capsys: pytest.CaptureFixture[str]) -> None:
    status = Status(live=live, quiet=True)
    status.watcher(IMAGE)(waiting())
    status.tick()
    status.clear()

    assert told(capsys) == []


@pytest.mark.parametrize("live", [True, False])
def test_a_foreign_status_gives_no_commands(live: bool, capsys: pytest.CaptureFixture[str]) -> None:
    status = Status(live=live, quiet=False)
    status.watcher(IMAGE)(waiting("scan a (\x1b]0;x\x07\n::error::\r##[error])"))
    status.tick()

    err = capsys.readouterr().err.removeprefix("\r\x1b[2K")
    assert not set(err.strip()) & set("\r\x1b\x07")
    assert all(line.startswith(("scangate: ", f"{IMAGE}: waiting ")) for line in err.splitlines())
    assert "##" not in err

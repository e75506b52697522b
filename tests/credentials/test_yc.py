"""yc, played by a script in a folder of its own; the program is really run."""

import os
import select
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from scangate.credentials.command import run_command
from scangate.errors import Unauthenticated, Unavailable

from .desk import SHORT, desk
from .keys import ACCOUNT
from .yc import CONFIG, GOOD, TOKEN, profile

PROFILE_SECRET = "y0_the-secret-of-the-profile"
IDLE = "exec /bin/sleep 60"


def test_the_token_and_its_end(tmp_path: Path) -> None:
    with desk() as here:
        found = here.find(profile(tmp_path))
    assert (found.source, found.token.reveal()) == ("yc iam create-token", TOKEN)
    assert str(found.expires) == "2026-11-22T22:00:00.5Z"


def test_what_is_run(tmp_path: Path) -> None:
    script = f'echo "$@" > "$HOME/arguments"; cat > "$HOME/input"; {GOOD}'
    with desk() as here:
        here.find(profile(tmp_path, script=script))
    assert (tmp_path / "arguments").read_text() == "iam create-token --format json\n"
    assert (tmp_path / "input").read_text() == ""


def test_it_is_run_again_for_another_token(tmp_path: Path) -> None:
    script = """echo x >> "$HOME/runs"; echo "{\\"iam_token\\": \\"t$(wc -l < "$HOME/runs")\\"}\""""
    script = script.replace("t$(wc -l", "t-$(grep -c x").replace('< "$HOME/runs")', '"$HOME/runs")')
    with desk() as here:
        found = here.find(profile(tmp_path, script=script))
        assert found.again is not None
        assert (found.token.reveal(), found.again().token.reveal()) == ("t-1", "t-2")
        assert found.expires is None


ABSENT: dict[str, str | None] = {
    "no configuration": None,
    "empty": "",
    "no profile": "profiles: {}\n",
    "blank": "current:\nprofiles: {}\n",
    "a list": "[current]\n",
    "of another cloud": "current: kz\nprofiles: {kz: {endpoint: 'api.yandexcloud.kz:443'}}\n",
}


@pytest.mark.parametrize("config", ABSENT.values(), ids=ABSENT)
def test_without_a_profile_of_the_cloud_it_is_not_asked(config: str | None, tmp_path: Path) -> None:
    with desk() as here:
        found = here.find(profile(tmp_path, script="exit 1", config=config))
    assert found.source.startswith("the metadata service")


PRESENT = {
    "no endpoint": ("yandex", CONFIG),
    "endpoint": ("yandex", "current: a\nprofiles: {a: {endpoint: 'api.cloud.yandex.net:443'}}\n"),
    "no port": ("yandex", "current: a\nprofiles: {a: {endpoint: api.cloud.yandex.net}}\n"),
    "profile of nothing": ("yandex", "current: a\nprofiles: {a: }\n"),
    "no profiles": ("yandex", "current: a\n"),
    "kz": ("yandex-kz", "current: a\nprofiles: {a: {endpoint: 'api.yandexcloud.kz:443'}}\n"),
}


@pytest.mark.parametrize(("cloud", "config"), PRESENT.values(), ids=PRESENT)
def test_with_a_profile_of_the_cloud_it_is_asked(cloud: str, config: str, tmp_path: Path) -> None:
    with desk(cloud=cloud) as here:
        assert here.find(profile(tmp_path, config=config)).token.reveal() == TOKEN


def test_without_yc_or_a_home(tmp_path: Path) -> None:
    environment = profile(tmp_path, script="exit 1")
    homeless = {"PATH": environment["PATH"]}
    without: Mapping[str, str] = {"HOME": environment["HOME"], "PATH": "/nowhere"}
    with desk() as here:
        for each in (homeless, without, {"HOME": environment["HOME"]}):
            assert here.find(each).source.startswith("the metadata service")


def test_a_configuration_that_cannot_be_read(tmp_path: Path) -> None:
    config = f"current: [\n  token: {PROFILE_SECRET}\n"
    with desk() as here:
        error = here.fails(profile(tmp_path, config=config), secrets=[PROFILE_SECRET])
    assert error.message.startswith("the configuration of yc cannot be read: ")


FAILURES = {
    "a complaint": (
        'echo "ERROR: token t1.abc.def and y0_complained-about-a-token" >&2; exit 3',
        "yc iam create-token failed with exit code 3: ERROR: token ",
    ),
    "silence": ("exit 1", "failed with exit code 1: it said nothing"),
    "a signal": ("kill -9 $$", "failed with exit code -9"),
    "no json": ("echo t1.plain-token-of-yc", "printed something else than a token"),
    "nothing": ("exit 0", "printed something else than a token"),
    "no token": ("echo '{}'", "printed something else than a token"),
    "blank token": ("""echo '{"iam_token": " "}'""", "does not hold a token: it is empty"),
    "two words": ("""echo '{"iam_token": "sec ret"}'""", "it has blanks or odd characters"),
}


@pytest.mark.parametrize(("script", "why"), FAILURES.values(), ids=FAILURES)
def test_yc_fails(script: str, why: str, tmp_path: Path) -> None:
    secrets = ["y0_complained-about-a-token", "t1.plain-token-of-yc", "sec ret", PROFILE_SECRET]
    with desk() as here:
        error = here.fails(profile(tmp_path, script=script), secrets=secrets)
    assert why in error.message
    assert type(error) is Unauthenticated


def test_a_long_complaint_is_cut(tmp_path: Path) -> None:
    with desk() as here:
        error = here.fails(
            profile(tmp_path, script="head -c 99999 /dev/zero | tr '\\0' x >&2; exit 1")
        )
    assert len(error.message) < 600


def test_a_program_that_cannot_be_started(tmp_path: Path) -> None:
    environment = profile(tmp_path)
    Path(tmp_path, "bin", "yc").write_text("#!/nowhere/sh\n")
    with desk() as here:
        assert "No such file" in here.fails(environment).message


@pytest.mark.parametrize("script", [IDLE, f"{IDLE[5:]} & wait"], ids=["itself", "its child"])
def test_a_yc_that_hangs(script: str, tmp_path: Path) -> None:
    """A child that outlives it would hold the pipes open for a minute."""
    before = time.monotonic()
    with desk(limits=SHORT) as here:
        error = here.fails(profile(tmp_path, script=script), kind=Unavailable)
    assert error.message == "yc iam create-token failed: it did not end within 0.02 s"
    assert time.monotonic() - before < 10


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    """The child holds the pipe's other end, so its own end is the end of the file."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(TimeoutError):
            run_command(["/bin/sh", "-c", f"/bin/sleep 60 > '{fifo}' & wait"], {}, 0.2)
        assert select.select([reader], [], [], 10)[0]
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)


def test_no_shell_reads_the_arguments() -> None:
    finished = run_command(["/bin/echo", "$HOME; exit 1", ACCOUNT], {}, 10)
    assert (finished.code, finished.output) == (0, f"$HOME; exit 1 {ACCOUNT}\n")


def test_the_environment_is_what_is_given() -> None:
    assert run_command(["/usr/bin/env"], {"ONE": "1"}, 10).output == "ONE=1\n"

"""`scangate emulator`: a registry on this machine."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scangate.emulator import read_sample, sample_names
from tests.running import WORLD, Gate, finished, image, start


@pytest.fixture
def served(gate: Gate) -> Iterator[subprocess.Popen[str]]:
    Path("world.yaml").write_text(WORLD)
    with start("emulator", "--world", "world.yaml") as process:
        yield process
        process.kill()


def test_it_serves_until_ctrl_c(served: subprocess.Popen[str], gate: Gate) -> None:
    assert served.stdout is not None
    url = served.stdout.readline().strip()

    environment = {"YC_IAM_TOKEN": "any"}
    for name, code in (("clean", 0), ("bad", 1)):
        ended = gate.run("check", "--endpoint", url, image(name), environment=environment)
        assert ended.code == code
    served.send_signal(signal.SIGINT)
    ended = finished(served)
    assert (ended.code, ended.out) == (130, "")
    assert ended.err.splitlines()[-1] == "scangate: error: interrupted"


@pytest.mark.parametrize("name", sample_names())
def test_a_sample_is_shown_as_it_is(gate: Gate, name: str) -> None:
    ended = gate.run("emulator", "--sample", name, "--show")

    assert (ended.code, ended.out, ended.err) == (0, read_sample(name), "")


def test_the_sample_of_the_demo_is_the_default(gate: Gate) -> None:
    assert gate.run("emulator", "--show").out == read_sample("demo")


BAD_WORLDS = {
    "nothing": "",
    "not YAML": "registries: [",
    "not a mapping": "- a",
    "an unknown key": f"{WORLD}\nregistry: []",
    "a duplicate key": f"{WORLD}\nregistries: []",
    "an image of no registry": "registries: []\nimages: [{name: a/b}]",
    "a control character": "registries: \x00",
    "nested for ever": "[" * 5000,
}


@pytest.mark.parametrize("text", BAD_WORLDS.values(), ids=BAD_WORLDS)
def test_a_bad_world_is_2(gate: Gate, text: str) -> None:
    Path("world.yaml").write_text(text)

    ended = gate.run("emulator", "--world", "world.yaml")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("scangate: error: world.yaml: ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--world", "missing.yaml"], "the emulator's data cannot be read"),
        (["--world", "."], "the emulator's data cannot be read"),
        (["--world", "not-text"], "the emulator's data cannot be read"),
        (["--sample", "dome"], "no sample is called 'dome'; there are demo"),
        (["--sample", "../worlds/demo"], "no sample is called"),
        (["--sample", "demo", "--world", "world.yaml"], "exclude each other"),
        (["--port", "99999"], "port 99999 cannot be served"),
        (["--port", "-1"], "port -1 cannot be served"),
        (["--port", "http"], "invalid int value"),
        (["world.yaml"], "unrecognized arguments: world.yaml"),
        (["--", "world.yaml"], "-- is for images"),
    ],
)
def test_what_cannot_be_served_is_2(gate: Gate, arguments: list[str], told: str) -> None:
    Path("not-text").write_bytes(b"\xff")

    ended = gate.run("emulator", *arguments)

    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


def test_a_port_in_use_is_2(gate: Gate) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = gate.run("emulator", "--port", str(port))

    assert (ended.code, ended.out) == (2, "")
    assert f"port {port} cannot be served" in ended.err

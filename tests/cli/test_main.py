"""The entry: commands, help, version, and what becomes of an exception."""

import importlib
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence

import pytest

from scangate import __version__
from scangate.cli import COMMANDS, check, options
from scangate.errors import ExitCode, ScangateError
from scangate.errors import PermissionDenied as Denied
from tests.running import Gate, image

HELPS = ("-h", "--help", "help")
VERSIONS = ("-V", "--version", "version")


def parser_of(command: str) -> options.Parser:
    parser = importlib.import_module(f"scangate.cli.{command}").parser()
    assert isinstance(parser, options.Parser)
    return parser


def test_without_arguments_the_help_is_shown_and_it_is_no_pass(gate: Gate) -> None:
    ended = gate.run()

    assert (ended.code, ended.out) == (2, gate.run("--help").out)


@pytest.mark.parametrize("word", HELPS)
def test_the_help_tells_every_command_and_exit_code(gate: Gate, word: str) -> None:
    ended = gate.run(word)

    assert (ended.code, ended.err) == (0, "")
    assert all(f"\n  {name} " in ended.out for name in COMMANDS)
    assert all(re.search(rf"\b{int(code)}\b", ended.out) for code in ExitCode if code != 143)


@pytest.mark.parametrize("word", VERSIONS)
def test_the_version(gate: Gate, word: str) -> None:
    ended = gate.run(word)

    assert (ended.code, ended.out) == (0, f"scangate {__version__}\n")


@pytest.mark.parametrize("word", [*HELPS, *VERSIONS])
def test_help_and_version_do_not_pass_for_a_gate(gate: Gate, word: str) -> None:
    assert gate.run(word, "check", image("bad")).code == 2


@pytest.mark.parametrize("name", ["", "chekc", "-p", "check ", "../check", "check_options", "_x"])
def test_what_is_no_command(gate: Gate, name: str) -> None:
    ended = gate.run(name)

    assert (ended.code, ended.out) == (2, "")
    assert repr(name) in ended.err


def test_a_command_that_is_misspelt_is_guessed(gate: Gate) -> None:
    assert gate.run("chekc").err == (
        "scangate: error: there is no command 'chekc'; did you mean 'check'?\n"
        "scangate: next: scangate --help\n"
    )
    assert "; known are check, audit, policy" in gate.run("gate").err


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("check", "--polcy", "strict", image("clean")), "--policy"),
        (("check", "--polcy=strict"), "--policy"),
        (("policy", "lint", "--strct"), "--strict"),
        (("verify", "--max-agee", "1h"), "--max-age"),
    ],
)
def test_an_option_that_is_misspelt_is_guessed(
    gate: Gate, arguments: Sequence[str], meant: str
) -> None:
    ended = gate.run(*arguments)

    assert ended.code == 2
    assert f"; did you mean '{meant}'?\n" in ended.err


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_tells_every_option(gate: Gate, name: str) -> None:
    ended = gate.run(name, "--help")
    parser = parser_of(name)

    assert ended.code == 0
    for action in parser._actions:
        assert all(re.search(rf"{option}\b", ended.out) for option in action.option_strings)
        assert action.help, f"{action.dest} has no help"
    words = " ".join(ended.out.split())
    assert all(f"[env: {variable}]" in words for variable in parser.variables)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_the_help_of_a_command_does_not_pass_for_a_gate(gate: Gate, name: str, flag: str) -> None:
    assert gate.run(name, flag, "x").code == 2
    assert gate.run(name, flag, "--", "x").code == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_an_unknown_option_is_told_with_the_help_to_read(gate: Gate, name: str) -> None:
    ended = gate.run(name, "--nonsense")

    assert ended.code == 2
    assert ended.err == (
        "scangate: error: unrecognized arguments: --nonsense\n"
        f"scangate: next: scangate {name} --help\n"
    )


def test_it_runs_as_a_module_and_as_a_script() -> None:
    for command in ([sys.executable, "-m", "scangate"], [f"{sys.prefix}/bin/scangate"]):
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
        assert done.stdout == f"scangate {__version__}\n"


class Surprise(Exception):
    """Nobody has foreseen it."""


def ending_in(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_argv: Sequence[str], _environment: Mapping[str, str]) -> int:
        raise error

    monkeypatch.setattr(check, "run", run)


@pytest.mark.parametrize("error", [Surprise("at\nonce"), SyntaxError("x"), RecursionError()])
def test_an_unforeseen_exception_is_6_in_one_line(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    ending_in(error, monkeypatch)

    ended = gate.run("check", image("clean"))

    assert (ended.code, ended.out) == (6, "")
    assert re.fullmatch(
        rf"scangate: error: internal error: {type(error).__name__}: .*\n"
        r"scangate: next: this is a defect in scangate; -v shows where\n",
        ended.err,
    )


@pytest.mark.parametrize("flag", ["-v", "--verbose"])
def test_verbose_shows_where(gate: Gate, monkeypatch: pytest.MonkeyPatch, flag: str) -> None:
    ending_in(Surprise(), monkeypatch)

    ended = gate.run("check", flag, image("clean"))

    assert ended.code == 6
    assert "Traceback (most recent call last)" in ended.err
    assert "test_main.py" in ended.err


def test_an_interruption_is_130(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    ending_in(KeyboardInterrupt(), monkeypatch)

    assert gate.run("check", image("clean")).code == 130


@pytest.mark.parametrize("kind", [ScangateError, Denied], ids=lambda kind: str(kind.kind))
def test_an_error_tells_what_and_what_next(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, kind: type[ScangateError]
) -> None:
    ending_in(kind("what it is", hint="what to do"), monkeypatch)

    ended = gate.run("check", image("clean"))

    assert ended.code == kind.code
    assert ended.err == "scangate: error: what it is\nscangate: next: what to do\n"

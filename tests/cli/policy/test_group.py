"""`scangate policy`: which commands there are, and what is none."""

import importlib
import re
from collections.abc import Mapping

import pytest

from scangate.cli.options import Parser
from scangate.cli.policy import COMMANDS
from tests.running import Gate

HELPS: Mapping[str, int] = {"": 2, "-h": 0, "--help": 0, "help": 0}


def parser_of(name: str) -> Parser:
    parser = importlib.import_module(f"scangate.cli.policy.{name}").parser()
    assert isinstance(parser, Parser)
    return parser


@pytest.mark.parametrize("word", HELPS)
def test_the_commands_are_listed(gate: Gate, word: str) -> None:
    ended = gate.run("policy", *filter(None, [word]))

    assert (ended.code, ended.err) == (HELPS[word], "")
    assert all(f"\n  {name} " in ended.out for name in COMMANDS)


@pytest.mark.parametrize("word", ["-h", "--help", "help"])
def test_the_help_does_not_pass_for_a_lint(gate: Gate, word: str) -> None:
    assert gate.run("policy", word, "lint", "missing.yaml").code == 2


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("lintt", "there is no command 'policy lintt'; did you mean 'lint'?"),
        ("tests", "did you mean 'test'?"),
        ("", "there is no command 'policy '; known are lint, explain, test, schema, list"),
        ("reading", "there is no command 'policy reading'"),
        ("../check", "there is no command 'policy ../check'"),
        ("--strict", "--strict"),
        ("-p", "-p"),
        ("--", "there is no command"),
    ],
)
def test_what_is_no_command(gate: Gate, name: str, told: str) -> None:
    ended = gate.run("policy", name)

    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_tells_every_option(gate: Gate, name: str) -> None:
    ended = gate.run("policy", name, "--help")

    assert (ended.code, ended.err) == (0, "")
    for action in parser_of(name)._actions:
        assert all(re.search(rf"{option}\b", ended.out) for option in action.option_strings)
        assert action.help, f"{action.dest} has no help"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_is_alone(gate: Gate, name: str) -> None:
    assert gate.run("policy", name, "--help", "x").code == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_an_unknown_option(gate: Gate, name: str) -> None:
    ended = gate.run("policy", name, "--wrong")

    assert (ended.code, ended.out) == (2, "")
    assert "--wrong" in ended.err

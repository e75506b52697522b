"""What every start of the command costs before it does anything."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import serving, worlds
from benchmarks.calling import BY_COUNTS, TOKEN, check, scangate, write_policy
from benchmarks.measuring import Command, Runs, take_turns
from benchmarks.results import Goal, Section

_BARE, _HELP = "`python -c pass`", "`scangate --help`"
_METHOD = """\
Whole commands on warm files, beside an interpreter that does nothing. `check` judges one image by
its counts over plain HTTP on loopback."""


def measure(*, rounds: int) -> Section:
    """Time the starts."""
    with tempfile.TemporaryDirectory() as folder, serving.registry(worlds.one_image) as registry:
        policy = write_policy(folder, BY_COUNTS)
        runs = take_turns(_commands(registry, policy), rounds=rounds)
    bare = runs[_BARE]
    return Section(
        title="Cold start",
        method=_METHOD,
        columns=("", "milliseconds", "more than a bare interpreter"),
        rows=[_row(each, bare) for each in runs.values()],
        goals=[
            Goal("`--help`, more than a bare interpreter", _more(runs[_HELP], bare), 60, "ms"),
        ],
    )


def _commands(registry: serving.Served, policy: Path) -> Sequence[Command]:
    return (
        Command(_BARE, (sys.executable, "-c", "pass")),
        Command(_HELP, scangate("--help")),
        Command("`scangate check --help`", scangate("check", "--help")),
        Command("`scangate policy lint`", scangate("policy", "lint", str(policy))),
        Command("`scangate check`", check(registry.url, policy), TOKEN),
    )


def _row(runs: Runs, bare: Runs) -> Sequence[str]:
    return (
        runs.name,
        f"{runs.seconds * 1000:.0f} ms",
        f"{_more(runs, bare):.0f} ms",
    )


def _more(runs: Runs, bare: Runs) -> float:
    return runs.longer(bare) * 1000

"""Whole commands, timed from outside: contenders take turns, and the median of the rounds counts.

Peak memory is the operating system's own figure for the finished process. A process starts with
the peak of the one that started it, so whoever measures stays small: servers run elsewhere.
"""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_SAID = 2000


class Command(NamedTuple):
    """A contender. It has to end with `code`, so that what is timed is what was meant."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = {}
    code: int = 0


class Run(NamedTuple):
    """One run of a command: what a clock says, what the processors did, the most memory."""

    seconds: float
    cpu_seconds: float
    peak_megabytes: float


class Runs(NamedTuple):
    """All counted runs of one contender, in order."""

    name: str
    runs: Sequence[Run]

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def cpu_seconds(self) -> float:
        """The median."""
        return statistics.median(run.cpu_seconds for run in self.runs)

    @property
    def peak_megabytes(self) -> float:
        """The most of all runs."""
        return max(run.peak_megabytes for run in self.runs)

    def ratio(self, other: "Runs") -> float:
        """Return the median of what each run took beside the other's run of the same round."""
        pairs = zip(self.runs, other.runs, strict=True)
        return statistics.median(mine.seconds / its.seconds for mine, its in pairs)

    def longer(self, other: "Runs") -> float:
        """Return the median of the seconds that each run took longer in the same round."""
        pairs = zip(self.runs, other.runs, strict=True)
        return statistics.median(mine.seconds - its.seconds for mine, its in pairs)


def take_turns(commands: Sequence[Command], *, rounds: int) -> dict[str, Runs]:
    """Run each command once uncounted, then all of them in turn, A B C A B C."""
    for command in commands:
        run(command)
    taken = [[run(command) for command in commands] for _ in range(rounds)]
    return {
        command.name: Runs(command.name, [each[place] for each in taken])
        for place, command in enumerate(commands)
    }


def run(command: Command) -> Run:
    """Run a command once. Raises RuntimeError when it does not end as it should."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - the benchmark's own commands
            command.arguments,
            env=_environment(command.environment),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != command.code:
            said.seek(0)
            text = said.read(_SAID).decode(errors="replace")
            raise RuntimeError(f"{command.name} ended with {process.returncode}:\n{text}")
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the caller's environment but what a command needs to be found and to speak."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", **own}

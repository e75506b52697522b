"""The command line: the only place that touches arguments, environment, files, clock and exit code.

`main` is the one entry. Each command is a module that is imported when it is asked for.
"""

import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from scangate import __version__
from scangate.cli import console
from scangate.errors import ExitCode, ScangateError, UsageError

COMMANDS = {
    "check": "gate images on their registry's scan results",
    "audit": "judge a whole registry, and tell what changed since an earlier audit",
    "policy": "write, check and try policies",
    "verify": "hold a deploy to what its pipeline judged, without a network",
    "doctor": "look at what a verdict needs, and say what does not work",
    "demo": "see the whole gate work, without an account or a network",
    "emulator": "serve a registry on this machine, to try pipelines and policies",
}
"""The name of each command's module in this folder, and what it does."""

_RARELY = 1_000_000
"""New objects between two searches for garbage. Loading the program would set off dozens of them,
7 % of the time of a short run, and what a run makes it keeps to its end."""


def entry() -> NoReturn:
    """Run the command line and leave with its code, which nothing may replace.

    Python itself would wait for a terminal first where PYTHONINSPECT is set, and could end with
    a code of its own when it flushes a stream that nobody reads.
    """
    gc.set_threshold(_RARELY)
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Run a command and return its exit code. Only here is an exception of any kind caught."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return int(_dispatch(arguments, environment))
    except ScangateError as error:
        console.complain(error.message, hint=error.hint)
        return int(error.code)
    except KeyboardInterrupt:
        console.complain("interrupted")
        return int(ExitCode.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - an unforeseen exception is 6, never Python's 1
        console.complain_of_defect(error, traceback=console.is_verbose(arguments))
        return int(ExitCode.INTERNAL)


def _dispatch(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    if not arguments:
        console.show(_help())
        return int(ExitCode.USAGE)
    name = arguments[0]
    if name in _SHOWN:
        console.show(_SHOWN[name]())
        # `scangate --help check IMAGE` has gated nothing, so it must not look like a pass
        return int(ExitCode.PASS if len(arguments) == 1 else ExitCode.USAGE)
    if name not in COMMANDS:
        raise _unknown(name)
    command = importlib.import_module(f"scangate.cli.{name}")
    result: int = command.run(list(arguments[1:]), environment)
    return result


def _unknown(name: str) -> UsageError:
    from scangate.documents.check import nearest  # who names a command needs none of it

    what = f"there is no command {name[:60]!r}; {nearest(name[:60], [*COMMANDS])}"
    return UsageError(what, hint="scangate --help")


def _help() -> str:
    lines = [f"  {name:<10} {what}" for name, what in COMMANDS.items()]
    return "\n".join(
        [
            "usage: scangate COMMAND [OPTION]...",
            "",
            "Gate a container image on its registry's vulnerability scan, by a YAML policy.",
            "",
            *lines,
            "",
            "scangate COMMAND --help shows a command's options. Exit codes: 0 passed, 1 violation,",
            "2 usage, 3 no evidence, 4 refused, 5 unavailable, 6 internal error, 130 interrupted.",
            "",
        ]
    )


def _version() -> str:
    return f"scangate {__version__}\n"


_SHOWN = {
    **dict.fromkeys(("-h", "--help", "help"), _help),
    **dict.fromkeys(("-V", "--version", "version"), _version),
}

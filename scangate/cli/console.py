"""What people see on the terminal: diagnostics on stderr, reports on stdout, all redacted.

Foreign text never begins a line here, so it cannot be a command to the CI system that reads the
log (`::error::`, `##vso[…]`).
"""

import os
import re
import sys
import threading
import traceback as tracebacks
from collections.abc import Mapping, Sequence
from typing import TextIO

from scangate.errors import InternalError
from scangate.secret import redact

_PREFIX = "scangate: "
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# GitHub's runner takes `##[` for a command anywhere in a line, Azure's agent `##vso[`
_TWO_HASHES = re.compile("(?<=#)(?=#)")
_lock = threading.Lock()


def write_out(text: str) -> None:
    """Write a report or help to stdout, whole. Raises OSError when it cannot be written."""
    if sys.stdout is None:
        raise OSError("standard output is closed")
    data = redact(text).encode("utf-8", "backslashreplace")
    try:
        sys.stdout.flush()
        if hasattr(sys.stdout, "buffer"):
            sys.stdout.buffer.write(data)
        else:
            sys.stdout.write(data.decode())
        sys.stdout.flush()
    except OSError:
        _abandon(sys.stdout)
        raise


def show(text: str) -> None:
    """Write what was asked for and is no report to stdout."""
    try:
        write_out(text)
    except OSError as error:
        raise InternalError(f"standard output cannot be written: {error}") from error


def _abandon(stream: TextIO | None) -> None:
    """Let Python's own flush at the end not fail a second time: it would change the exit code."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno() if stream else -1)
    except (OSError, ValueError):
        return


def harmless(text: str) -> str:
    """Remove secrets, and what a terminal or a CI system would take for a command."""
    # Controls first: they could stand between the letters of a secret
    return _TWO_HASHES.sub(" ", redact(_CONTROLS.sub("", text)))


def say(text: str) -> None:
    """Write a line of diagnostics to stderr; a closed stderr must not change the verdict."""
    lines = harmless(text).splitlines() or [""]
    block = "".join(f"{_PREFIX}{line}\n" for line in lines)
    with _lock:
        try:
            sys.stderr.write(block)
            sys.stderr.flush()
        except (OSError, ValueError, AttributeError, UnicodeError):
            _abandon(sys.stderr)


def command(text: str) -> None:
    """Write commands for a CI system to stderr, which it reads too; every line of them is ours."""
    with _lock:
        try:
            sys.stderr.write(redact(text))
            sys.stderr.flush()
        except (OSError, ValueError, AttributeError, UnicodeError):
            _abandon(sys.stderr)


def complain(message: str, *, hint: str = "") -> None:
    """Tell an error and what to do next."""
    say(f"error: {message}")
    if hint:
        say(f"next: {hint}")


def complain_of_defect(error: BaseException, *, traceback: bool) -> None:
    """Tell an unforeseen exception in one line, with its traceback only if asked for."""
    what = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    complain(f"internal error: {what}", hint="this is a defect in scangate; -v shows where")
    if traceback:
        say("".join(tracebacks.format_exception(error)))


def is_verbose(arguments: Sequence[str]) -> bool:
    """Whether -v was asked for, also where the arguments could not be parsed."""
    return "-v" in arguments or "--verbose" in arguments


def wants_colour(choice: str, environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Decide on colour: the option, then NO_COLOR, then FORCE_COLOR, then the terminal."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "") not in ("", "0"):
        return True
    return terminal and environment.get("TERM") != "dumb"


def is_terminal(stream: object) -> bool:
    """Whether a stream is a terminal that someone looks at."""
    try:
        return bool(stream is not None and stream.isatty())  # type: ignore[attr-defined]  # any
    except ValueError:  # it is closed
        return False

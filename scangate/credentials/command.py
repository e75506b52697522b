"""Running another program: without a shell, without a terminal, and not for ever."""

import contextlib
import os
import signal
from collections.abc import Callable, Mapping, Sequence

from scangate.model import Value


class Finished(Value, frozen=True):
    """How a program ended, and what it wrote."""

    code: int
    output: str
    complaint: str


Run = Callable[[Sequence[str], Mapping[str, str], float], Finished]
"""Arguments, environment and seconds → how it ended. Raises TimeoutError, or OSError."""


def run_command(arguments: Sequence[str], environment: Mapping[str, str], limit: float) -> Finished:
    """Run a program to its end. Raises TimeoutError at the limit, OSError if it cannot start."""
    import subprocess

    with subprocess.Popen(  # noqa: S603 - no shell, and the caller names the program
        list(arguments),
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            output, complaint = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"it did not end within {limit:g} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                _end_group(process.pid)
    return Finished(
        code=process.returncode,
        output=output.decode(errors="replace"),
        complaint=complaint.decode(errors="replace"),
    )


def _end_group(pid: int) -> None:
    """End what the program has started, too: it would outlive the gate."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)

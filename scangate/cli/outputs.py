"""Where reports go: parsed early, cleared early, written late and whole."""

import contextlib
import errno
import os
import re
import select
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from scangate.cli import console, signals
from scangate.documents.check import nearest
from scangate.errors import ExitCode, Terminated, UsageError
from scangate.model import Value
from scangate.report import Report
from scangate.reports import FORMATS, table
from scangate.secret import redact

_STDOUT = ("-", "/dev/stdout")
_STDERR = Path("/dev/stderr")
_STREAM = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,9})|/dev/stderr")


class Output(Value, frozen=True):
    """A format and where it goes; `path` None is stdout."""

    format: str
    path: Path | None


def parse(specs: Sequence[str]) -> list[Output]:
    """Read `FORMAT[=PATH]`s. Raises UsageError for one that is unknown or given twice."""
    outputs = [_parse_one(spec) for spec in specs]
    paths = [output.path and _real(output.path) for output in outputs]
    if paths.count(None) > 1:
        raise UsageError("only one format can go to stdout; give the others a path: json=FILE")
    for path in paths:
        if paths.count(path) > 1:
            raise UsageError(f"two reports go to {path}")
    return outputs


def _parse_one(spec: str) -> Output:
    name, equals, path = spec.partition("=")
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}; {nearest(name, list(FORMATS))}")
    if equals and not path:
        raise UsageError(f"-o {spec}: the path is empty")
    return Output(format=name, path=Path(path) if path and path not in _STDOUT else None)


def off_stdout(outputs: Sequence[Output]) -> list[Output]:
    """Send the table to stderr, as stdout is --pin's. Raises UsageError for another format."""
    return [_off_stdout(each) for each in outputs]


def _off_stdout(output: Output) -> Output:
    if output.path is not None and _stream(output.path) != 1:
        return output
    if output.format != "table":
        raise UsageError(f"--pin writes to stdout; give the report a path: {output.format}=FILE")
    return Output(format="table", path=_STDERR)


def show_outcomes(outputs: Sequence[Output]) -> bool:
    """Whether one of them is a table that is seen at once."""
    return any(each.format == "table" and each.path in (None, _STDERR) for each in outputs)


def need_findings(outputs: Sequence[Output]) -> bool:
    """Whether one of the formats is of no use without the list of findings."""
    return any(FORMATS[output.format].needs_findings for output in outputs)


def refuse_inputs(outputs: Sequence[Output], inputs: Sequence[str]) -> None:
    """Raise UsageError for a report that would remove a file which the run has yet to read."""
    for output in outputs:
        for path in map(Path, inputs):
            if output.path is not None and _is_file(path) and _real(path) == _real(output.path):
                raise UsageError(f"the report {output.path} would replace a file that is read")


def _is_file(path: Path) -> bool:
    """Path.is_file raises for too long a name, such as a key that a variable holds itself."""
    return os.path.isfile(path)  # noqa: PTH113 - as said above


def _real(path: Path) -> Path:
    """Follow symbolic links; unlike Path.resolve this does not raise when they go in circles."""
    return Path(os.path.realpath(path))


def clear(outputs: Sequence[Output]) -> None:
    """Remove the reports of an earlier run, and see to it that new ones can be written.

    Raises UsageError when one cannot.
    """
    for output in outputs:
        if output.path is None:
            continue
        try:
            _clear_one(output.path)
        except OSError as error:
            raise UsageError(
                f"the report {output.path} cannot be written: {error.strerror}"
            ) from error


def _clear_one(path: Path) -> None:
    target = _real(path)
    stream = _stream(path)
    if stream is not None:
        os.fstat(stream)
        return
    if _is_special(path):
        # To open a pipe would wait for its reader, to close it would be the reader's end
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        raise IsADirectoryError(0, "it is a folder")
    target.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".scangate-"):
        return


def _is_special(path: Path) -> bool:
    """A device or a pipe is written to; it is never removed or replaced."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


class Look(Value, frozen=True):
    """How a table on stdout looks. `width` None is that of a file; `fold` is the log viewer's.

    `links`: whoever looks at it can follow them.
    """

    width: int | None = None
    colour: bool = False
    links: bool = False
    fold: table.Fold | None = None

    @classmethod
    def of_stdout(
        cls, colour: str, environment: Mapping[str, str], *, fold: table.Fold | None = None
    ) -> "Look":
        """Return what suits stdout as it is; `colour` is the option."""
        terminal = console.is_terminal(sys.stdout)
        painted = console.wants_colour(colour, environment, terminal=terminal)
        width = shutil.get_terminal_size().columns if terminal else (100 if painted else None)
        return cls(width=width, colour=painted, links=terminal and painted, fold=fold)

    def render(self, report: Report) -> str:
        """Write the table."""
        width = self.width or table.PLAIN_WIDTH
        return table.render_terminal(
            report, width=width, color=self.colour, links=self.links, fold=self.fold
        )


class Renderer(Protocol):
    """What writes a report in one format, as `reports.Format` does."""

    def render(self, report: Report) -> str:
        """Write the report."""


def write(
    report: Report,
    outputs: Sequence[Output],
    look: Renderer,
    formats: Mapping[str, Renderer] = FORMATS,
) -> bool:
    """Write every report that can be written; whether all of them were.

    `look` writes the table on stdout. Signals do nothing to the files. Who reads stdout may take
    any time, so there one is an end.
    """
    files = [each for each in outputs if each.path is not None]
    streams = [each for each in outputs if each.path is None]
    # Lists, so that one that fails does not keep the others from it
    with signals.ignored():
        written = [_write_one(report, each, formats[each.format]) for each in files]
    with signals.raised():
        written += [
            _write_one(report, each, look if each.format == "table" else formats[each.format])
            for each in streams
        ]
    return all(written)


def withdraw(outputs: Sequence[Output]) -> None:
    """Remove the files that were written: they tell of a pass, and the run is none."""
    for output in outputs:
        path = output.path
        if path is None or _stream(path) is not None or _is_special(path) or not _is_file(path):
            continue
        try:
            _real(path).unlink()
        except OSError as error:
            console.complain(f"the report {path} cannot be removed: {error.strerror}")
        else:
            console.say(f"the report {path} is removed: it told of a pass, and this run is none")


def _write_one(report: Report, output: Output, renderer: Renderer) -> bool:
    try:
        if output.path is not None:
            _replace(output.path, renderer.render(report))
        else:
            console.write_out(renderer.render(report))
    except (KeyboardInterrupt, Terminated):
        _leave_stdout()
        console.complain(f"the {output.format} report was interrupted")
        return False
    except OSError as error:
        console.complain(f"the {output.format} report cannot be written: {error.strerror or error}")
        return False
    except Exception as error:  # noqa: BLE001 - a defect in one format must not lose the others
        console.complain_of_defect(error, traceback=False)
        return False
    return True


def hand_over(text: str) -> bool:
    """Write what is to be deployed to stdout; whether all of it was written.

    Nothing in it is redacted: it is the user's text, byte for byte.
    """
    if sys.stdout is None:
        console.complain("the manifest cannot be written: standard output is closed")
        return False
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except OSError as error:
        _leave_stdout()
        console.complain(f"the manifest cannot be written: {error.strerror}")
        return False
    return True


def _leave_stdout() -> None:
    """Let Python's own flush at the end not wait for a reader who does not read."""
    with contextlib.suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _replace(path: Path, text: str) -> None:
    """Write to a temporary file beside it and rename, so that no reader sees half a report."""
    target = _real(path)
    data = redact(text).encode("utf-8", "backslashreplace")
    if _stream(path) is not None or _is_special(path):
        handle = _opened(path)
        try:
            pour(data, handle)
        finally:
            os.close(handle)
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".scangate-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o666 & ~_umask())  # noqa: PTH101 - the name is mkstemp's
        os.replace(name, target)  # noqa: PTH105
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108
        raise


def pour(data: bytes, handle: int, *, patience: float = 10.0) -> None:
    """Write to a pipe or a device. Raises OSError, also after `patience` seconds in all.

    The descriptor may be shared, so it is not made non-blocking: what is written at once always
    fits into a pipe that is ready.
    """
    ready = select.poll()
    ready.register(handle, select.POLLOUT)
    end = time.monotonic() + patience
    while data:
        if not ready.poll(max(0.0, end - time.monotonic()) * 1000):
            raise TimeoutError(errno.ETIMEDOUT, "its reader does not read it")
        data = data[os.write(handle, data[: select.PIPE_BUF]) :]


def _stream(path: Path) -> int | None:
    """Return the descriptor that is already open under this name, such as 2 for /dev/stderr."""
    match = _STREAM.fullmatch(os.path.abspath(path))  # noqa: PTH100 - it follows no links
    return int(match[1] or 2) if match else None


def _opened(path: Path) -> int:
    """Open what is no file; a pipe without a reader is an error, not a wait for one."""
    stream = _stream(path)
    if stream is not None:
        return os.dup(stream)  # what is written both ways must not overwrite each other
    handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    os.set_blocking(handle, True)
    return handle


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def exit_code(report: Report, *, written: bool) -> ExitCode:
    """A pass whose report is missing is no pass."""
    if report.exit_code is ExitCode.PASS and not written:
        return ExitCode.INTERNAL
    return report.exit_code

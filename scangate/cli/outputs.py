"""Where reports go: parsed early, cleared early, written late and whole."""

import contextlib
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from scangate.cli import console, places, signals
from scangate.documents.check import nearest
from scangate.errors import ExitCode, Terminated, UsageError
from scangate.model import Value
from scangate.report import Report
from scangate.reports import FORMATS, table
from scangate.reports.screen import PLAIN_WIDTH

_STDOUT = ("-", "/dev/stdout")
_STDERR = Path("/dev/stderr")


class Output(Value, frozen=True):
    """A format and where it goes; `path` None is stdout."""

    format: str
    path: Path | None


def parse(specs: Sequence[str]) -> list[Output]:
    """Read `FORMAT[=PATH]`s. Raises UsageError for one that is unknown or given twice."""
    outputs = [_parse_one(spec) for spec in specs]
    paths = [output.path and places.real(output.path) for output in outputs]
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
    if output.path is not None and places.stream(output.path) != 1:
        return output
    if output.format != "table":
        raise UsageError(f"--pin writes to stdout; give the report a path: {output.format}=FILE")
    return Output(format="table", path=_STDERR)


def table_is_seen(outputs: Sequence[Output]) -> bool:
    """Whether one of them is a table that is seen at once."""
    return any(each.format == "table" and each.path in (None, _STDERR) for each in outputs)


def need_findings(outputs: Sequence[Output]) -> bool:
    """Whether one of the formats is of no use without the list of findings."""
    return any(FORMATS[output.format].needs_findings for output in outputs)


def refuse_inputs(outputs: Sequence[Output], inputs: Sequence[str]) -> None:
    """Raise UsageError for a report that would remove a file which the run has yet to read."""
    for output in outputs:
        for path in map(Path, inputs):
            if output.path and places.is_file(path) and places.same(path, output.path):
                raise UsageError(f"the report {output.path} would replace a file that is read")


def clear(outputs: Sequence[Output]) -> None:
    """Remove the reports of an earlier run, and see to it that new ones can be written.

    Raises UsageError when one cannot.
    """
    for output in outputs:
        if output.path is None:
            continue
        try:
            places.clear(output.path)
        except OSError as error:
            raise UsageError(
                f"the report {output.path} cannot be written: {error.strerror}"
            ) from error


class Look(Value, frozen=True):
    """How a table on stdout looks: by default as in a file. `fold` is the log viewer's.

    `links`: whoever looks at it can follow them.
    """

    width: int = PLAIN_WIDTH
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
        width = shutil.get_terminal_size().columns if terminal else PLAIN_WIDTH
        return cls(width=width, colour=painted, links=terminal and painted, fold=fold)

    def render(self, report: Report) -> str:
        """Write the table."""
        return table.render_terminal(
            report, width=self.width, color=self.colour, links=self.links, fold=self.fold
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
        if path is None or not places.is_replaced(path):
            continue
        try:
            places.real(path).unlink()
        except OSError as error:
            console.complain(f"the report {path} cannot be removed: {error.strerror}")
        else:
            console.say(f"the report {path} is removed: it told of a pass, and this run is none")


def _write_one(report: Report, output: Output, renderer: Renderer) -> bool:
    try:
        if output.path is not None:
            places.replace(output.path, renderer.render(report))
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


def exit_code(report: Report, *, written: bool) -> ExitCode:
    """A pass whose report is missing is no pass."""
    if report.exit_code is ExitCode.PASS and not written:
        return ExitCode.INTERNAL
    return report.exit_code

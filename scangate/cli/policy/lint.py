"""`scangate policy lint`: every mistake of policies and of their cases, and what has no effect."""

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scangate.cli import console
from scangate.cli.options import Parser
from scangate.cli.policy.reading import (
    TESTS,
    Kept,
    add_at,
    add_feeds,
    add_policies,
    add_quiet,
    count_of,
    feeds_of,
    line_of,
    now_of,
    policies_of,
    problems_of,
    show_lines,
)
from scangate.cli.shelves import LOCAL, BuiltIns, open_shelf
from scangate.documents.nodes import MAX_BYTES, DocumentError, Problem, write_path
from scangate.errors import ExitCode, PolicyError, UsageError
from scangate.model import Value
from scangate.policy.cases import read_cases
from scangate.policy.effective import Feeds
from scangate.policy.layers import read_layers
from scangate.policy.lint import warnings
from scangate.policy.load import load
from scangate.policy.shelf import Shelf, Unreadable


class Told(Value, frozen=True):
    """What is wrong with a file, as lines."""

    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything."""
        return (*self.errors, *self.warnings)


def parser() -> Parser:
    """Return the command's parser."""
    it = Parser(
        prog="scangate policy lint",
        description="Tell every mistake of policies, and of files with cases (*.test.yaml), as "
        "file:line:column. Exit code 2 if there is one, else 0.",
    )
    add_policies(it, f"a path, git:REF:PATH, or a built-in's name (default: {LOCAL})")
    it.option("--strict", action="store_true", help="exit code 1 if there are warnings")
    add_at(it)
    add_feeds(it)
    add_quiet(it, "without the summary")
    return it


def run(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Lint and return the exit code. Raises UsageError."""
    values = parser().read(argv, environment)
    given = feeds_of(kev=values.kev, epss=values.epss)
    today = now_of(values.at).date
    names = list(dict.fromkeys(policies_of(values) or [_local()]))
    told = [_lint(name, given=given, today=today) for name in names]
    errors = _once(line for each in told for line in each.errors)
    doubts = _once(line for each in told for line in each.warnings)
    show_lines(map(line_of, _once(line for each in told for line in each.lines)))
    if not values.quiet:
        console.say(_summary(len(errors), len(doubts), len(names)))
    if errors:
        return int(ExitCode.USAGE)
    return int(ExitCode.VIOLATION if doubts and values.strict else ExitCode.PASS)


def _local() -> str:
    """Return the policy of this folder. Raises UsageError: there is nothing to lint without it."""
    # A link that leads nowhere is meant to be a policy, too
    if not os.path.lexists(LOCAL):
        raise UsageError(
            f"there is no {LOCAL} here",
            hint="name a policy; scangate policy list has the built-ins",
        )
    return LOCAL


def _lint(named: str, *, given: Feeds, today: dt.date) -> Told:
    try:
        shelf, path = open_shelf(named)
        if path.endswith(TESTS):
            read_cases(shelf.read(path, limit=MAX_BYTES), file=shelf.show(path))
            return Told()
        return Told(warnings=tuple(_warnings(path, Kept(shelf), given=given, today=today)))
    except Unreadable as error:
        return Told(errors=(f"{named}: error: {error}",))
    except (DocumentError, PolicyError) as error:
        return Told(errors=tuple(_line(each, "error") for each in problems_of(error)))


def _warnings(path: str, shelf: Shelf, *, given: Feeds, today: dt.date) -> Iterator[str]:
    built_ins = BuiltIns.of_this_version()
    layers = read_layers(path, shelf=shelf, builtins=built_ins)
    policy = load(path, shelf=shelf, builtins=built_ins, given=given)
    for problem in warnings(layers[0], policy, today=today):
        yield _line(problem, "warning")


def _line(problem: Problem, kind: str) -> str:
    return f"{problem.place}: {kind}: {write_path(problem.path)}: {problem.what}"


def _once(lines: Iterable[str]) -> Sequence[str]:
    """A parent's mistakes show in all that extend it."""
    return list(dict.fromkeys(lines))


def _summary(errors: int, doubts: int, files: int) -> str:
    return (
        f"{count_of(errors, 'error')}, {count_of(doubts, 'warning')} in {count_of(files, 'file')}"
    )

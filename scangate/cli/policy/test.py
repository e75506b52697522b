"""`scangate policy test`: the cases that are kept beside policies, judged by the gate itself."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from scangate.cli import console
from scangate.cli.clock import SYSTEM
from scangate.cli.options import Parser
from scangate.cli.policy.judging import Ended, Run
from scangate.cli.policy.reading import TESTS, add_quiet, count_of, line_of, problems_of, show_lines
from scangate.cli.shelves import open_shelf
from scangate.documents.nodes import DocumentError
from scangate.errors import ExitCode, PolicyError, UsageError
from scangate.instant import Instant
from scangate.policy.shelf import Unreadable
from scangate.report import ImageOutcome, RuleOutcome
from scangate.reports.wording import BROKEN

_FOLDERS = (".", "policies")
_STEP = 2
_WIDTH = 4


def parser() -> Parser:
    """Return the command's parser."""
    it = Parser(
        prog="scangate policy test",
        description="Run the cases of files named <policy>.test.yaml. Exit code 0 if all come out "
        "as they say, 1 if one does not, 2 for a file that cannot be used or has no case.",
    )
    it.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="a file with cases, which names their policy (default: every *.test.yaml here and "
        "in policies/)",
    )
    it.option("-v", "--verbose", action="store_true", env=True, help="tell every rule's count")
    add_quiet(it, "only cases that fail")
    return it


def run(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run the cases and return the exit code. Raises UsageError when there is no file."""
    values = parser().read(argv, environment)
    now = SYSTEM.now()
    bad, ended = 0, list[Ended]()
    for name in dict.fromkeys(values.files or _found()):
        cases = _cases(name, now)
        bad += cases is None
        ended += cases or ()
        show_lines(_told(name, cases or (), quiet=values.quiet, verbose=values.verbose))
    failed = sum(bool(each.differences) for each in ended)
    _show_summary(len(ended), failed, bad, now=now)
    if bad or not ended:
        return int(ExitCode.USAGE)
    return int(ExitCode.VIOLATION if failed else ExitCode.PASS)


def _found() -> Sequence[str]:
    names = [
        str(path)
        for folder in _FOLDERS
        for ending in TESTS
        for path in sorted(Path(folder).glob(f"*{ending}"))
    ]
    if not names:
        raise UsageError(
            "there is no *.test.yaml here or in policies/",
            hint="the cases of scangate.yaml are kept in scangate.test.yaml",
        )
    return names


def _cases(name: str, now: Instant) -> Sequence[Ended] | None:
    """Judge the cases of a file; None if it cannot be used, which is told on stderr."""
    try:
        shelf, path = open_shelf(name)
        return tuple(Run(shelf, path, now=now).cases())
    except Unreadable as error:
        console.complain(f"{name}: {error}")
    except (DocumentError, PolicyError) as error:
        for problem in problems_of(error):
            console.complain(str(problem))
    except UsageError as error:
        console.complain(f"{name}: {error.message}", hint=error.hint)
    return None


def _told(name: str, cases: Sequence[Ended], *, quiet: bool, verbose: bool) -> Iterator[str]:
    told = [each for each in cases if each.differences or not quiet]
    if told:
        yield line_of(name)
    for each in told:
        result = "FAIL" if each.differences else "ok"
        yield line_of(result, each.case.name, depth=_STEP, width=_WIDTH)
        if each.differences or verbose:
            yield from _details(each)


def _details(ended: Ended) -> Iterator[str]:
    outcome = ended.outcome
    violated = [rule for rule in outcome.rules if rule.verdict in BROKEN]
    lines = [
        *ended.differences,
        *(f"{rule.name}: {_count(rule)}" for rule in violated or outcome.rules),
        *(f"error: {line}" for line in _failure(outcome)),
        *(f"notice: {notice}" for notice in outcome.notices),
    ]
    return (line_of(line, depth=_STEP * 2 + _WIDTH) for line in lines)


def _failure(outcome: ImageOutcome) -> Sequence[str]:
    """Return why there is no verdict, a line for each mistake of a policy."""
    return outcome.failure.message.splitlines() if outcome.failure else ()


def _count(rule: RuleOutcome) -> str:
    found = "not counted" if rule.count is None else f"{rule.count} found"
    return f"{found}, {rule.max} allowed"


def _show_summary(cases: int, failed: int, bad: int, *, now: Instant) -> None:
    unusable = f", {count_of(bad, 'file')} unusable" if bad else ""
    day = f"a case without a date is judged as of {now.date}"
    show_lines([line_of(f"{count_of(cases, 'case')}, {failed} failed{unusable}; {day}")])

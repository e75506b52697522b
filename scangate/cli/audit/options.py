"""The options of `scangate audit`, and their values with the defaults filled in."""

import argparse
import datetime as dt
import functools
from collections.abc import Mapping, Sequence

from scangate.audit.choosing import Selection
from scangate.audit.target import AuditTarget
from scangate.cli.judging_options import (
    JudgingOptions,
    add_cloud,
    add_policy,
    add_terminal,
    shared,
)
from scangate.cli.options import Parser, duration
from scangate.cli.workers import CONCURRENCY
from scangate.errors import UsageError
from scangate.instant import Instant, parse_duration

MOST_SIDE_BY_SIDE = 10
"""As many connections to a host as are kept open."""

_EPILOG = """\
exit codes are those of check: 0 if every image passed, 1 if one violates the policy, else the
highest of 3 (no usable evidence, or no image at all), 4 (refused), 5 (unavailable).

examples:
  scangate audit --api container-registry cr.yandex/<registry-id>
  scangate audit --api cloud-registry -p strict --newest 3 cr.yandex/<registry-id>/<prefix>
  scangate audit --changed-since last.json -o json=now.json cr.yandexcloud.kz/<registry-id>
"""


class AuditOptions(JudgingOptions, frozen=True):
    """What `audit` was asked to do."""

    target: AuditTarget
    selection: Selection
    since: str
    side_by_side: int
    timeout: dt.timedelta
    rows: bool
    counts_only: bool
    changed_since: str | None


@functools.cache
def parser() -> Parser:
    """Return the parser, which is also the help and the list of the environment's variables."""
    it = Parser(
        prog="scangate audit",
        description="Judge every image of a registry, of a repository or below a prefix: "
        "host/registry-id[/prefix]. Nothing is waited for, and no scan is started.",
        epilog=_EPILOG,
    )
    it.add_argument("targets", metavar="TARGET", nargs="*", help="host/registry-id[/prefix]")
    _add_choice(it)
    add_policy(it)
    _add_work(it)
    add_cloud(it)
    add_terminal(it)
    return it


def _add_choice(it: Parser) -> None:
    it.option(
        "--tag", metavar="GLOB", action="append", help="only images with such a tag; repeatable"
    )
    it.option(
        "--newest",
        metavar="N",
        type=_number,
        help="only the N images of each repository that were created last",
    )
    it.option(
        "--since",
        metavar="DATE|DURATION",
        help="only images that were created since then: 2026-11-01, or 30d",
    )


def _add_work(it: Parser) -> None:
    it.option(
        "--changed-since",
        metavar="REPORT",
        help="tell what turned since an earlier audit, of which this is the JSON report",
    )
    it.option(
        "--baseline",
        metavar="PATH",
        help="what `match: {new: true}` compares with: a saved JSON report of check",
    )
    it.option(
        "--rows",
        action="store_true",
        help="list vulnerabilities wherever check would, and so get its verdicts. Without it "
        "counts are believed that are within the limits whatever the vulnerabilities are",
    )
    it.option(
        "--counts-only",
        action="store_true",
        help="list no vulnerabilities where the counts decide: fewer requests, but no CVEs and no "
        "upgrades are told of violating images",
    )
    it.option(
        "--concurrency",
        dest="side_by_side",
        metavar="N",
        type=_few,
        help=f"how many requests at the same time, 1 to {MOST_SIDE_BY_SIDE} "
        f"(default: {CONCURRENCY})",
    )
    it.option(
        "--timeout",
        type=duration,
        help="for every repository, and for every image whose vulnerabilities are listed "
        "(default: 10m)",
    )


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if not 0 < number < 10**9:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number from 1 on")
    return number


def _few(text: str) -> int:
    number = _number(text)
    if number > MOST_SIDE_BY_SIDE:
        raise argparse.ArgumentTypeError(f"{number} is more than {MOST_SIDE_BY_SIDE}")
    return number


def parse(argv: Sequence[str], environment: Mapping[str, str], *, now: Instant) -> AuditOptions:
    """Read the command line and the environment. Raises UsageError."""
    reader = parser()
    values = reader.read(argv, environment)
    if values.rows and values.counts_only:
        raise UsageError("--rows and --counts-only say the opposite of each other")
    return AuditOptions(
        target=_target(values.targets),
        selection=Selection(
            tags=tuple(values.tag or ()),
            newest=values.newest,
            since=None if values.since is None else _since(values.since, values.at or now),
        ),
        since=values.since or "",
        side_by_side=values.side_by_side or CONCURRENCY,
        timeout=dt.timedelta(minutes=10) if values.timeout is None else values.timeout,
        rows=bool(values.rows),
        counts_only=bool(values.counts_only),
        changed_since=values.changed_since,
        **shared(values, reader),
    )


def _target(named: Sequence[str]) -> AuditTarget:
    if len(named) != 1:
        raise UsageError(
            f"{'several targets are' if named else 'no target is'} given, and an audit is of one",
            hint="scangate audit host/registry-id[/prefix]",
        )
    return AuditTarget.parse(named[0])


def _since(text: str, now: Instant) -> Instant:
    """Read a date, a time, or how long ago."""
    try:
        return now.plus(-parse_duration(text))
    except ValueError:
        pass  # then it is a date
    try:
        return Instant.parse_date(text)
    except ValueError as error:
        raise UsageError(
            f"--since: {text[:40]!r} is neither a date nor a duration",
            hint="write 2026-11-01, 2026-11-01T08:00:00Z or 30d",
        ) from error

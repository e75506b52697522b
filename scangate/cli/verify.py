"""`scangate verify`: hold a deploy to what its pipeline judged, without a network."""

import argparse
import datetime as dt
import os
import re
from collections.abc import Mapping, Sequence

from scangate.cli import console, files
from scangate.cli.clock import SYSTEM
from scangate.cli.options import Parser, duration
from scangate.errors import EvidenceIncomplete, ExitCode, UsageError
from scangate.instant import write_duration
from scangate.reference import ImageReference
from scangate.report import Verdict
from scangate.reports.document import Document
from scangate.reports.text import clean_line
from scangate.saved import MAX_BYTES
from scangate.verify import Expected, read, verify
from scangate.wait import Clock

_MAX_AGE = dt.timedelta(hours=1)
_SHA256 = re.compile("[0-9a-f]{64}")
_ENDPOINT = re.compile(r"(?:https?://)?((?:[A-Za-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?)/?")
"""A host and perhaps its port, also as `check --endpoint` was given it."""

_EXIT_CODES = """\
exit codes: 0 judged and passed; 1 judged a violation; 2 usage, also an IMAGE without a digest;
3 anything else: another image, too old, a saved scan, warnings only, no report.
"""


def parser() -> Parser:
    """Return the command's parser."""
    it = Parser(
        prog="scangate verify",
        usage="scangate verify [OPTION]... REPORT IMAGE",
        description="Tell whether a JSON report of `scangate check` proves that an image passed "
        "its gate. No registry is asked, and a report is not signed: where the network allows, "
        "gate the digest again.",
        epilog=_EXIT_CODES,
    )
    it.add_argument(
        "named",
        metavar="REPORT IMAGE",
        nargs="*",
        help="what -o json=REPORT wrote (- is stdin), and what is deployed: "
        "host/registry-id/name@sha256:…",
    )
    it.option(
        "--max-age",
        metavar="DURATION",
        type=duration,
        help=f"the oldest report to accept (default: {write_duration(_MAX_AGE)})",
    )
    it.option(
        "--policy-sha256",
        metavar="HEX",
        type=_sha256,
        env=True,
        help="the digest of the policy that has to have judged (default: any)",
    )
    it.option(
        "--allow-endpoint",
        metavar="HOST",
        type=_host,
        action="append",
        help="accept a report that asked this host, which is no known cloud's; repeatable",
    )
    it.option(
        "--allow-vex",
        metavar="HEX",
        type=_sha256,
        action="append",
        help="accept that this document, by its digest, was given with --vex; repeatable",
    )
    it.option(
        "--allow-baseline",
        metavar="NAME",
        action="append",
        help="accept that this was given with --baseline; repeatable",
    )
    it.option("-q", "--quiet", action="store_true", env=True, help="tell of what is wrong only")
    return it


def run(
    argv: Sequence[str], environment: Mapping[str, str] = os.environ, *, clock: Clock = SYSTEM
) -> int:
    """Verify and return the exit code. Raises UsageError, and EvidenceIncomplete for code 3."""
    it = parser()
    values = it.read(argv, environment)
    if len(values.named) != 2:
        it.error("what is needed is one REPORT and one IMAGE")
    path, image = values.named
    expected = Expected(
        image=_by_digest(image),
        max_age=_MAX_AGE if values.max_age is None else values.max_age,
        policy_sha256=values.policy_sha256,
        hosts=frozenset(values.allow_endpoint or ()),
        vex=frozenset(values.allow_vex or ()),
        baselines=frozenset(values.allow_baseline or ()),
    )
    report = read(path, _bytes_of(path))
    verdict = verify(report, expected, now=clock.now())
    if verdict is Verdict.FAIL:
        console.say(f"fail: {image} {_how(report)}, which it violates")
        return int(ExitCode.VIOLATION)
    if not values.quiet:
        console.show(f"{verdict.value}: {image} {_how(report)}\n")
    return int(ExitCode.PASS)


def _how(report: Document) -> str:
    policy = report.policy
    return clean_line(
        f"was judged at {report.judged_at} by the policy {policy.name} (sha256 {policy.sha256})"
    )


def _sha256(text: str) -> str:
    digest = text.strip().lower().removeprefix("sha256:")
    if not _SHA256.fullmatch(digest):
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is not 64 hex digits")
    return digest


def _host(text: str) -> str:
    found = _ENDPOINT.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is neither HOST nor HOST:PORT")
    return found[1]


def _by_digest(text: str) -> ImageReference:
    image = ImageReference.parse(text)
    if image.digest is None:
        raise UsageError(
            f"{text[:200]!r} has no digest, and a tag can move",
            hint="deploy what the gate judged: `pinned` in its JSON report",
        )
    return image


def _bytes_of(path: str) -> bytes:
    """A report that is not there proves nothing, which is code 3 and no mistake of the command."""
    try:
        return files.read_or_stdin(path, limit=MAX_BYTES + 1)
    except OSError as error:
        raise EvidenceIncomplete(f"{path} cannot be read: {error.strerror}") from error

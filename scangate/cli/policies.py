"""Which policy judges, and with what: `--policy`, `--fail-on`, `--vex`, `--kev`, `--epss`."""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from scangate.cli import console, files
from scangate.cli.judging_options import JudgingOptions
from scangate.cli.options import PREFIX
from scangate.cli.shelves import LOCAL, BuiltIns, open_shelf
from scangate.errors import UsageError
from scangate.feeds import MAX_BYTES as MAX_FEED_BYTES
from scangate.feeds import FeedError, read_epss, read_kev
from scangate.policy.effective import Feeds, Policy
from scangate.policy.load import fail_on, load
from scangate.policy.shelf import Unreadable
from scangate.report import GivenVex
from scangate.vex import MAX_BYTES as MAX_VEX_BYTES
from scangate.vex import read as read_vex

T = TypeVar("T")

_NO_FEEDS = Feeds()
_LOOKALIKE = "scangate.yml"


def chosen(options: JudgingOptions) -> Policy:
    """Return the policy that `check` and `audit` judge by, with all that the options add to it.

    Raises UsageError for one that cannot be used so, PolicyError for one that is invalid.
    """
    policy = _named(options)
    wanted = options.policy_sha256
    if wanted is not None and wanted.lower().removeprefix("sha256:") != policy.identity.sha256:
        raise UsageError(
            f"the policy {policy.identity.source} has the digest {policy.identity.sha256}, "
            f"not {wanted[:80]}"
        )
    if policy.asks_for_new and options.baseline is None:
        raise UsageError(
            "a rule of the policy asks which findings are new, and nothing says since when",
            hint="--baseline IMAGE, or a JSON report of an earlier run",
        )
    return _with_vex(policy, options.vex).replace(warn_only=options.warn_only)


def _with_vex(policy: Policy, paths: Sequence[str]) -> Policy:
    """Add the VEX documents that are named on the command line. Raises UsageError."""
    vex, given = list(policy.vex), []

    def read(data: bytes, *, file: str) -> None:
        vex.extend(read_vex(data, file=file))
        given.append(GivenVex(file=file, sha256=hashlib.sha256(data).hexdigest()))

    for path in paths:
        _read("--vex", path, MAX_VEX_BYTES, read)
    identity = msgspec.structs.replace(policy.identity, vex=tuple(given))
    return policy.replace(vex=tuple(vex), identity=identity)


def _named(options: JudgingOptions) -> Policy:
    if options.fail_on:
        if options.policy or options.policy_sha256:
            raise UsageError("--fail-on stands for a policy; it goes without --policy")
        return fail_on(options.fail_on)
    given = read_feeds(kev=options.kev, epss=options.epss)
    policy = find(options.policy, given=given)
    if options.policy is None and not options.quiet:
        console.say(f"no policy is named: judging by {policy.identity.source}")
    if options.policy_by_environment:
        # Any earlier step of a pipeline can set a variable, so it is told, even with --quiet
        console.say(f"the policy {options.policy} is named by {PREFIX}POLICY")
    return policy


def find(named: str | None, *, given: Feeds = _NO_FEEDS) -> Policy:
    """Return the policy that a user names; None is `scangate.yaml` here, else `default`.

    Raises UsageError when it cannot be read, PolicyError when it is invalid.
    """
    if named is None and os.path.lexists(_LOOKALIKE) and not os.path.lexists(LOCAL):
        raise UsageError(
            f"{_LOOKALIKE} is not read", hint=f"name it {LOCAL}, or say -p {_LOOKALIKE}"
        )
    if named is None:
        # A link that leads nowhere is meant to be a policy, too
        named = LOCAL if os.path.lexists(LOCAL) else "default"
    try:
        shelf, path = open_shelf(named)
    except Unreadable as error:
        hint = "" if ":" in named else "a file is named with a / or its ending: ./policy.yaml"
        raise UsageError(f"the policy {named}: {error}", hint=hint) from error
    return load(
        path,
        shelf=shelf,
        builtins=BuiltIns.of_this_version(),
        given=given,
        name=Path(path).name.removesuffix(".yaml").removesuffix(".yml"),
    )


def read_feeds(*, kev: str | None, epss: str | None) -> Feeds:
    """Read the feeds that are named on the command line. Raises UsageError."""
    return Feeds(
        kev=None if kev is None else _read("--kev", kev, MAX_FEED_BYTES, read_kev),
        epss=None if epss is None else _read("--epss", epss, MAX_FEED_BYTES, read_epss),
    )


def _read(option: str, path: str, limit: int, parse: Callable[..., T]) -> T:
    try:
        return parse(files.read(path, limit=limit + 1), file=path)
    except OSError as error:
        raise UsageError(f"{option} {path} cannot be read: {error.strerror}") from error
    except FeedError as error:
        raise UsageError(f"{option}: {error}") from error

"""The command line tool `yc` of someone's machine: it knows who they are."""

import shutil
from pathlib import Path
from typing import Any

import msgspec

from scangate.credentials.answers import read_answer
from scangate.credentials.command import Finished
from scangate.credentials.iam import by_this_clock
from scangate.credentials.source import Found, Given, given_token
from scangate.errors import BadResponse, Unauthenticated, Unavailable
from scangate.secret import redact

_SOURCE = "yc iam create-token"
_ARGUMENTS = ("iam", "create-token", "--format", "json")
_HINT = "does `yc iam create-token` work here? `yc init` sets it up"
_LONGEST_COMPLAINT = 500


class _Answer(msgspec.Struct):
    """What `--format json` prints."""

    iam_token: str
    expires_at: str = ""


def yc_profile(given: Given) -> Found | None:
    """`yc iam create-token`, where yc is installed and has a profile of this cloud."""
    program = shutil.which("yc", path=given.environment.get("PATH", ""))
    if program is None or not _has_profile(given):
        return None
    return _issue(given, program)


def _has_profile(given: Given) -> bool:
    """A profile of another cloud does not count: its token must not be sent to this one."""
    if given.home is None:
        return False
    config = _config(given.home / ".config" / "yandex-cloud" / "config.yaml")
    current = config.get("current")
    if not current:
        return False
    profiles = config.get("profiles")
    profile = profiles.get(current) if isinstance(profiles, dict) else None
    endpoint = profile.get("endpoint") if isinstance(profile, dict) else None
    # What yc does without an endpoint: docs, cli/cli-ref, global flags
    base = str(endpoint or "api.cloud.yandex.net").partition(":")[0]
    return base == given.where.cloud.base


def _config(path: Path) -> dict[Any, Any]:
    """Return yc's settings, which hold secrets, too; nothing of them is told."""
    import yaml

    try:
        config = yaml.safe_load(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise Unauthenticated(f"the configuration of yc cannot be read: {path}") from error
    return config if isinstance(config, dict) else {}


def _issue(given: Given, program: str) -> Found:
    output = _run(given, program).output
    try:
        answer = read_answer(output.encode(), _Answer, source=_SOURCE)
    except BadResponse as error:
        raise Unauthenticated(f"{_SOURCE} printed something else than a token") from error
    return Found(
        _SOURCE,
        given_token(answer.iam_token, source=_SOURCE),
        expires=by_this_clock(answer.expires_at, given, given.transport),
        again=lambda: _issue(given, program),
    )


def _run(given: Given, program: str) -> Finished:
    try:
        finished = given.run((program, *_ARGUMENTS), given.environment, given.limits.command)
    except TimeoutError as error:
        raise Unavailable(f"{_SOURCE} failed: {error}", hint=_HINT) from error
    except OSError as error:
        raise Unauthenticated(f"{_SOURCE} failed: {error.strerror}", hint=_HINT) from error
    if finished.code != 0:
        said = " ".join(redact(finished.complaint).split())[:_LONGEST_COMPLAINT]
        raise Unauthenticated(
            f"{_SOURCE} failed with exit code {finished.code}: {said or 'it said nothing'}",
            hint=_HINT,
        )
    return finished

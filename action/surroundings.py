"""What of the job's environment the gate gets to see, and what of it the log must not show.

Every earlier step can set variables for this one (GITHUB_ENV). So only those pass that the runner
itself sets for each step, and those that cannot turn a verdict.
"""

import json
import os
import pwd
from collections.abc import Iterator, Mapping

_PATH = "/usr/local/bin:/usr/bin:/bin"
_RUNNERS = ("GITHUB_STEP_SUMMARY", "GITHUB_REPOSITORY_OWNER", "GITHUB_SERVER_URL")
_ID_TOKEN = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
# A proxy alone reads and changes nothing: TLS proves the service, by the locked authorities.
# So no variable may name other authorities, such as REQUESTS_CA_BUNDLE
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy")

_SHORTEST_MASK = 16
"""Shorter lines of a key are its braces; masked, they would blacken the whole log."""


def for_installer(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of pip, in which the runner's own pip.conf holds."""
    return {"PATH": _PATH, "HOME": home_of(os.getuid()), **_those(environment, _PROXIES)}


def home_of(user: int) -> str:
    """Return the user's own home, whatever HOME says. A container may not know its user."""
    try:
        return pwd.getpwuid(user).pw_dir
    except KeyError:
        return "/"


def for_gate(environment: Mapping[str, str], credential: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of scangate, without GITHUB_OUTPUT."""
    by_identity = "YC_SERVICE_ACCOUNT_ID" in credential
    return {
        **for_installer(environment),
        **_those(environment, _RUNNERS),
        **_those(environment, _ID_TOKEN if by_identity else ()),
        **credential,
        "CI": "true",
        "GITHUB_ACTIONS": "true",
    }


def masks(credential: Mapping[str, str]) -> Iterator[str]:
    """Return the workflow commands that hide the credential in the log from here on."""
    for name, value in credential.items():
        if name == "YC_IAM_TOKEN":
            yield _mask(value)
        elif value.startswith("{"):
            lines = (*value.splitlines(), *_private_key(value).splitlines())
            yield from (_mask(line) for line in lines if len(line) >= _SHORTEST_MASK)


def _those(environment: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: environment[name] for name in names if name in environment}


def _private_key(text: str) -> str:
    """What is no key is for scangate to refuse."""
    try:
        key = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return str(key.get("private_key", ""))


def _mask(line: str) -> str:
    return f"::add-mask::{line.strip().replace('%', '%25')}"

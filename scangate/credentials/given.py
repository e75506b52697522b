"""Tokens that the user gives directly: a file, or a variable of the environment."""

import re
from pathlib import Path

from scangate.credentials import iam
from scangate.credentials.source import Found, Given, given_token
from scangate.errors import Unauthenticated
from scangate.secret import Secret

_MOST_BYTES = 65536

# docs: iam/concepts/authorization/oauth-token and iam-token. Whatever looks like neither is taken
# for an IAM token, whose shape may change, says its page.
_OAUTH = re.compile(r"y[0-3]_")


def token_file(given: Given) -> Found | None:
    """`--token-file PATH`, `-` for standard input. A file is read again when its token is due."""
    path = given.token_file
    if path is None:
        return None
    source = f"--token-file {path}"
    try:
        data = _read(given, path)
    except OSError as error:
        raise Unauthenticated(f"{source} cannot be read: {error.strerror}") from error
    try:
        token = given_token(data.decode(), source=source)
    except UnicodeDecodeError as error:
        raise Unauthenticated(f"{source} does not hold a token, it is not text") from error
    _refuse_oauth(token, source=source)
    return Found(source, token, again=None if path == "-" else lambda: _reread(given))


def _read(given: Given, path: str) -> bytes:
    if path == "-":
        return given.stdin.read(_MOST_BYTES)
    with Path(path).open("rb") as file:
        return file.read(_MOST_BYTES)


def _reread(given: Given) -> Found:
    """Something beside the gate may put a fresh token there before the old one runs out."""
    found = token_file(given)
    assert found is not None, "the path is still given"  # noqa: S101 - for the type checker
    return found


def token_variable(given: Given) -> Found | None:
    """`YC_IAM_TOKEN`."""
    found = _variable(given, "YC_IAM_TOKEN")
    if found is not None:
        _refuse_oauth(found.token, source=found.source)
    return found


def undecided_variable(given: Given) -> Found | None:
    """`YC_TOKEN`, which is an IAM token or an OAuth token, as for the Terraform provider."""
    found = _variable(given, "YC_TOKEN")
    if found is None or not _is_oauth(found.token):
        return found
    given.say(
        "warning: YC_TOKEN is an OAuth token; the cloud ends its exchange in 2026, so move to "
        "workload identity federation, an authorized key or YC_IAM_TOKEN"
    )
    return _exchange(given, found.token)


def _exchange(given: Given, token: Secret) -> Found:
    return iam.issue(
        given,
        {"yandexPassportOauthToken": token.reveal()},
        source="YC_TOKEN (an OAuth token, exchanged)",
        hint="the OAuth token is invalid or has expired; "
        'export YC_IAM_TOKEN="$(yc iam create-token)" needs none',
        again=lambda: _exchange(given, token),
    )


def _variable(given: Given, name: str) -> Found | None:
    text = given.variable(name)
    return Found(name, given_token(text, source=name)) if text else None


def _is_oauth(token: Secret) -> bool:
    return _OAUTH.match(token.reveal()) is not None


def _refuse_oauth(token: Secret, *, source: str) -> None:
    if _is_oauth(token):
        raise Unauthenticated(
            f"{source} holds an OAuth token, which the registry does not accept",
            hint="put it in YC_TOKEN, where it is exchanged for an IAM token",
        )

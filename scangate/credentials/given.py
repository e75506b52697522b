"""Tokens that the user gives directly: a file, or a variable of the environment."""

from pathlib import Path

from scangate.credentials.tokens import Found, Given, secret_of
from scangate.errors import Unauthenticated

_MOST_BYTES = 65536
_OAUTH = ("y0_", "y1_", "y2_", "y3_")


def token_file(given: Given) -> Found | None:
    """`--token-file PATH`, `-` for standard input."""
    if given.token_file is None:
        return None
    source = f"--token-file {given.token_file}"
    try:
        data = _read(given)
    except OSError as error:
        raise Unauthenticated(f"{source} cannot be read: {error.strerror}") from error
    try:
        return Found(source, secret_of(data.decode(), source=source))
    except UnicodeDecodeError as error:
        raise Unauthenticated(f"{source} does not hold a token, it is not text") from error


def _read(given: Given) -> bytes:
    if given.token_file == "-":  # noqa: S105 - a path
        return given.stdin.read(_MOST_BYTES)
    with Path(given.token_file or "").open("rb") as file:
        return file.read(_MOST_BYTES)


def token_variable(given: Given) -> Found | None:
    """`YC_IAM_TOKEN`."""
    return _variable(given, "YC_IAM_TOKEN")


def undecided_variable(given: Given) -> Found | None:
    """`YC_TOKEN`, in which some tools take an OAuth token too."""
    found = _variable(given, "YC_TOKEN")
    if found is not None and found.token.reveal().startswith(_OAUTH):
        raise Unauthenticated(
            "YC_TOKEN holds an OAuth token, which the registry does not accept",
            hint='exchange it: export YC_IAM_TOKEN="$(yc iam create-token)"',
        )
    return found


def _variable(given: Given, name: str) -> Found | None:
    text = given.environment.get(name, "")
    return Found(name, secret_of(text, source=name)) if text else None

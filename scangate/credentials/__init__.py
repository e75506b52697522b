"""Where the token comes from: one function per source, and the order in which they are asked.

A source answers None when it was not given, or the tokens it has. A source that was given and
does not work is an error, never a reason to ask the next one.
"""

from collections.abc import Callable, Mapping
from typing import BinaryIO

from scangate.credentials.given import token_file, token_variable, undecided_variable
from scangate.credentials.tokens import Found, Given, LazyTokens
from scangate.errors import Unauthenticated

__all__ = ["SOURCES", "Given", "LazyTokens", "find", "lazy"]

SOURCES: tuple[Callable[[Given], Found | None], ...] = (
    token_file,
    token_variable,
    undecided_variable,
)
"""The first that was given wins."""


def find(given: Given) -> Found:
    """Return the tokens of the first source that was given. Raises Unauthenticated."""
    for source in SOURCES:
        found = source(given)
        if found is not None:
            return found
    raise Unauthenticated(
        "there are no credentials",
        hint="give an IAM token in YC_IAM_TOKEN (yc iam create-token), or with --token-file",
    )


def lazy(
    environment: Mapping[str, str],
    *,
    token_file: str | None,
    stdin: BinaryIO,
    log: Callable[[str], None],
) -> LazyTokens:
    """Return tokens that are looked for when the first one is needed."""
    given = Given(environment=environment, token_file=token_file, stdin=stdin)
    return LazyTokens(lambda: find(given), log=log)

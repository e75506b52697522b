"""Where the token comes from: one function per source, and the order in which they are asked.

A source answers None when it was not given, or the tokens it has. A source that was given and
does not work is an error, never a reason to ask the next one.
"""

from collections.abc import Callable

from scangate.credentials.federation import workload_identity
from scangate.credentials.given import token_file, token_variable, undecided_variable
from scangate.credentials.key import authorized_key
from scangate.credentials.masking import masking
from scangate.credentials.metadata import metadata_service
from scangate.credentials.source import Found, Given, Limits
from scangate.credentials.tokens import Facts, LazyTokens
from scangate.credentials.yc import yc_profile
from scangate.errors import Unauthenticated

__all__ = ["SOURCES", "Facts", "Given", "LazyTokens", "Limits", "find", "lazy", "masking"]

SOURCES: tuple[Callable[[Given], Found | None], ...] = (
    token_file,
    token_variable,
    undecided_variable,
    authorized_key,
    workload_identity,
    yc_profile,
    metadata_service,
)
"""The first that was given wins."""


_VARIABLES = (
    "YC_IAM_TOKEN",
    "YC_TOKEN",
    "YC_SERVICE_ACCOUNT_KEY_FILE",
    "YC_SERVICE_ACCOUNT_ID",
)


def find(given: Given) -> Found:
    """Return the tokens of the first source that was given.

    Raises Unauthenticated, or Unavailable when a token could not be fetched.
    """
    for source in SOURCES:
        found = source(given)
        if found is not None:
            return found
    blank = [name for name in _VARIABLES if given.environment.get(name, "x").strip() == ""]
    told = f" ({', '.join(blank)} is set, and blank)" if blank else ""
    raise Unauthenticated(
        f"there are no credentials{told}",
        hint="in CI: workload identity federation (YC_SERVICE_ACCOUNT_ID); "
        'here: YC_IAM_TOKEN="$(yc iam create-token)"',
    )


def lazy(given: Given, *, log: Callable[[str], None]) -> LazyTokens:
    """Return tokens that are looked for when the first one is needed."""
    return LazyTokens(lambda: find(given), clock=given.clock, log=log, mask=given.mask)

"""The way to the service: credentials and transport, as the command line asks for them."""

import io
import sys
from collections.abc import Mapping
from typing import BinaryIO, Protocol

from scangate import credentials
from scangate.cli import console
from scangate.clouds import Endpoints
from scangate.model import Value
from scangate.transport import Transport
from scangate.wait import Clock


class Wishes(Protocol):
    """The options that matter here; every command that asks the service has them."""

    @property
    def token_file(self) -> str | None:
        """Where the token lies, if it was given so."""

    @property
    def verbose(self) -> bool:
        """Whether to tell every request."""

    @property
    def quiet(self) -> bool:
        """Whether to tell errors only."""


class Network(Value, frozen=True):
    """A transport that sends the token, and the tokens themselves for who tells of them."""

    transport: Transport
    tokens: credentials.LazyTokens


def connect(
    wishes: Wishes,
    where: Endpoints,
    *,
    environment: Mapping[str, str],
    clock: Clock,
    seconds: float,
) -> Network:
    """Return the way to the service. Nothing is asked and no token looked for yet.

    `seconds` bounds the way to a token.
    """
    log = console.say if wishes.verbose else _silent
    given = credentials.Given(
        environment=environment,
        token_file=wishes.token_file,
        stdin=_own_stdin(),
        where=where,
        clock=clock,
        transport=Transport(None, clock=clock, log=log),
        say=_silent if wishes.quiet else console.say,
        mask=credentials.masking(environment, sys.stderr),
        limits=credentials.Limits.within(seconds),
    )
    tokens = credentials.lazy(given, log=log)
    return Network(transport=Transport(tokens, clock=clock, log=log), tokens=tokens)


def _own_stdin() -> BinaryIO:
    """Open standard input anew: Python aborts at its end if a thread still reads `sys.stdin`."""
    return io.BytesIO() if sys.stdin is None else open(0, "rb", closefd=False)


def _silent(_line: str) -> None:
    """Without -v nothing is told."""

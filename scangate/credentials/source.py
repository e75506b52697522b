"""What a credential source is given, what it gives, and how a token is read."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import msgspec

from scangate.clouds import Endpoints
from scangate.credentials.command import Run, run_command
from scangate.errors import Unauthenticated
from scangate.instant import Instant
from scangate.model import Value
from scangate.secret import Secret
from scangate.transport import Transport
from scangate.wait import Clock, Deadline

_TOKEN = re.compile(r"[\x21-\x7e]+")


class Limits(Value, frozen=True):
    """The most seconds that a step on the way to a token may take.

    `probe` is for reaching the metadata service, `metadata` for its answer, `request` for all
    requests to the cloud and the CI system together, `command` for yc.
    """

    probe: float = 1.0
    metadata: float = 5.0
    request: float = 30.0
    command: float = 30.0

    @classmethod
    def within(cls, budget: float) -> "Limits":
        """Return the usual limits, cut to a budget; 0 stands for a budget that looks once."""
        usual = cls()
        if budget <= 0:
            return usual
        return cls(
            probe=min(usual.probe, budget),
            metadata=min(usual.metadata, budget),
            request=min(usual.request, budget),
            command=min(usual.command, budget),
        )


class Given(Value, frozen=True):
    """Everything that sources may look at, ask and tell.

    `transport` sends no token of its own. `say` tells a warning to people, `mask` makes the CI
    system hide a secret that it does not know yet.
    """

    environment: Mapping[str, str]
    token_file: str | None
    stdin: BinaryIO
    where: Endpoints
    clock: Clock
    transport: Transport
    say: Callable[[str], None]
    mask: Callable[[Secret], None]
    run: Run = run_command
    limits: Limits = Limits()

    def variable(self, name: str) -> str | None:
        """Return a variable, or None where it is blank: CI systems empty what is not defined."""
        return self.environment.get(name, "").strip() or None

    @property
    def home(self) -> Path | None:
        """The user's home, where the environment says so."""
        home = self.variable("HOME") or self.variable("USERPROFILE")
        return Path(home) if home else None

    def bounded(self, seconds: float) -> Transport:
        """Return the transport with that much time from now on."""
        return self.transport.within(Deadline.after(seconds, self.clock))


class Found(msgspec.Struct, frozen=True):
    """A token and where it is from. `source` is told to users, the token never.

    `expires` is by this machine's clock, and None when it is not known. `again` gets another
    token from the same source; it is None for a token that was given as it is.
    """

    source: str
    token: Secret
    expires: Instant | None = None
    again: "Callable[[], Found] | None" = None


def token_of(text: str) -> Secret:
    """Return a token that can stand in a header. Raises ValueError, without telling it."""
    token = text.strip()
    if not token:
        raise ValueError("it is empty")
    secret = Secret(token)
    if not _TOKEN.fullmatch(token):
        raise ValueError("it has blanks or odd characters")
    return secret


def given_token(text: str, *, source: str) -> Secret:
    """Return a token that the user gave. Raises Unauthenticated, without telling it."""
    try:
        return token_of(text)
    except ValueError as error:
        raise Unauthenticated(f"{source} does not hold a token: {error}") from error

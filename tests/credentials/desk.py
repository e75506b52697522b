"""Someone who asks for tokens at the emulator: everything that is told is kept, to be searched."""

import base64
import io
import json
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from scangate import credentials
from scangate.clouds import CLOUDS, Endpoints, endpoints
from scangate.credentials import Given, Limits
from scangate.credentials.source import Found
from scangate.emulator import Access, Arrival, Emulator, Faults, Raw, Reply, World
from scangate.emulator.identities import (
    AuthorizedKey,
    FederatedCredential,
    GitHubJob,
    Identities,
)
from scangate.emulator.identities_reader import GITHUB
from scangate.emulator.signed import Issued, read_token
from scangate.errors import ScangateError, Unauthenticated
from scangate.secret import Secret
from scangate.transport import Transport
from tests.fakes import NOW, FakeClock

from .keys import ACCOUNT, KEY_ID, KeyPair

OAUTH = "y0_AgAAAA-oauth-token-of-the-tests"
REQUEST_TOKEN = "request-token-of-the-job"
SUBJECT = "repo:acme/shop:ref:refs/heads/main"
AUDIENCE = "https://github.com/acme"
GITLAB = FederatedCredential(
    account=ACCOUNT,
    issuer="https://gitlab.com",
    audience="https://gitlab.com/acme/shop",
    subject="project_path:acme/shop:ref_type:branch:ref:main",
)
IDENTITIES = Identities(
    oauth=frozenset({OAUTH}),
    federated=(
        GITLAB,
        FederatedCredential(account=ACCOUNT, issuer=GITHUB, audience=AUDIENCE, subject=SUBJECT),
    ),
    github=GitHubJob(token=REQUEST_TOKEN, repository="acme/shop"),
    machine=ACCOUNT,
)
# Real seconds: the long ones are never used up, however slow the machine; the short ones are
LONG = Limits(probe=5.0, metadata=10.0, request=10.0, command=10.0)
SHORT = Limits(probe=0.02, metadata=0.02, request=0.02, command=0.02)
JSON = {"Content-Type": "application/json"}


class SharedClock(FakeClock):
    """One clock for the client and the emulator; `skew` is how far the client's is ahead."""

    skew = 0.0

    def time(self) -> float:
        return NOW.nanoseconds / 1e9


def with_key(pair: KeyPair, **changes: Any) -> Identities:
    """The identities, with the public half of the key."""
    key = AuthorizedKey(id=KEY_ID, account=ACCOUNT, public_key=pair.public)
    return Identities(keys=(key,), **changes)


@dataclass
class Desk:
    """One emulator and one client of it."""

    emulator: Emulator
    clock: FakeClock
    where: Endpoints
    limits: Limits
    stdin: bytes = b""
    said: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    masked: list[str] = field(default_factory=list)

    def given(
        self, environment: Mapping[str, str], *, token_file: str | None = None, **changes: Any
    ) -> Given:
        settings: dict[str, Any] = {
            "environment": {"YC_METADATA_ADDR": f"127.0.0.1:{self.emulator.port}", **environment},
            "token_file": token_file,
            "stdin": io.BytesIO(self.stdin),
            "where": self.where,
            "clock": self.clock,
            "transport": Transport(None, clock=self.clock, log=self.logged.append),
            "say": self.said.append,
            "mask": self._mask,
            "limits": self.limits,
        }
        return Given(**{**settings, **changes})

    def _mask(self, secret: Secret) -> None:
        self.masked.append(secret.reveal())

    def find(self, environment: Mapping[str, str], **changes: Any) -> Found:
        return credentials.find(self.given(environment, **changes))

    def fails(
        self,
        environment: Mapping[str, str],
        *,
        secrets: Sequence[str] = (),
        kind: type[ScangateError] = Unauthenticated,
        **changes: Any,
    ) -> ScangateError:
        """The error that comes of it; nothing that was told holds one of the secrets."""
        with pytest.raises(ScangateError) as caught:
            self.find(environment, **changes)
        assert type(caught.value) is kind, caught.value
        told = "\n".join([caught.value.message, caught.value.hint, *self.said, *self.logged])
        for secret in secrets:
            for form in forms(secret):
                assert form not in told
        return caught.value

    @property
    def asked(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.emulator.requests]


def forms(secret: str) -> set[str]:
    """A secret as it may come back."""
    encoded = base64.b64encode(secret.encode()).decode()
    return {secret, json.dumps(secret)[1:-1], urllib.parse.quote_plus(secret), encoded}


@contextmanager
def desk(
    identities: Identities = IDENTITIES,
    *,
    faults: Faults | None = None,
    cloud: str = "yandex",
    limits: Limits = LONG,
    clock: SharedClock | None = None,
    **where: Any,
) -> Iterator[Desk]:
    """An emulator that lets in the tokens that it issues and no other."""
    clock = clock or SharedClock()
    world = World(identities=identities, access=Access(accepted=frozenset()))
    with Emulator(world, clock=clock, faults=faults) as emulator:
        served = {"base": emulator.url, "registry": None, **where}
        yield Desk(emulator, clock, endpoints(CLOUDS[cloud], **served), limits)


def issued(found: Found) -> Issued:
    """What the emulator says in the token that was found."""
    content = read_token(found.token.reveal())
    assert content is not None
    return content


def at(path: str, reply: Reply | Raw) -> Faults:
    """Answer so at that path, and as usual elsewhere."""
    return lambda arrival: reply if arrival.request.path == path else None


def echo(arrival: Arrival) -> Reply:
    """Refuse, and repeat the whole request in the message."""
    request = arrival.request
    said = f"{request.body.decode()} {dict(request.headers)} {request.query}"
    said += f" {base64.b64encode(request.body).decode()} {urllib.parse.unquote_plus(said)}"
    body = json.dumps({"code": 16, "message": said}).encode()
    return Reply(status=401, headers=JSON, body=body)


def refusal(status: int, **body: Any) -> Reply:
    return Reply(status=status, headers=JSON, body=json.dumps(body).encode())

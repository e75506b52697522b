"""A server on loopback that answers as it is told, and a transport that asks it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scangate.emulator import Arrival, Emulator, Raw, Reply, load_world
from scangate.secret import Secret
from scangate.transport import Limits, Transport
from scangate.wait import Clock, Deadline
from tests.fakes import FakeClock

EMPTY = load_world("registries: []")
JSON = {"Content-Type": "application/json"}
QUICK = Limits(connect=1.0, read=0.3)
TOKEN = "t0ken-of-the-tests"
PATH = "/container-registry/v1/images"

Answer = Reply | Raw | Callable[[], Reply | Raw]


def good(body: bytes = b"{}", **headers: str) -> Reply:
    return Reply(headers={**JSON, **headers}, body=body)


def bad(status: int, message: str = "", **headers: str) -> Reply:
    """An error as the service tells it."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"code": 13, "message": message}).encode() if message else b""
    return Reply(status=status, headers={**JSON, **names}, body=body)


def serving(*answers: Answer) -> Emulator:
    """Answer the first request with the first, and so on; the last one stays."""

    def faults(arrival: Arrival) -> Reply | Raw:
        answer = answers[min(arrival.request.number, len(answers)) - 1]
        return answer() if callable(answer) else answer

    return Emulator(EMPTY, faults=faults)


@dataclass
class Tokens:
    """Tokens that are given one after another, as often as one is refused."""

    given: Sequence[str] = (TOKEN,)
    renewals: int = 0

    def token(self) -> Secret:
        return Secret(self.given[min(self.renewals, len(self.given) - 1)])

    def renew(self) -> bool:
        self.renewals += 1
        return self.renewals < len(self.given)


@dataclass
class Asking:
    """A transport with everything that it was given."""

    clock: Clock = field(default_factory=FakeClock)
    tokens: Tokens | None = field(default_factory=Tokens)
    dice: Callable[[], float] = lambda: 1.0
    limits: Limits = QUICK
    seconds: float = 600.0
    lines: list[str] = field(default_factory=list)

    def transport(self) -> Transport:
        whole = Transport(
            self.tokens,
            clock=self.clock,
            dice=self.dice,
            log=self.lines.append,
            limits=self.limits,
        )
        return whole.within(Deadline.after(self.seconds, self.clock))

    def get(self, url: str) -> bytes:
        return self.transport().get(url)

    def post(self, url: str) -> bytes:
        headers = {"Content-Type": "application/json", "Idempotency-Key": "the-key"}
        return self.transport().post(url, b'{"imageId": "x"}', headers=headers)


def sent(emulator: Emulator, name: str) -> list[str | None]:
    """A header of every request that came."""
    return [exchange.request.headers.get(name.lower()) for exchange in emulator.requests]


def slept(asking: Asking) -> float:
    assert isinstance(asking.clock, FakeClock)
    return asking.clock.elapsed

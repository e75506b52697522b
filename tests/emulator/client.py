"""A client, a clock and a world for the tests that use real sockets."""

import http.client
from dataclasses import dataclass

from scangate.emulator import Emulator, Faults, Reply, load_world

from .asking import KEY, START, one_image, with_registry

WORLD = load_world(with_registry(one_image("scans: [{id: s, appears: 2s, takes: 3s}]")))
PATH = "/container-registry/v1/images/img"
SCANS = "/container-registry/v1/scans"
HEADERS = {"Authorization": "Bearer t"}


@dataclass
class FakeClock:
    """A clock that tests turn."""

    elapsed: float = 0.0

    def monotonic(self) -> float:
        return 5000 + self.elapsed

    def time(self) -> float:
        return START / 1e9  # the wall clock is read once: what elapses is monotonic


class Client(http.client.HTTPConnection):
    """One connection to the emulator."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__("127.0.0.1", emulator.port, timeout=10)

    def ask(self, path: str = PATH, *, method: str = "GET", body: bytes = b"") -> Reply:
        self.request(method, path, body=body or None, headers=HEADERS)
        response = self.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Reply(status=response.status, headers=headers, body=response.read())

    def scan(self) -> Reply:
        body = b'{"imageId": "img"}'
        self.request("POST", SCANS, body=body, headers={**HEADERS, "Idempotency-Key": KEY})
        response = self.getresponse()
        return Reply(status=response.status, body=response.read())


def served(faults: Faults | None = None, clock: FakeClock | None = None) -> Emulator:
    return Emulator(WORLD, faults=faults, clock=clock or FakeClock())

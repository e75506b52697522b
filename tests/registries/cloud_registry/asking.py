"""Cloud Registry as the gate meets it, in front of the emulator."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from scangate.clouds import CLOUDS, endpoints
from scangate.emulator import Arrival, Emulator, Faults, Raw, Reply, World, load_world
from scangate.model import Image
from scangate.reference import ImageReference
from scangate.registries import Lookup, open_registry
from tests.transport.serving import Asking, Tokens

REGISTRY = "crp0000000000000test"
NAME = f"{REGISTRY}/team/app"
A, B, C = (f"sha256:{letter * 64}" for letter in "abc")
SERVICE = "/yandex.cloud.cloudregistry.v1.ScannerService"


def world(*images: str, **behaviour: Any) -> World:
    """A world of images written as YAML flow mappings without their name."""
    listed = "".join(f"\n  - {{name: {NAME}, {image}}}" for image in images)
    head = f"registries: [{{id: {REGISTRY}, aliases: [shop], scan_policy: {{push: [team]}}}}]"
    read = load_world(f"{head}\nimages:{listed or ' []'}")
    return replace(read, behaviour=replace(read.behaviour, **behaviour))


def reference(rest: str = "", *, name: str = NAME) -> ImageReference:
    """`:tag` or `@digest` of the repository; by default the image with the digest A."""
    return ImageReference.parse(f"cr.yandex/{name}{rest or f'@{A}'}")


@dataclass
class Client:
    """What judges one image, and the server that it asks."""

    emulator: Emulator
    asking: Asking = field(default_factory=lambda: Asking(tokens=Tokens()))
    api: str = "cloud-registry"

    def __post_init__(self) -> None:
        where = endpoints(CLOUDS["yandex"], base=self.emulator.url, registry=None)
        transport = self.asking.transport()
        self.registry: Lookup = open_registry("cr.yandex", transport, where, api=self.api)

    def image(self, rest: str = "") -> Image:
        found = self.registry.find(reference(rest))
        assert found is not None
        return found

    def asked(self, part: str = "") -> Sequence[str]:
        """What the server was asked, by what in the path tells the calls apart."""
        paths = (f"{e.method} {e.path.removeprefix(SERVICE)}" for e in self.emulator.requests)
        return [path for path in paths if part in path]


@contextmanager
def client(
    served: World, *, faults: Faults | None = None, asking: Asking | None = None
) -> Iterator[Client]:
    with Emulator(served, faults=faults) as emulator:
        yield Client(emulator, asking or Asking(tokens=Tokens()))


def instead(call: str, *replies: Reply | Raw | Exception | None) -> Faults:
    """Answer the scanner's call with these, one after another; None and the rest as usual."""
    left = list(replies)

    def faults(arrival: Arrival) -> Reply | Raw | None:
        if arrival.request.path != f"{SERVICE}/{call}" or not left:
            return None
        reply = left.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    return faults

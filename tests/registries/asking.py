"""The client, in front of a server that answers as it is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from scangate.clouds import CLOUDS, Endpoints, endpoints
from scangate.emulator import Emulator, Raw, Reply, Request
from scangate.model import Image
from scangate.reference import ImageReference
from scangate.registries.container_registry import ContainerRegistry
from tests.transport.serving import Asking, Tokens, good, serving

REGISTRY = "crp0000000000000test"
NAME = f"{REGISTRY}/team/app"
DIGEST = "sha256:" + "a" * 64
OTHER_DIGEST = "sha256:" + "b" * 64
IMAGE = Image(id="img", host="cr.yandex", name=NAME, digest=DIGEST)
ROOT = "/container-registry/v1"


def reference(rest: str = ":1.4", *, name: str = NAME) -> ImageReference:
    return ImageReference.parse(f"cr.yandex/{name}{rest}")


def told(document: object) -> Reply:
    return good(json.dumps(document).encode())


def image(
    identity: str = "img", *tags: str, digest: str = DIGEST, name: str = NAME
) -> dict[str, Any]:
    return {"id": identity, "name": name, "digest": digest, "tags": list(tags)}


def page(*images: dict[str, Any], token: str = "") -> Reply:
    return told({"images": list(images), "nextPageToken": token})


@contextmanager
def client(*answers: Reply | Raw) -> Iterator[tuple[ContainerRegistry, Emulator]]:
    """Return the client of one image, and the server with its log."""
    with serving(*answers) as server:
        transport = Asking(tokens=Tokens(), seconds=0).transport()
        yield ContainerRegistry(transport, all_at(server.url)), server


def all_at(url: str) -> Endpoints:
    return endpoints(CLOUDS["yandex"], base=url, registry=None)


def requests(server: Emulator) -> tuple[Request, ...]:
    return tuple(exchange.request for exchange in server.requests)


def query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.query, keep_blank_values=True))

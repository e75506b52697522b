"""The two gRPC services that the script on the official SDK asks, over TLS.

What they answer is what the emulator answers to the same calls of its REST API.
"""

import json
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks import worlds
from benchmarks.certificate import HOST, Files

Generated = Any
"""What is made from the official definitions has no types."""


def start(rest: str, files: Files) -> tuple[Generated, int]:
    """Start the server, and return it with its port; `rest` is the emulator's address."""
    import grpc
    from google.protobuf.json_format import ParseDict
    from yandex.cloud.containerregistry.v1 import (
        image_service_pb2,
        image_service_pb2_grpc,
        scanner_service_pb2,
        scanner_service_pb2_grpc,
    )

    listed = _ask(rest, f"images?repositoryName={worlds.REPOSITORY}&pageSize=1000")
    images = ParseDict(listed, image_service_pb2.ListImagesResponse())
    image = next(each for each in images.images if worlds.TAG in each.tags)
    results = _ask(rest, f"scans?imageId={image.id}&pageSize=1000")
    scans = ParseDict(results, scanner_service_pb2.ListScanResultsResponse())

    server = grpc.server(ThreadPoolExecutor())
    services = (
        (image_service_pb2_grpc, "ImageService", images),
        (scanner_service_pb2_grpc, "ScannerService", scans),
    )
    for generated, name, answer in services:
        base = getattr(generated, f"{name}Servicer")
        servicer = type(name, (base,), {"List": _always(answer)})()
        getattr(generated, f"add_{name}Servicer_to_server")(servicer, server)
    pair = (files.key.read_bytes(), files.certificate.read_bytes())
    port = server.add_secure_port(f"{HOST}:0", grpc.ssl_server_credentials([pair]))
    server.start()
    return server, int(port)


def _always(answer: Generated) -> Callable[..., Generated]:
    """Return the method of a service that gives one answer to all."""

    def method(_servicer: Generated, _request: Generated, _context: Generated) -> Generated:
        return answer

    return method


def _ask(rest: str, path: str) -> Mapping[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - the emulator's address
        f"{rest}/container-registry/v1/{path}", headers={"Authorization": "Bearer any"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        told: Mapping[str, Any] = json.load(answer)
    return told

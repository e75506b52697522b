"""gRPC and the official messages of Cloud Registry: an optional extra, imported when needed.

They are the generated modules of the `yandexcloud` distribution; its SDK object is not used, as
it does not know this service.
"""

import os
from types import ModuleType
from typing import NamedTuple

from scangate.errors import UsageError


class Stubs(NamedTuple):
    """The modules: gRPC itself, and the scanner's messages, requests and service."""

    grpc: ModuleType
    scanner: ModuleType
    requests: ModuleType
    service: ModuleType


def load() -> Stubs:
    """Import them. Raises UsageError when they are not there, or do not fit each other.

    gRPC's own log is off unless it is asked for: what went wrong is told by `calls`.
    """
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # read once, at the import
    try:
        import grpc
        from yandex.cloud.cloudregistry.v1 import (
            scanner_pb2,
            scanner_service_pb2,
            scanner_service_pb2_grpc,
        )
    except (ImportError, RuntimeError) as error:
        raise UsageError(
            f"Cloud Registry cannot be asked: {error}",
            hint="pip install 'scangate[cloud-registry]'",
        ) from error
    return Stubs(grpc, scanner_pb2, scanner_service_pb2, scanner_service_pb2_grpc)

"""gRPC on the emulator's one port: connections that begin as HTTP/2 go to a server of their own.

It is the official service definition (yandex.cloud.cloudregistry.v1.ScannerService), and what it
answers comes from `api` as for every other request, faults and log included. gRPC is imported
when the first such connection comes; without it these are closed, and the rest works.
"""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Protocol

from scangate.emulator.messages import Raw, Reply, Request
from scangate.emulator.refusals import HTTP_STATUS, Code
from scangate.emulator.routes import SCANNER

_PREFACE = b"PRI"
_CHUNK = 1 << 16


class Answering(Protocol):
    """What answers requests: the emulator."""

    def respond(self, request: Request) -> Reply | Raw:
        """The answer to a request."""

    def next_number(self) -> int:
        """The number of the request that arrives now."""


class GrpcDoor:
    """Lets HTTP/2 connections in, and starts the server for the first of them."""

    def __init__(self, emulator: Answering) -> None:
        self._emulator = emulator
        self._lock = threading.Lock()
        self._server: Any = None
        self._port = 0

    def let_in(self, connection: socket.socket) -> bool:
        """Serve a connection to its end if it begins as HTTP/2 does; else False."""
        with contextlib.suppress(OSError):
            if isinstance(connection, ssl.SSLSocket):
                return False  # what it says cannot be looked at without taking it
            if connection.recv(len(_PREFACE), socket.MSG_PEEK) != _PREFACE:
                return False
            with contextlib.suppress(ImportError), self._lock:
                self._start()
            if self._port:
                with socket.create_connection(("127.0.0.1", self._port)) as inner:
                    _relay(connection, inner)
        return True

    def close(self) -> None:
        """Stop the server, if it was ever started."""
        with self._lock:
            if self._server is not None:
                self._server.stop(None)

    def _start(self) -> None:
        if self._server is not None:
            return
        import grpc
        from yandex.cloud.cloudregistry.v1 import scanner_service_pb2_grpc as service

        server = grpc.server(ThreadPoolExecutor(max_workers=8), options=[("grpc.so_reuseport", 0)])
        service.add_ScannerServiceServicer_to_server(
            _servicer(grpc, service, self._emulator), server
        )
        self._port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self._server = server


def _servicer(grpc: Any, service: Any, emulator: Answering) -> Any:  # noqa: ANN401 - gRPC has no types
    """The official servicer, each of whose methods asks the emulator."""
    from yandex.cloud.cloudregistry.v1 import scanner_pb2, scanner_service_pb2
    from yandex.cloud.operation import operation_pb2

    answers = {
        "Scan": operation_pb2.Operation,
        "Get": scanner_pb2.ScanResult,
        "GetLast": scanner_pb2.ScanResult,
        "List": scanner_service_pb2.ListScanResultsResponse,
        "ListVulnerabilities": scanner_service_pb2.ListVulnerabilitiesResponse,
    }

    def method(name: str, kind: Any) -> Callable[[Any, Any, Any], Any]:  # noqa: ANN401 - as above
        def serve(_servicer: object, request: Any, context: Any) -> Any:  # noqa: ANN401 - as above
            reply = _ask(emulator, name, request, context)
            context.set_trailing_metadata(_metadata(reply))
            if reply.status != HTTPStatus.OK:
                code, message = _read_status(reply)
                context.abort(grpc.StatusCode[code.name], message)
            return kind.FromString(reply.body)

        return serve

    methods = {name: method(name, kind) for name, kind in answers.items()}
    return type("Servicer", (service.ScannerServiceServicer,), methods)()


def _ask(emulator: Answering, name: str, request: Any, context: Any) -> Reply:  # noqa: ANN401
    metadata = context.invocation_metadata()
    answer = emulator.respond(
        Request(
            method="POST",
            path=f"{SCANNER}{name}",
            headers={key: value for key, value in metadata if isinstance(value, str)},
            body=request.SerializeToString(),
            number=emulator.next_number(),
        )
    )
    if isinstance(answer, Reply):
        return answer
    for _ in answer.pieces:  # what a fault would write as raw bytes cannot be written here
        pass
    return Reply(status=HTTP_STATUS[Code.UNAVAILABLE])


def _metadata(reply: Reply) -> list[tuple[str, str]]:
    names = ("x-request-id", "x-server-trace-id", "retry-after")
    return [(name.lower(), text) for name, text in reply.headers.items() if name.lower() in names]


def _read_status(reply: Reply) -> tuple[Code, str]:
    """The google.rpc.Status of the body, or what the HTTP status stands for."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        told = json.loads(reply.body)
        return Code(told["code"]), str(told.get("message", ""))
    codes = [code for code, status in HTTP_STATUS.items() if status == reply.status]
    return codes[0] if codes else Code.UNKNOWN, f"HTTP {reply.status}"


def _relay(outer: socket.socket, inner: socket.socket) -> None:
    """Carry bytes both ways until both sides are done."""
    back = threading.Thread(target=_carry, args=(inner, outer), daemon=True)
    back.start()
    _carry(outer, inner)
    back.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)

"""The API on a loopback port: sockets, threads, the log of requests, and faults on purpose.

What is answered is decided in `api`; this module carries it. Binds to 127.0.0.1 and nothing
else: the emulator lets in every token.
"""

import contextlib
import functools
import itertools
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self

from scangate.emulator.api import Api
from scangate.emulator.grpc_door import GrpcDoor
from scangate.emulator.messages import Arrival, Ending, Exchange, Faults, Raw, Reply, Request
from scangate.emulator.moments import MILLISECOND
from scangate.emulator.refusals import StatusError
from scangate.emulator.view import StartedScan
from scangate.emulator.world import World

_DEFECT = Reply(status=500, body=b"the emulator has a defect; see Emulator.defects")


class Clock(Protocol):
    """Where the time comes from, in seconds. The module `time` is one."""

    def monotonic(self) -> float:
        """Seconds since some point; never goes back."""

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC."""


class Emulator:
    """A world, served. Use it as a context manager, or call `serve_forever` and `close`.

    `faults` is asked about every request: None lets the usual answer through, a Reply replaces
    it, Raw writes bytes as they are, a StatusError that it raises becomes the reply that tells
    of it. It runs in the thread of the connection, so it may wait.
    """

    def __init__(
        self,
        world: World,
        *,
        clock: Clock = time,
        port: int = 0,
        faults: Faults | None = None,
    ) -> None:
        self._clock = clock
        self._faults = faults
        self._began = clock.monotonic()
        # The service's times have milliseconds; finer ones would be noise of the clock
        self._api = Api(world=world, start=int(clock.time() * 1000) * MILLISECOND)
        self._exchanges: list[Exchange] = []
        self._numbers = itertools.count(1)
        self._thread: threading.Thread | None = None
        self._serving = False
        self.defects: list[Exception] = []
        self._server = _Server(self, port)
        self._grpc = GrpcDoor(self)

    @property
    def port(self) -> int:
        """The port that is served."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The URL that serves every API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> tuple[Exchange, ...]:
        """The requests so far, each from the moment before its answer is sent."""
        return tuple(self._exchanges)

    @property
    def scans_started(self) -> tuple[StartedScan, ...]:
        """The scans that Scan calls started; repeats of an idempotency key count once."""
        return self._api.ledger.started

    @property
    def now(self) -> int:
        """The emulator's wall time: its start and what has elapsed since, in nanoseconds."""
        elapsed = round((self._clock.monotonic() - self._began) * 1000)
        return self._api.start + elapsed * MILLISECOND

    def serve_forever(self) -> None:
        """Serve in this thread until another calls `close`, or an exception such as Ctrl-C."""
        self._serving = True
        self._server.serve_forever(poll_interval=0.01)

    def close(self) -> None:
        """Stop, and cut every connection. Not from the thread that serves."""
        if self._serving:
            self._server.shutdown()
        self._server.cut()
        self._grpc.close()
        if self._thread is not None:
            self._thread.join()

    def respond(self, request: Request) -> Reply | Raw:
        """The answer to a request, faults included; it is logged before it is returned."""
        usual = functools.cache(lambda: self._api.answer(request, now=self.now))
        answer: Reply | Raw
        try:
            fault = self._faults(Arrival(request, usual)) if self._faults is not None else None
            answer = fault if fault is not None else usual()
        except StatusError as error:
            answer = self._api.refuse(request, error, now=self.now)
        except Exception as error:  # noqa: BLE001 - a thread's exception would go unseen
            self.defects.append(error)
            answer = _DEFECT
        self._exchanges.append(Exchange(request, getattr(answer, "status", None)))
        return answer

    def let_in(self, connection: socket.socket) -> bool:
        """Serve a connection that begins as HTTP/2 does, which is gRPC; False for any other."""
        return self._grpc.let_in(connection)

    def next_number(self) -> int:
        """The number of the request that arrives now."""
        return next(self._numbers)

    def __enter__(self) -> Self:
        self._serving = True
        self._thread = threading.Thread(target=self.serve_forever, name="emulator", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
        if self.defects and error is None:
            raise self.defects[0]


class _Server(ThreadingHTTPServer):
    """Knows its open connections, to cut them when it stops."""

    daemon_threads = True

    def __init__(self, emulator: Emulator, port: int) -> None:
        self.emulator = emulator
        self.connections = itertools.count(1)
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def cut(self) -> None:
        # A copy: the connections' own threads take them out meanwhile
        for connection in self._open.copy():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as above
        if not self.emulator.let_in(request):
            super().finish_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - the base class's type
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as above
        """Clients that hang up are no news; defects are kept where the request is answered."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm: ClassVar[bool] = True
    server: _Server

    def setup(self) -> None:
        self._connection = next(self.server.connections)
        super().setup()

    def _serve(self) -> None:
        request = self._request()
        answer = self.server.emulator.respond(request)
        if isinstance(answer, Raw):
            self._send_raw(answer)
            return
        self.wfile.write(answer.encode(without_body=request.method == "HEAD"))
        if answer.closes:
            self.close_connection = True

    # The names are http.server's
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - as said above

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        return Request(
            method=self.command,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length", "0"))),
            number=self.server.emulator.next_number(),
            connection=self._connection,
        )

    def _send_raw(self, raw: Raw) -> None:
        for piece in raw.pieces:
            self.wfile.write(piece)
        if raw.ending is Ending.KEEP:
            return
        self.close_connection = True
        if raw.ending is Ending.RESET:
            # Lingering for zero seconds makes close() send RST instead of FIN
            option = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
            self.rfile.close()
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Silent: the log of requests is Emulator.requests."""

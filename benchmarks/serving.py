"""The registry of a benchmark, in processes of its own: what it costs is not the contender's."""

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from typing import NamedTuple

from benchmarks import distance, sdk_server
from benchmarks.certificate import HOST, Files
from scangate.emulator import Arrival, Emulator, Reply, World

_SPAWN = multiprocessing.get_context("spawn")


class Served(NamedTuple):
    """A registry that is served; `grpc` is the port of the SDK's services, 0 without them."""

    port: int
    grpc: int
    pipe: Connection

    @property
    def url(self) -> str:
        """The address of every API."""
        return f"http://{HOST}:{self.port}"

    def requests(self) -> int:
        """Return how many requests have come since this was asked last."""
        self.pipe.send("requests")
        number: int = self.pipe.recv()
        return number


@contextlib.contextmanager
def registry(world: Callable[[], World], files: Files | None = None) -> Iterator[Served]:
    """Serve a world; with `files` the SDK's services, too."""
    with _process(_serve, world, files) as pipe:
        port, grpc = pipe.recv()
        yield Served(port, grpc, pipe)


@contextlib.contextmanager
def doors(wanted: Mapping[str, distance.Door]) -> Iterator[Mapping[str, int]]:
    """Open doors, and return the port of each."""
    with _process(distance.keep_open, wanted) as pipe:
        ports: Mapping[str, int] = pipe.recv()
        yield ports


@contextlib.contextmanager
def _process(target: Callable[..., None], *arguments: object) -> Iterator[Connection]:
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=target, args=(*arguments, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        process.terminate()
        process.join()


class _Memory:
    """Answers a request as it was answered first, so that a server costs as little as can be."""

    def __init__(self) -> None:
        self.requests = 0
        self._replies: dict[str, Reply] = {}

    def __call__(self, arrival: Arrival) -> Reply:
        self.requests += 1
        asked = f"{arrival.request.method} {arrival.request.path}?{arrival.request.query}"
        if asked not in self._replies:
            self._replies[asked] = arrival.usual()
        return self._replies[asked]


def _serve(world: Callable[[], World], files: Files | None, pipe: Connection) -> None:
    memory = _Memory()
    with Emulator(world(), faults=memory) as emulator:
        server, grpc = sdk_server.start(emulator.url, files) if files else (None, 0)
        pipe.send((emulator.port, grpc))
        seen = memory.requests
        while pipe.recv():
            pipe.send(memory.requests - seen)
            seen = memory.requests
        del server

"""Doors to a server on this machine that make it look far away, or speak TLS.

A round trip is added where it would be on a long line: every chunk waits for half of it, and the
first bytes of a connection for a whole one, which is the handshake of TCP.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import NamedTuple

from benchmarks.certificate import HOST, Files

_CHUNK = 1 << 16


class Door(NamedTuple):
    """Where a door leads: to a port, or to an earlier door by its name.

    `round_trip` is in seconds; with `files` the door ends TLS.
    """

    to: int | str
    round_trip: float = 0.0
    files: Files | None = None


def keep_open(doors: Mapping[str, Door], pipe: Connection) -> None:
    """Serve in this process until it is ended, after telling the ports through the pipe."""
    asyncio.run(_keep_open(doors, pipe))


async def _keep_open(doors: Mapping[str, Door], pipe: Connection) -> None:
    ports: dict[str, int] = {}
    for name, door in doors.items():
        ports[name] = await _open(door, ports[door.to] if isinstance(door.to, str) else door.to)
    pipe.send(ports)
    await asyncio.get_running_loop().create_future()


async def _open(door: Door, port: int) -> int:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(HOST, port)
        half = door.round_trip / 2
        await asyncio.gather(
            _carry(reader, inner_writer, half, first=door.round_trip),
            _carry(inner_reader, writer, half),
        )

    server = await asyncio.start_server(serve, HOST, 0, ssl=door.files and _context(door.files))
    return int(server.sockets[0].getsockname()[1])


def _context(files: Files) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    return context


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float, *, first: float = 0.0
) -> None:
    """Carry bytes one way, each chunk as late as the line is long; an end is carried, too."""
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    arrival = asyncio.create_task(_deliver(under_way, writer))
    clock = asyncio.get_running_loop().time
    earliest = clock() + first
    data = b"more"
    while data:
        data = await _read(reader)
        under_way.put_nowait((max(clock(), earliest) + delay, data))
    await arrival


async def _deliver(
    under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
) -> None:
    clock = asyncio.get_running_loop().time
    with contextlib.suppress(OSError):  # who hung up gets nothing more
        while True:
            due, data = await under_way.get()
            if (early := due - clock()) > 0:
                await asyncio.sleep(early)
            if not data:
                break
            writer.write(data)
            await writer.drain()
    writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(_CHUNK)
    except OSError:
        return b""

"""A TCP connection that is opened while the rest of the program is still being loaded.

Only the way is opened: no byte is sent. TLS, with all its checks, begins when the transport takes
the connection over; where that cannot be, it opens one of its own as if this had never been.
"""

import contextlib
import socket
import threading
import time
import urllib.parse
from http.client import HTTPS_PORT
from urllib.request import getproxies

_PATIENCE = 10.0
_FRESH = 5.0
"""Seconds that a server surely waits for the first byte; an older connection is not used."""

_WAIT = 1.0
"""Seconds that are waited for a connection which is on its way, and lost if it never comes."""

_begun: dict[tuple[str, int], "_Connection"] = {}
_lock = threading.Lock()


def begin(url: str) -> None:
    """Start to connect to the host of an HTTPS address, unless there may be a proxy before it."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or getproxies():
        return
    with _lock:
        address = (parts.hostname, HTTPS_PORT if parts.port is None else parts.port)
        if address not in _begun:
            _begun[address] = _Connection(address)


def take(host: str, port: int) -> socket.socket | None:
    """Return the connection that was begun to there, at most once; None if there is no good one."""
    with _lock:
        begun = _begun.pop((host, port), None)
    return begun.result() if begun else None


class _Connection:
    """One that a thread opens; `_opened` is the connection, and when it came."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._opened: tuple[socket.socket, float] | None = None
        self._thread = threading.Thread(target=self._open, daemon=True)
        self._thread.start()

    def _open(self) -> None:
        # The transport's own attempt will tell why it cannot be; no name has a label so long
        with contextlib.suppress(OSError, UnicodeError):
            connection = socket.create_connection(self._address, timeout=_PATIENCE)
            self._opened = (connection, time.monotonic())

    def result(self) -> socket.socket | None:
        """Return the connection while it is fresh."""
        self._thread.join(_WAIT)
        if self._opened is None:
            return None
        connection, opened_at = self._opened
        if time.monotonic() - opened_at < _FRESH and _is_open(connection):
            return connection
        connection.close()
        return None


def _is_open(connection: socket.socket) -> bool:
    """Whether the server still waits: it speaks first only to say goodbye."""
    connection.settimeout(0)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False

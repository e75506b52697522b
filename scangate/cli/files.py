"""Reading a file that the user names, without waiting for ever and without reading for ever."""

import errno
import os
import re
import stat
import sys
from pathlib import Path
from typing import BinaryIO

_GIVEN_OPEN = re.compile(r"/dev/(?:stdin|fd/[0-9]{1,9})|/proc/self/fd/[0-9]{1,9}")


def read(path: str, *, limit: int) -> bytes:
    """Read at most `limit` bytes. Raises OSError, also for what is no regular file.

    A pipe is read under the name of a descriptor alone (`<(command)` of a shell): whoever named
    it so has opened it, too.
    """
    if _GIVEN_OPEN.fullmatch(path):
        with Path(path).open("rb") as file:
            return file.read(limit)
    with open(path, "rb", opener=without_waiting) as file:
        refuse_other_than_regular(file)
        return file.read(limit)


def read_or_stdin(path: str, *, limit: int) -> bytes:
    """Read as `read` does; `-` is standard input. Raises OSError."""
    if path != "-":
        return read(path, limit=limit)
    if sys.stdin is None:
        raise OSError(errno.EBADF, "standard input is closed")
    return sys.stdin.buffer.read(limit)


def without_waiting(path: str, flags: int) -> int:
    """Open a file. To open a pipe would otherwise wait for its other end."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY, 0o666)


def refuse_other_than_regular(file: BinaryIO) -> None:
    """Raise OSError for a device, a pipe or the like."""
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")

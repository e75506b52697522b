"""Paths that reports go to: files, which are replaced whole, and pipes and devices."""

import contextlib
import errno
import os
import re
import select
import stat
import tempfile
import time
from pathlib import Path

from scangate.secret import redact

_STREAM = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,9})|/dev/stderr")


def is_file(path: Path) -> bool:
    """Path.is_file raises for too long a name, such as a key that a variable holds itself."""
    return os.path.isfile(path)  # noqa: PTH113 - as said above


def real(path: Path) -> Path:
    """Follow symbolic links; unlike Path.resolve this does not raise when they go in circles."""
    return Path(os.path.realpath(path))


def same(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same place."""
    return real(one) == real(other)


def is_replaced(path: Path) -> bool:
    """Whether it is a file now, and not merely a name for an open stream."""
    return stream(path) is None and not is_special(path) and is_file(path)


def clear(path: Path) -> None:
    """Remove a file, and prove that a new one can be written. Raises OSError."""
    target = real(path)
    opened = stream(path)
    if opened is not None:
        os.fstat(opened)
        return
    if is_special(path):
        # To open a pipe would wait for its reader, to close it would be the reader's end
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        raise IsADirectoryError(0, "it is a folder")
    target.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".scangate-"):
        return


def is_special(path: Path) -> bool:
    """A device or a pipe is written to; it is never removed or replaced."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def replace(path: Path, text: str) -> None:
    """Write to a temporary file beside it and rename, so that no reader sees half a report."""
    target = real(path)
    data = redact(text).encode("utf-8", "backslashreplace")
    if stream(path) is not None or is_special(path):
        handle = _opened(path)
        try:
            pour(data, handle)
        finally:
            os.close(handle)
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".scangate-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o666 & ~_umask())  # noqa: PTH101 - the name is mkstemp's
        os.replace(name, target)  # noqa: PTH105
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108
        raise


def pour(data: bytes, handle: int, *, patience: float = 10.0) -> None:
    """Write to a pipe or a device. Raises OSError, also after `patience` seconds in all.

    The descriptor may be shared, so it is not made non-blocking: what is written at once always
    fits into a pipe that is ready.
    """
    ready = select.poll()
    ready.register(handle, select.POLLOUT)
    end = time.monotonic() + patience
    while data:
        if not ready.poll(max(0.0, end - time.monotonic()) * 1000):
            raise TimeoutError(errno.ETIMEDOUT, "its reader does not read it")
        data = data[os.write(handle, data[: select.PIPE_BUF]) :]


def stream(path: Path) -> int | None:
    """Return the descriptor that is already open under this name, such as 2 for /dev/stderr."""
    match = _STREAM.fullmatch(os.path.abspath(path))  # noqa: PTH100 - it follows no links
    return int(match[1] or 2) if match else None


def _opened(path: Path) -> int:
    """Open what is no file; a pipe without a reader is an error, not a wait for one."""
    opened = stream(path)
    if opened is not None:
        return os.dup(opened)  # what is written both ways must not overwrite each other
    handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    os.set_blocking(handle, True)
    return handle


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask

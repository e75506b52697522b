"""Telling the CI system which new secrets it should hide in its own log."""

import os
import stat
import threading
from collections.abc import Callable, Mapping
from typing import TextIO

from scangate.secret import Secret


def masking(environment: Mapping[str, str], stream: TextIO) -> Callable[[Secret], None]:
    """Return what tells of a secret, once each: GitHub's `add-mask`, or nothing elsewhere.

    GitHub reads workflow commands from both streams; stdout belongs to the reports.
    """
    if environment.get("GITHUB_ACTIONS") != "true" or _is_file(stream):
        return _unmasked
    told: set[Secret] = set()
    lock = threading.Lock()

    def mask(secret: Secret) -> None:
        with lock:
            if secret not in told:
                told.add(secret)
                _write(stream, f"::add-mask::{secret.reveal().replace('%', '%25')}\n")

    return mask


def _is_file(stream: TextIO) -> bool:
    """Whether nobody reads commands from it, and what is written would stay."""
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):
        return False


def _unmasked(_secret: Secret) -> None:
    """Other systems have no such command."""


def _write(stream: TextIO, line: str) -> None:
    """A closed stderr has no log that could leak."""
    try:
        stream.write(line)
        stream.flush()
    except (OSError, ValueError, AttributeError):
        return

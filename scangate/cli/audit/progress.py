"""How far an audit is, as people see it: a live line, elsewhere a line at most once a minute."""

import sys
import threading
from collections.abc import Callable

from scangate.cli import console

_EVERY = 60.0
_REDRAWN = 0.2
_CLEAR = "\r\x1b[2K"


class Progress:
    """Counts what is done; safe to use from several threads. `clock` tells seconds."""

    def __init__(self, *, live: bool, quiet: bool, clock: Callable[[], float]) -> None:
        self._live = live
        self._quiet = quiet
        self._clock = clock
        self._lock = threading.Lock()
        self._told_at = clock()
        self._listed = self._judged = self._places = self._looked = 0

    def listed(self, images: int) -> None:
        """Take note of how many images are listed so far."""
        with self._lock:
            self._listed = images
        self._tell()

    def begin(self, places: int) -> None:
        """Take note of how many repositories there are."""
        with self._lock:
            self._places = places
        self._tell()

    def looked(self, *, listed: int, judged: int) -> None:
        """Take note of a repository that is done, but for the images whose rows are listed."""
        with self._lock:
            self._looked += 1
            self._listed += listed
            self._judged += judged
        self._tell()

    def settled(self) -> None:
        """Take note of one image more."""
        with self._lock:
            self._judged += 1
        self._tell()

    def clear(self) -> None:
        """Remove the live line before anything else is printed."""
        if self._live and not self._quiet:
            self._draw("")

    @property
    def line(self) -> str:
        """How far it is."""
        repositories = f"{self._looked} of {self._places} repositories"
        images = f"{self._judged} of {self._listed} images judged"
        return f"{repositories}, {images}" if self._places else f"{self._listed} images listed"

    def _tell(self) -> None:
        if self._quiet:
            return
        with self._lock:
            now = self._clock()
            if now - self._told_at < (_REDRAWN if self._live else _EVERY):
                return
            self._told_at = now
            line = self.line
        if self._live:
            self._draw(line)
        else:
            console.say(line)

    def _draw(self, text: str) -> None:
        try:
            sys.stderr.write(_CLEAR + text)
            sys.stderr.flush()
        except (OSError, ValueError, UnicodeError):
            self._live = False

"""What the gate waits for, as people see it while it waits.

On a terminal it is one live line; elsewhere a line for each change of state and at most one a
minute, which also keeps a CI system from ending a silent job.
"""

import sys
import threading
import time
from collections.abc import Callable

from scangate.cli import console
from scangate.wait import Waiting

_EVERY = 60.0
_CLEAR = "\r\x1b[2K"


def _words(seconds: float) -> str:
    return f"{int(seconds)}s" if seconds < 60 else f"{int(seconds) // 60}m {int(seconds) % 60}s"


class Status:
    """Tells what every image waits for."""

    def __init__(self, *, live: bool, quiet: bool) -> None:
        self._live = live
        self._quiet = quiet
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[Waiting, float]] = {}
        self._said: dict[str, tuple[str, float]] = {}

    def watcher(self, reference: str) -> Callable[[Waiting], None]:
        """Return the function to which one image's gate tells what it waits for."""

        def watch(waiting: Waiting) -> None:
            with self._lock:
                self._waiting[reference] = (waiting, time.monotonic())
            if not self._live:
                self._say_change(reference, waiting)

        return watch

    def done(self, reference: str) -> None:
        """Forget an image that waits no longer."""
        with self._lock:
            self._waiting.pop(reference, None)

    def tick(self) -> None:
        """Draw the live line anew."""
        if not self._live or self._quiet:
            return
        with self._lock:
            lines = [self._line(*each) for each in sorted(self._waiting.items())]
        if lines:
            more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
            self._draw(f"{lines[0]}{more}"[:120])

    def clear(self) -> None:
        """Remove the live line before anything else is printed."""
        if self._live and not self._quiet:
            self._draw("")

    def _line(self, reference: str, seen: tuple[Waiting, float]) -> str:
        waiting, at = seen
        since = time.monotonic() - at
        left = max(0.0, waiting.remaining - since)
        so_far = _words(waiting.waited + since)
        what = " ".join(waiting.what.split())  # a foreign status must not forge a second line
        return f"{reference}: waiting for {what}, {so_far} so far, {_words(left)} left"

    def _say_change(self, reference: str, waiting: Waiting) -> None:
        what, at = self._said.get(reference, ("", 0.0))
        now = time.monotonic()
        if self._quiet or (what == waiting.what and now - at < _EVERY):
            return
        self._said[reference] = (waiting.what, now)
        console.say(self._line(reference, (waiting, now)))

    def _draw(self, text: str) -> None:
        try:
            sys.stderr.write(_CLEAR + " ".join(console.harmless(text).split()))
            sys.stderr.flush()
        except (OSError, ValueError, UnicodeError):
            self._live = False

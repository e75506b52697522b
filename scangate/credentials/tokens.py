"""Tokens while a run lasts: looked for once, renewed before they run out or when refused."""

import threading
from collections.abc import Callable

import msgspec

from scangate.credentials.source import Found
from scangate.errors import ScangateError
from scangate.instant import Instant, write_duration
from scangate.model import Value
from scangate.secret import Secret
from scangate.wait import Clock

_SHARE = 0.1
_LONGEST_MARGIN = 300.0
_SHORTEST_MARGIN = 10.0
_SHORTEST_PAUSE = 1.0


class Facts(Value, frozen=True):
    """What may be told of a token: its source, and when it runs out (None: not known)."""

    source: str
    expires: Instant | None


class _Held(msgspec.Struct, frozen=True):
    """A token in use. `due` and `over` are monotonic seconds: when to renew it, and its end."""

    found: Found
    due: float
    over: float


class LazyTokens:
    """Tokens of a source that is looked for once, by whichever image needs one first.

    Safe to use from several threads.
    """

    def __init__(
        self,
        find: Callable[[], Found],
        *,
        clock: Clock,
        log: Callable[[str], None],
        mask: Callable[[Secret], None],
    ) -> None:
        self._find = find
        self._clock = clock
        self._log = log
        self._mask = mask
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._error: ScangateError | None = None
        # What each thread was given last: the token that it means when it reports a refusal
        self._last = threading.local()

    def token(self) -> Secret:
        """Return a token that is valid for a while yet.

        Raises what the search raised, for every image alike, or what came of the renewal of a
        token that has run out.
        """
        with self._lock:
            token = self._current().found.token
        self._last.token = token
        return token

    def renew(self) -> bool:
        """Get another token, as the one that this thread was given last was refused.

        False when there is no other. Where another thread got one meanwhile, that is it. Raises
        what came of the attempt.
        """
        with self._lock:
            held = self._current()
            refused = getattr(self._last, "token", held.found.token)
            if held.found.token != refused:
                return True
            if held.found.again is None:
                return False
            self._held = self._hold(held.found.again())
            return self._held.found.token != refused

    def facts(self) -> Facts:
        """Return what may be told of the token. Raises as `token` does."""
        with self._lock:
            found = self._current().found
        return Facts(source=found.source, expires=found.expires)

    def _current(self) -> _Held:
        if self._error is not None:
            raise self._error
        if self._held is None:
            self._held = self._first()
        elif self._clock.monotonic() >= self._held.due:
            self._held = self._successor(self._held)
        return self._held

    def _first(self) -> _Held:
        try:
            return self._hold(self._find())
        except ScangateError as error:
            self._error = error
            raise

    def _successor(self, held: _Held) -> _Held:
        """While the old token is good, a renewal that fails is no reason to stop."""
        assert held.found.again is not None, "only such a token is ever due"  # noqa: S101 - types
        try:
            return self._hold(held.found.again())
        except ScangateError as error:
            left = held.over - self._clock.monotonic()
            if left <= 0:
                raise
            self._log(f"credentials: not renewed yet: {error.message}")
            pause = max(_SHORTEST_PAUSE, left * _SHARE)
            return msgspec.structs.replace(held, due=self._clock.monotonic() + pause)

    def _hold(self, found: Found) -> _Held:
        self._mask(found.token)
        now = self._clock.monotonic()
        if found.expires is None:
            self._log(f"credentials: {found.source}")
            return _Held(found, due=float("inf"), over=float("inf"))
        life = found.expires.since(self._clock.now())
        self._log(f"credentials: {found.source}, good for {write_duration(life)}")
        seconds = life.total_seconds()
        due = now + seconds - margin(seconds) if found.again else float("inf")
        return _Held(found, due=due, over=now + seconds)


def margin(life: float) -> float:
    """Return how many seconds before the end of so long a life a token is renewed."""
    share = life * _SHARE
    if life < 2 * _SHORTEST_MARGIN:
        return share
    return min(_LONGEST_MARGIN, max(_SHORTEST_MARGIN, share))

"""The one thing that changes while an emulator runs: the scans that Scan calls started.

Everything else follows from the world and the time. Safe to use from several threads.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field, replace

from scangate.emulator.moments import Moment
from scangate.emulator.refusals import Code, StatusError, invalid
from scangate.emulator.view import StartedScan, View
from scangate.emulator.world import CONTAINER_REGISTRY, Image, OnScan, Scan, derive_id


@dataclass(slots=True)
class Ledger:
    """The started scans, in order, and the lock that keeps them so."""

    _started: list[StartedScan] = field(default_factory=list)
    _attempts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def started(self) -> tuple[StartedScan, ...]:
        """All scans that were started so far."""
        with self._lock:
            return tuple(self._started)

    def start(
        self, image: Image, view: View, *, key: str, api: str = CONTAINER_REGISTRY
    ) -> StartedScan:
        """Start a scan of the image, or return the one that this idempotency key started.

        Raises StatusError as the world has it for this image, or at the quota of scans that
        run in parallel.
        """
        with self._lock:
            if (existing := self._by_key(key)) is not None:
                if existing.image_id != image.id:
                    raise invalid("Idempotency-Key was used for another request")
                return existing
            outcome = self._next_outcome(image)
            _refuse(outcome, replace(view, started_scans=tuple(self._started)))
            if image.index and not view.world.behaviour.index_scanned:
                raise invalid("an index cannot be scanned")
            record = self._record(image, outcome, now=view.now, key=key)
            self._started.append(replace(record, api=api))
            return self._started[-1]

    def _by_key(self, key: str) -> StartedScan | None:
        return next((s for s in self._started if key and s.idempotency_key == key), None)

    def _next_outcome(self, image: Image) -> OnScan:
        before = self._attempts[image.id]
        self._attempts[image.id] += 1
        return image.on_scan[min(before, len(image.on_scan) - 1)]

    def _record(self, image: Image, outcome: OnScan, *, now: int, key: str) -> StartedScan:
        number = len(self._started) + 1
        scan = Scan(
            id=derive_id("che", f"started scan {number}"),
            appears=Moment(now + outcome.delay, absolute=True),
            outcome=outcome.outcome,
        )
        return StartedScan(
            image_id=image.id,
            scan=scan,
            operation_id=derive_id(image.registry_id[:3], f"operation {number}"),
            started=now,
            idempotency_key=key,
        )


def _refuse(outcome: OnScan, view: View) -> None:
    if outcome.refused is not None:
        raise StatusError(outcome.refused, outcome.message)
    limit = view.world.behaviour.parallel_scans
    if sum(result.ended is None for result in view.all_results) >= limit:
        message = f"The limit of {limit} parallel scans is exceeded"
        raise StatusError(Code.RESOURCE_EXHAUSTED, message)

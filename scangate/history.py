"""Which result of an image's scan history counts, and whether it is fresh.

The service cannot order results by time (yandex/cloud/containerregistry/v1/scanner_service.proto:
ListScanResultsRequest.order_by takes the status only), and its "last result" is the last
*finished* one, so the whole history is read and the choice is made here.
"""

import datetime as dt
from collections.abc import Sequence

from scangate.errors import ScanStale
from scangate.instant import Instant, write_duration
from scangate.model import ScanResult, ScanStatus, Value

FUTURE_TOLERANCE = dt.timedelta(minutes=5)
"""How far a result may lie ahead of now: two clocks never agree."""


class ScanSettings(Value, frozen=True):
    """Which scan results may be judged. `max_age` None accepts any age."""

    max_age: dt.timedelta | None = dt.timedelta(days=8)
    use_last_ready_on_failed: bool = False
    use_last_ready_on_running: bool = False


class Judge(Value, frozen=True):
    """These results decide: one, or several of the very same time."""

    results: tuple[ScanResult, ...]


class Wait(Value, frozen=True):
    """A scan is in progress, and its result will be newer than everything."""

    running: ScanResult


class Failed(Value, frozen=True):
    """The newest scan ended without a result."""

    result: ScanResult


class Missing(Value, frozen=True):
    """There is no result at all."""


Choice = Judge | Wait | Failed | Missing


def choose(history: Sequence[ScanResult], settings: ScanSettings) -> Choice:
    """Choose from *all* results of one image, in any order."""
    history = sorted(history, key=lambda result: result.id)
    running = [result for result in history if result.status.in_progress]
    if running and not settings.use_last_ready_on_running:
        return Wait(running=running[0])
    ready = [result for result in history if result.status is ScanStatus.READY]
    failed = [result for result in history if result.status.failed]
    newest_failed = max(failed, key=_time, default=None)
    newest = _newest(ready)
    if newest_failed and _outranks(newest_failed, newest, settings):
        return Failed(result=newest_failed)
    if newest:
        return Judge(results=newest)
    return Wait(running=running[0]) if running else Missing()


def _outranks(failed: ScanResult, newest: tuple[ScanResult, ...], settings: ScanSettings) -> bool:
    """Whether the failed scan decides. At the very same time it does: one of them lies."""
    if not newest:
        return True
    return not settings.use_last_ready_on_failed and _time(failed) >= _time(newest[0])


def _newest(ready: Sequence[ScanResult]) -> tuple[ScanResult, ...]:
    latest = max(map(_time, ready), default=None)
    return tuple(dict.fromkeys(result for result in ready if _time(result) == latest))


def _time(result: ScanResult) -> tuple[bool, Instant]:
    """Order by time; a result that tells no time may be the newest, so it counts as that."""
    return (result.scanned_at is None, result.scanned_at or Instant(0))


def check_fresh(scan: ScanResult, *, max_age: dt.timedelta | None, now: Instant) -> None:
    """Raise ScanStale unless the result is known to be young enough; exactly `max_age` is."""
    if scan.scanned_at is None:
        raise ScanStale(f"scan {scan.id} does not say when it was done, so its age is not known")
    if scan.scanned_at > now.plus(FUTURE_TOLERANCE):
        raise ScanStale(
            f"scan {scan.id} is dated {scan.scanned_at}, which is after now ({now})",
            hint="check the clock of this machine, and --at if it is given",
        )
    if max_age is not None and scan.scanned_at.plus(max_age) < now:
        age = write_duration(now.since(scan.scanned_at))
        raise ScanStale(
            f"scan {scan.id} is {age} old, the policy accepts {write_duration(max_age)}",
            hint="scan the image again (--scan if-needed), or schedule rescans of the registry",
        )

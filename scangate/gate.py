"""The order of steps from a reference to evidence: find, wait, choose, list, look again.

The gate meets a registry only as a `Source`. Which result of a history counts is decided in
`history`, what it means in `policy.evaluate`.
"""

import enum
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from scangate.errors import (
    BadResponse,
    EvidenceIncomplete,
    ImageNotFound,
    ScanFailed,
    ScangateError,
    ScanMissing,
    ScanStale,
    ScanTimeout,
    TagMoved,
)
from scangate.history import Failed, Judge, Missing, ScanSettings, Wait, check_fresh, choose
from scangate.instant import Instant
from scangate.model import Evidence, Image, PushScan, ScanResult, ScanStatus, Value, Vulnerability
from scangate.reference import ImageReference, Target
from scangate.wait import Clock, Deadline, Patience, Waiting

LISTING_GRACE = 30.0
"""Seconds that a just-pushed image gets to be listed; how long it takes is not documented."""

_AT_ONCE = 2.0
"""Seconds within which an answer counts as not waited for."""


class Source(Protocol):
    """A registry product. All its answers are about the images that it found itself."""

    def find(self, target: Target) -> Image | None:
        """Return the one image that is meant, None when it is not listed (yet).

        An index comes with its `platforms`. Raises NotScannable when they cannot be told, and
        ImageNotFound in place of None where it can say what is missing.
        """

    def scans(self, image: Image) -> Sequence[ScanResult]:
        """Return every scan result of the image, of all pages, in any order."""

    def push_scan(self, image: Image) -> PushScan:
        """Tell whether a push to the image's repository starts a scan."""

    def start_scan(self, image: Image) -> str:
        """Start a scan, at most one however often it is sent.

        Returns its result's ID, empty where the service does not tell it at once.
        """

    def started_scan(self, scan_id: str) -> ScanResult | None:
        """Return the result of the scan that was started last, None while it cannot be seen.

        Raises ScanFailed when the service says that there will be none.
        """

    def vulnerabilities(self, scan: ScanResult) -> Iterable[Vulnerability]:
        """Return every row of a result. Raises EvidenceIncomplete when it is gone."""

    def served_at(self) -> Instant | None:
        """Return the service's own time of its newest answer, if it told one."""


class ScanWhen(enum.Enum):
    """When the gate starts a scan itself. Scans are billed, so it is asked for."""

    NEVER = "never"
    IF_MISSING = "if-missing"
    IF_NEEDED = "if-needed"
    ALWAYS = "always"


_REMEDIED: dict[ScanWhen, tuple[type[ScangateError], ...]] = {
    ScanWhen.NEVER: (),
    ScanWhen.IF_MISSING: (ScanMissing,),
    ScanWhen.IF_NEEDED: (ScanMissing, ScanFailed, ScanStale),
    ScanWhen.ALWAYS: (),
}


class Wanted(Value, frozen=True):
    """What evidence of an image is wanted: which results may be judged, and whether their rows."""

    settings: ScanSettings
    list_rows: bool


class Plan(Value, frozen=True):
    """How to gather the evidence of any image."""

    scan_when: ScanWhen = ScanWhen.NEVER
    start_timeout: float = 120.0
    allow_tag_move: bool = False


class Gathering:
    """One image on its way to evidence.

    `image`, `scan` and `waited` (seconds) tell how far it came, also after an error.
    """

    def __init__(
        self,
        plan: Plan,
        source: Source,
        *,
        clock: Clock,
        deadline: Deadline,
        watch: Callable[[Waiting], None],
        at: Instant | None = None,
    ) -> None:
        self.image: Image | None = None
        self.scan: ScanResult | None = None
        self._plan = plan
        self._source = source
        self._clock = clock
        self._patience = Patience(clock, deadline, watch)
        self._deadline = deadline
        self._at = at
        self._found_at = clock.monotonic()
        self._appears_before = self._patience.until(plan.start_timeout)

    @property
    def waited(self) -> float:
        """The seconds that were waited so far."""
        return self._patience.waited

    def find(self, target: Target) -> Image:
        """Return the image that is meant, after a while for one that was just pushed.

        Raises ImageNotFound, or another ScangateError of the source.
        """
        grace = self._patience.until(min(LISTING_GRACE, self._plan.start_timeout))
        while True:
            found = self._look_for(target)
            if isinstance(found, Image):
                _refuse_other(found, target)
                self._found_at = self._clock.monotonic()
                return found
            if not self._patience.pause("the image to be listed", before=grace):
                raise found

    def prove(self, image: Image, target: Target, wanted: Wanted) -> tuple[Evidence, ...]:
        """Return the evidence that decides: one piece, or several of the very same time.

        Raises ScangateError when there is none.
        """
        self.image = image
        results = self._results(image, wanted.settings)
        self.scan = results[0]
        evidence = tuple(
            self._with_rows(image, result, listed=wanted.list_rows) for result in results
        )
        if self._took_time() and not self._plan.allow_tag_move:
            self._refuse_moved_tag(target, image)
        return evidence

    def _took_time(self) -> bool:
        """Whether the tag had time to move, be it in a pause or in a slow or repeated request."""
        return bool(self.waited) or self._clock.monotonic() - self._found_at > _AT_ONCE

    def now(self) -> Instant:
        """Return the later of the service's time and this machine's, or the time to judge as of."""
        if self._at is not None:
            return self._at
        served_at = self._source.served_at()
        return max(filter(None, (served_at, self._clock.now())))

    def _look_for(self, target: Target) -> Image | ImageNotFound:
        try:
            image = self._source.find(target)
        except ImageNotFound as error:
            return error
        return image or ImageNotFound(
            f"no image {target.text} is in the registry",
            hint="check the name and the tag; was it pushed to this registry?",
        )

    def _results(self, image: Image, settings: ScanSettings) -> tuple[ScanResult, ...]:
        when = self._plan.scan_when
        if when is not ScanWhen.ALWAYS:
            try:
                return self._existing_results(image, settings)
            except _REMEDIED[when]:
                pass  # the scan that is started next is the remedy
        return (self._new_result(image),)

    def _existing_results(self, image: Image, settings: ScanSettings) -> tuple[ScanResult, ...]:
        push_scan: PushScan | None = None
        while True:
            choice = choose(self._own_scans(image), settings)
            if isinstance(choice, Judge):
                return self._checked(choice.results, settings)
            if isinstance(choice, Failed):
                raise self._failed(choice.result, remedy="scan again with --scan if-needed")
            if isinstance(choice, Wait):
                self._await(choice.running)
            elif isinstance(choice, Missing):
                push_scan = push_scan or self._covered(image)
                if not self._patience.pause("a scan to appear", before=self._appears_before):
                    raise ScanMissing(
                        f"no scan of {image.pinned} appeared",
                        hint="start one with --scan if-missing, or wait longer: --start-timeout",
                    )

    def _own_scans(self, image: Image) -> Sequence[ScanResult]:
        results = self._source.scans(image)
        for result in results:
            _refuse_foreign(result, image)
        return results

    def _checked(
        self, results: tuple[ScanResult, ...], settings: ScanSettings
    ) -> tuple[ScanResult, ...]:
        """Find out early that a result is stale where a new scan would help."""
        self.scan = results[0]
        if self._plan.scan_when is ScanWhen.IF_NEEDED:
            for result in results:
                check_fresh(result, max_age=settings.max_age, now=self.now())
        return results

    def _failed(self, result: ScanResult, *, remedy: str) -> ScanFailed:
        self.scan = result
        return ScanFailed(
            f"scan {result.id} ended as {result.status_word or result.status.value}",
            hint=f"the service does not tell why a scan fails; {remedy}",
        )

    def _covered(self, image: Image) -> PushScan:
        push_scan = self._source.push_scan(image)
        if not push_scan.covered:
            raise ScanMissing(
                f"{image.pinned} was never scanned: {push_scan.why}", hint=push_scan.remedy
            )
        return push_scan

    def _new_result(self, image: Image) -> ScanResult:
        """Start a scan and wait for its own result, whatever else is running."""
        scan_id = self._source.start_scan(image)
        self.scan = ScanResult(id=scan_id, image_id=image.id, status=ScanStatus.RUNNING)
        while True:
            result = self._source.started_scan(scan_id)
            if result is not None:
                _refuse_foreign(result, image)
                if scan_id and result.id != scan_id:
                    raise BadResponse(f"asked for scan {scan_id}, got scan {result.id}")
                if result.status is ScanStatus.READY:
                    return result
                if result.status.failed:
                    raise self._failed(result, remedy="is the image too large?")
            self._await(result or self.scan)

    def _await(self, running: ScanResult) -> None:
        self.scan = running
        state = running.status_word or running.status.value
        scan = f"scan {running.id}" if running.id else "the scan that was started"
        if not self._patience.pause(f"{scan} ({state})", before=self._deadline.at):
            raise ScanTimeout(
                f"{scan} is still {state} when the time is up",
                hint="give it longer with --timeout",
            )

    def _with_rows(self, image: Image, scan: ScanResult, *, listed: bool) -> Evidence:
        if not listed and scan.counts is not None:
            return Evidence(image=image, scan=scan)
        try:
            rows = sorted(self._source.vulnerabilities(scan), key=lambda row: row.sort_key)
        except EvidenceIncomplete as gone:
            # What the counts alone prove is decided by the policy, as for rows that do not add up
            return Evidence(image=image, scan=scan, gap=gone.message)
        return Evidence(image=image, scan=scan, vulnerabilities=tuple(rows))

    def _refuse_moved_tag(self, target: Target, image: Image) -> None:
        if not isinstance(target, ImageReference) or target.digest is not None:
            return
        now = self._look_for(target)
        named = image.index_digest or image.digest
        if (
            not isinstance(now, Image)
            or now.digest != named
            or (now.id != image.id and not now.platforms)
        ):
            where = f"now names {now.digest}" if isinstance(now, Image) else "is gone"
            raise TagMoved(
                f"while the gate waited, {target.text} moved: it named {named}, {where}",
                hint=f"gate what was built: {image.pinned}",
            )


def _refuse_other(image: Image, target: Target) -> None:
    """Whatever the source is, a digest means one image."""
    wanted = target.digest if isinstance(target, ImageReference) else None
    if wanted not in (None, image.digest):
        raise BadResponse(f"asked for {wanted}, got {image.digest}")


def _refuse_foreign(result: ScanResult, image: Image) -> None:
    """The service must not be able to let one image pass on the result of another."""
    if result.image_id != image.id:
        named = result.image_id or "no image"
        raise BadResponse(f"scan {result.id} is of {named}, not of {image.id}")
    if not result.id:
        raise BadResponse(f"a scan of {image.id} has no ID")

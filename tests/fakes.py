"""Stand-ins for the world: a clock that only sleeping moves, and a registry with a timeline."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from scangate.errors import EvidenceIncomplete, ExitCode, ScangateError
from scangate.gate import Gathering, Plan, Wanted
from scangate.instant import Instant
from scangate.model import Counts, Image, PushScan, ScanResult, ScanStatus, Value, Vulnerability
from scangate.policy.effective import Policy
from scangate.policy.evaluate import evaluate_all, needs_rows
from scangate.policy.load import load_text
from scangate.reference import ImageReference, Target
from scangate.report import Verdict
from scangate.wait import Deadline, Waiting

T = TypeVar("T")
Timeline = Sequence[tuple[float, T]]
"""What is so from which second on; the first entry begins at 0."""

NOW = Instant.parse("2026-11-22T10:00:00Z")
IMAGE = Image(
    id="image-1", host="cr.yandex", name="crp0/app", digest="sha256:" + "a" * 64, tags=("1.4",)
)
REFERENCE = ImageReference.parse("cr.yandex/crp0/app:1.4")
COVERED = PushScan(covered=True)
NO_FINDINGS = Counts()
NOT_COVERED = PushScan(covered=False, why="scan on push is off", remedy="switch it on")


class FakeClock:
    """Starts at NOW; only sleeping takes time."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def now(self) -> Instant:
        return NOW.plus(dt.timedelta(seconds=self.elapsed))

    def monotonic(self) -> float:
        return 1000.0 + self.elapsed

    def sleep(self, seconds: float) -> None:
        assert seconds > 0, "a pause must take time"
        self.elapsed += seconds


class FakeSource:
    """A registry that answers from timelines, and notes what it was asked and when.

    `started` begins when a scan is started. A result without an entry in `rows` has no list.
    An error in a timeline is raised.
    """

    def __init__(
        self,
        clock: FakeClock,
        *,
        images: Timeline[Image | ScangateError | None] = ((0, IMAGE),),
        scans: Timeline[Sequence[ScanResult] | ScangateError] = ((0, ()),),
        started: Timeline[ScanResult | ScangateError | None] = ((0, None),),
        rows: Mapping[str, Sequence[Vulnerability]] | None = None,
        push_scan: PushScan = COVERED,
        served_at: Instant | None = None,
    ) -> None:
        self.clock = clock
        self.images, self.histories, self.started = images, scans, started
        self.rows = rows or {}
        self.push, self.served = push_scan, served_at
        self.asked: list[str] = []
        self.asked_at: list[float] = []
        self.started_at = 0.0

    def find(self, target: Target) -> Image | None:
        return self._now("find", self.images)

    def scans(self, image: Image) -> Sequence[ScanResult]:
        return self._now("scans", self.histories)

    def push_scan(self, image: Image) -> PushScan:
        return self._now("push_scan", [(0, self.push)])

    def start_scan(self, image: Image) -> str:
        self.started_at = self.clock.elapsed
        return self._now("start_scan", [(0, "started")])

    def started_scan(self, scan_id: str) -> ScanResult | None:
        return self._now("started_scan", self.started, since=self.started_at)

    def vulnerabilities(self, scan: ScanResult) -> Iterable[Vulnerability]:
        rows = self._now("vulnerabilities", [(0, self.rows.get(scan.id))])
        if rows is None:
            raise EvidenceIncomplete(f"the list of scan {scan.id} is gone")
        return iter(rows)

    def served_at(self) -> Instant | None:
        return self.served

    def _now(self, call: str, timeline: Timeline[T | ScangateError], *, since: float = 0.0) -> T:
        self.asked.append(call)
        self.asked_at.append(self.clock.elapsed)
        answer = [what for start, what in timeline if start <= self.clock.elapsed - since][-1]
        if isinstance(answer, ScangateError):
            raise answer
        return answer


def unwatched(waiting: Waiting) -> None:
    """Watch nothing."""


def result(
    scan_id: str = "scan-1",
    status: ScanStatus = ScanStatus.READY,
    *,
    scanned_at: Instant | None = NOW,
    counts: Counts | None = NO_FINDINGS,
    image_id: str = IMAGE.id,
) -> ScanResult:
    """Return a scan result of the image, by default a clean one of now."""
    return ScanResult(
        id=scan_id, image_id=image_id, status=status, scanned_at=scanned_at, counts=counts
    )


def policy(text: str) -> Policy:
    """Read a policy of which only what matters is written: `critical: 0` or a whole text."""
    whole = text if "\n" in text or "thresholds" in text else f"thresholds: {{{text}}}"
    return load_text(f"version: 1\n{whole}\n".encode(), source="policy.yaml", name="test")


class Outcome(Value, frozen=True):
    """How the gate of one image ended; `kind` is empty when there is a verdict."""

    code: ExitCode
    kind: str
    image: Image | None
    scan: ScanResult | None
    waited: float


def judge(
    source: FakeSource,
    policy: Policy,
    plan: Plan,
    *,
    target: Target,
    timeout: float,
    at: Instant | None = None,
    list_rows: bool = False,
) -> Outcome:
    """Gather and evaluate. Only a ScangateError may end it otherwise."""
    deadline = Deadline.after(timeout, source.clock)
    gathering = Gathering(
        plan, source, clock=source.clock, deadline=deadline, watch=unwatched, at=at
    )
    terms = policy.terms
    wanted = Wanted(settings=terms.scan, list_rows=list_rows or needs_rows(policy, terms))
    try:
        evidence, judgement = evaluate_all(
            policy, gathering.prove(gathering.find(target), target, wanted), gathering.now()
        )
    except ScangateError as error:
        return Outcome(
            code=error.code,
            kind=error.kind,
            image=gathering.image,
            scan=gathering.scan,
            waited=gathering.waited,
        )
    finally:
        assert source.clock.elapsed <= timeout
    failed = judgement.verdict is Verdict.FAIL
    return Outcome(
        code=ExitCode.VIOLATION if failed else ExitCode.PASS,
        kind="",
        image=evidence.image,
        scan=evidence.scan,
        waited=gathering.waited,
    )

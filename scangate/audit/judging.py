"""One image of an audit, from its scan history to its outcome, with its rows only if it takes them.

The verdict is the one that `check` would reach at the same moment with --timeout 0, but for one
thing: counts that are within the limits even at the strictest are believed. There `check` may list
the rows all the same, and has no verdict where they contradict the counts.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from scangate.audit.digested import Judged, digest
from scangate.audit.strictest import Reading, read, uncounted
from scangate.errors import (
    BadResponse,
    EvidenceIncomplete,
    ScanFailed,
    ScangateError,
    ScanMissing,
    ScanTimeout,
)
from scangate.history import Failed, Missing, Wait, check_fresh, choose
from scangate.instant import Instant
from scangate.model import Evidence, Image, ScanResult, Value, Vulnerability
from scangate.pipeline import judge_evidence, without_verdict
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Policy
from scangate.policy.findings import check_feeds
from scangate.report import ImageOutcome, Verdict

Rows = Callable[[ScanResult], Iterable[Vulnerability]]


class Pending(Value, frozen=True):
    """An image whose rows are to be listed: of all results, or only of those without counts.

    `proven` is the violation that the counts prove.
    """

    image: Image
    results: tuple[ScanResult, ...]
    whole: bool = True
    proven: ImageOutcome | None = None


class Judge(Value, frozen=True):
    """How every image is judged.

    `list_rows`: a report wants all vulnerabilities. `as_check`: they are listed wherever `check`
    would list them. `counts_only`: nothing but a verdict is worth it. `api` is the one that is
    asked.
    """

    policy: Policy
    list_rows: bool = False
    as_check: bool = False
    counts_only: bool = False
    baseline: Baseline | None = None
    api: str = ""

    def reading(self, repository: str) -> Reading:
        """Return what judges the images of a repository. Raises ScangateError."""
        return read(self.policy, repository)

    def by_counts(
        self, image: Image, history: Sequence[ScanResult], reading: Reading, *, now: Instant
    ) -> Judged | Pending:
        """Judge an image, or return what has to be listed first."""
        try:
            results = _results(image, history, reading)
            for result in results:  # of one that is stale, no rows are worth listing
                check_fresh(result, max_age=reading.terms.scan.max_age, now=now)
            check_feeds(reading.terms, self.policy.feeds, now)  # the strictest rules ask none
            return self._by_counts(image, results, reading, now)
        except ScangateError as error:
            return self.unjudged(image, error, scan=_last(history))

    def by_rows(self, pending: Pending, rows: Rows, *, now: Instant) -> Judged:
        """Judge an image whose rows can be listed now."""
        try:
            outcome = self._by_rows(pending, rows, now)
        except ScangateError as error:
            if pending.proven is None:
                return self.unjudged(pending.image, error, scan=pending.results[0])
            told = (*pending.proven.notices, f"its findings are not listed: {error.message}")
            outcome = msgspec.structs.replace(pending.proven, notices=told)
        return self._digest(outcome)

    def unjudged(
        self, image: Image, error: ScangateError, *, scan: ScanResult | None = None
    ) -> Judged:
        """Return the outcome of an image that could not be judged."""
        outcome = without_verdict(image.pinned, error, policy=self.policy)
        return self._digest(msgspec.structs.replace(outcome, image=image, scan=scan))

    def nothing(self, reference: str, error: ScangateError) -> Judged:
        """Return the outcome of a place of the registry whose images are not known."""
        return self._digest(without_verdict(reference, error, policy=self.policy))

    def _by_counts(
        self, image: Image, results: tuple[ScanResult, ...], reading: Reading, now: Instant
    ) -> Judged | Pending:
        if self.list_rows or any(result.counts is None for result in results):
            whole = self.list_rows or reading.needs_rows
            return Pending(image=image, results=results, whole=whole)
        if self.as_check and reading.needs_rows:
            return Pending(image=image, results=results)
        outcome = self._judge(
            reading.strictest, [Evidence(image=image, scan=each) for each in results], now
        )
        if outcome.verdict is Verdict.PASS:
            judged = self._digest(uncounted(outcome, reading))
            return msgspec.structs.replace(judged, believed=reading.needs_rows)
        if reading.needs_rows:
            return Pending(image=image, results=results)
        if outcome.verdict is Verdict.FAIL and not self.counts_only:
            return Pending(image=image, results=results, proven=outcome)
        return self._digest(outcome)

    def _by_rows(self, pending: Pending, rows: Rows, now: Instant) -> ImageOutcome:
        evidence = [
            _listed(pending.image, result, rows)
            if pending.whole or result.counts is None
            else Evidence(image=pending.image, scan=result)
            for result in pending.results
        ]
        return self._judge(self.policy, evidence, now)

    def _judge(self, policy: Policy, evidence: Sequence[Evidence], now: Instant) -> ImageOutcome:
        pinned = evidence[0].image.pinned
        return judge_evidence(pinned, evidence, policy=policy, now=now, baseline=self.baseline)

    def _digest(self, outcome: ImageOutcome) -> Judged:
        """Keep the findings only where a report wants them: a registry has millions."""
        return digest(msgspec.structs.replace(outcome, api=self.api), whole=self.list_rows)


def _results(
    image: Image, history: Sequence[ScanResult], reading: Reading
) -> tuple[ScanResult, ...]:
    """Choose as the gate does, but wait for nothing."""
    for result in history:
        if not result.id:
            raise BadResponse(f"a scan of {image.id} has no ID")
    choice = choose(history, reading.terms.scan)
    if isinstance(choice, Missing):
        raise ScanMissing(
            f"{image.pinned} was never scanned",
            hint=f"scan it: scangate check --scan if-needed {image.pinned}",
        )
    if isinstance(choice, Failed):
        word = choice.result.status_word or choice.result.status.value
        raise ScanFailed(
            f"scan {choice.result.id} ended as {word}",
            hint=f"scan it again: scangate check --scan if-needed {image.pinned}",
        )
    if isinstance(choice, Wait):
        word = choice.running.status_word or choice.running.status.value
        raise ScanTimeout(
            f"scan {choice.running.id} is still {word}, and an audit does not wait",
            hint="audit again later, or say `on_running: use-last-ready` in the policy",
        )
    return choice.results


def _last(history: Sequence[ScanResult]) -> ScanResult | None:
    """Return a result to show: the newest one; one that tells no time may be that."""
    return max(
        history,
        key=lambda result: (result.scanned_at is None, result.scanned_at or Instant(0)),
        default=None,
    )


def _listed(image: Image, scan: ScanResult, rows: Rows) -> Evidence:
    try:
        listed = sorted(rows(scan), key=lambda row: row.sort_key)
    except EvidenceIncomplete as gone:
        # What the counts alone prove is decided by the policy, as for rows that do not add up
        return Evidence(image=image, scan=scan, gap=gone.message)
    return Evidence(image=image, scan=scan, vulnerabilities=tuple(listed))

"""The report of a run, whichever command judged."""

from collections.abc import Sequence
from typing import Protocol

from scangate import __version__
from scangate.clouds import Endpoints
from scangate.instant import Instant
from scangate.policy.effective import Policy
from scangate.report import ImageOutcome, Report


class Wishes(Protocol):
    """The options that matter here; every command that judges has them."""

    @property
    def api(self) -> str:
        """The API that was asked for."""

    @property
    def at(self) -> Instant | None:
        """What counts as now, if it is not."""

    @property
    def baseline(self) -> str | None:
        """What `new` compares with."""

    @property
    def warn_only(self) -> bool:
        """Whether violations are let pass."""


def put_together(
    options: Wishes,
    policy: Policy,
    images: Sequence[ImageOutcome],
    *,
    where: Endpoints | None,
    now: Instant,
    evidence: str = "registry",
) -> Report:
    """Return the report. `where` is None for saved scans, and for what ended before it asked."""
    apis = sorted({image.api for image in images} - {""}) or [options.api]
    return Report(
        version=__version__,
        judged_at=now,
        simulated_at=options.at,
        mode="warn-only" if options.warn_only else ("enforce" if policy.terms.enforce else "warn"),
        endpoint=where.of(apis[0]).removeprefix("https://") if where else "",
        endpoint_known=where.known if where else True,
        api=", ".join(apis) if where else "",
        policy=policy.identity,
        images=tuple(images),
        evidence=evidence,
        baseline=options.baseline or "",
    )

"""The report of a run, whichever command judged."""

from collections.abc import Sequence

from scangate import __version__
from scangate.cli.judging_options import JudgingOptions
from scangate.clouds import Endpoints
from scangate.instant import Instant
from scangate.policy.effective import Policy
from scangate.report import ImageOutcome, Report


def put_together(
    options: JudgingOptions,
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

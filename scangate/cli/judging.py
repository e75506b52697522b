"""All images of a run at the same time, and an outcome of each whatever happens.

Here the gate meets the real clock, the network, and the credentials.
"""

import functools
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from scangate.cli import console
from scangate.cli.check_options import CheckOptions
from scangate.cli.network import connect
from scangate.cli.status import Status
from scangate.cli.workers import Workers
from scangate.clouds import Endpoints
from scangate.errors import InternalError, Interrupted, ScangateError, Terminated, Unavailable
from scangate.gate import Plan
from scangate.pipeline import Judging, judge, rows_of, without_verdict
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Policy
from scangate.reference import ImageReference, Target
from scangate.report import ImageOutcome
from scangate.wait import Clock, Deadline

if TYPE_CHECKING:
    from scangate.registries.lookup import Lookup

_GRACE = 15.0
"""Seconds after its deadline at which an image is left behind, whatever holds it."""

_LOOKING_ONCE = 45.0
"""Seconds for an image when nothing is to be waited for."""


def judge_all(
    images: Sequence[Target],
    options: CheckOptions,
    policy: Policy,
    *,
    where: Endpoints,
    list_rows: bool,
    baseline: Baseline | ImageReference | None,
    environment: Mapping[str, str],
    clock: Clock,
) -> Sequence[ImageOutcome]:
    """Judge all images. An interruption ends it with what is known so far.

    Raises ScangateError when the baseline is an image that has no scan to compare with.
    """
    plan = Plan(
        scan_when=options.scan_when,
        start_timeout=options.start_timeout.total_seconds(),
        allow_tag_move=options.allow_tag_move,
    )
    judging = Judging(
        policy=policy,
        plan=plan,
        clock=clock,
        list_rows=list_rows,
        at=options.at,
    )
    run = _Run(options, judging, where=where, environment=environment)
    if isinstance(baseline, ImageReference):
        baseline = run.baseline(baseline)
    return run.run(images, baseline=baseline)


def seconds_of(timeout: float) -> float:
    """Return the seconds after which an image that has this timeout is left behind."""
    return (timeout or _LOOKING_ONCE) + _GRACE


def defect(error: Exception, *, verbose: bool) -> InternalError:
    """Make an unforeseen exception, which is being handled, a known one."""
    if verbose:
        console.say(traceback.format_exc())
    return InternalError(
        f"internal error: {type(error).__name__}: {error}"[:300],
        hint="this is a defect in scangate; -v shows where",
    )


class _Run:
    """What the images of a run have in common."""

    def __init__(
        self,
        options: CheckOptions,
        judging: Judging,
        *,
        where: Endpoints,
        environment: Mapping[str, str],
    ) -> None:
        self._options = options
        self._judging = judging
        self._where = where
        self._in_ci = bool(environment.get("CI"))
        self._transport = connect(
            options,
            where,
            environment=environment,
            clock=judging.clock,
            seconds=options.timeout.total_seconds(),
        ).transport
        live = console.is_terminal(sys.stderr) and not self._in_ci
        self._status = Status(live=live, quiet=options.quiet)

    def baseline(self, image: ImageReference) -> Baseline:
        """Return the findings that an image of the registry has. Raises ScangateError."""
        try:
            deadline, registry = self._open(image)
            watch = self._status.watcher(image.text)
            rows = rows_of(image, registry, self._judging, deadline=deadline, watch=watch)
        finally:
            self._status.clear()
        return Baseline.of(rows)

    def run(self, images: Sequence[Target], *, baseline: Baseline | None) -> list[ImageOutcome]:
        """Return an outcome for every image, in their order; an index has several."""
        self._judging = msgspec.structs.replace(self._judging, baseline=baseline)
        tasks = [functools.partial(self._judge, image) for image in images]
        limit = seconds_of(self._options.timeout.total_seconds())
        workers: Workers[tuple[ImageOutcome, ...]] = Workers(tasks, limit=limit)
        missing: ScangateError = Unavailable("the service did not end its answer in time")
        try:
            workers.run(tick=self._status.tick)
        except KeyboardInterrupt:
            missing = Interrupted("interrupted")
        except Terminated as error:
            missing = error
        finally:
            self._status.clear()
        policy = self._judging.policy
        return [
            outcome
            for image, found in zip(images, workers.results, strict=True)
            for outcome in found or (without_verdict(image.text, missing, policy=policy),)
        ]

    def _judge(self, image: Target) -> tuple[ImageOutcome, ...]:
        """Judge what was named; a defect that shows in it must not hide the others."""
        try:
            outcomes = self._judge_or_raise(image)
        except Exception as error:  # noqa: BLE001 - as said above
            told = defect(error, verbose=self._options.verbose)
            outcomes = (without_verdict(image.text, told, policy=self._judging.policy),)
        finally:
            self._status.done(image.text)
        return tuple(_told_to_pin(each, image) for each in outcomes) if self._in_ci else outcomes

    def _judge_or_raise(self, image: Target) -> tuple[ImageOutcome, ...]:
        deadline, registry = self._open(image)
        outcomes = judge(
            image,
            registry,
            self._judging,
            deadline=deadline,
            watch=self._status.watcher(image.text),
        )
        return tuple(msgspec.structs.replace(each, api=registry.asked) for each in outcomes)

    def _open(self, image: Target) -> tuple[Deadline, "Lookup"]:
        from scangate.registries import open_registry

        deadline = Deadline.after(self._options.timeout.total_seconds(), self._judging.clock)
        transport = self._transport.within(deadline)
        registry = open_registry(image.host, transport, self._where, api=self._options.api)
        return deadline, registry


def _told_to_pin(outcome: ImageOutcome, image: Target) -> ImageOutcome:
    """In CI the digest that was built is known, and only it means what was built."""
    if not isinstance(image, ImageReference) or image.digest:
        return outcome
    pinned = outcome.image.pinned if outcome.image else f"{image.host}/{image.name}@sha256:…"
    notice = f"the reference has no digest, and a tag can move; pass what was built: {pinned}"
    return msgspec.structs.replace(outcome, notices=(*outcome.notices, notice))

"""The whole way through a registry: repositories side by side, then the images that need rows.

Here an audit meets the real clock, the network, and the credentials.
"""

import functools
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from scangate.audit.audit import extent_of
from scangate.audit.catalog import Catalog
from scangate.audit.digested import Judged
from scangate.audit.gathering import Looked, Place, Survey
from scangate.audit.judging import Judge, Pending
from scangate.cli import console
from scangate.cli.audit.options import AuditOptions
from scangate.cli.audit.progress import Progress
from scangate.cli.judging import defect, seconds_of
from scangate.cli.network import connect
from scangate.cli.workers import Workers
from scangate.clouds import Endpoints
from scangate.errors import ImageNotFound, Interrupted, ScangateError, Terminated, Unavailable
from scangate.instant import Instant
from scangate.model import ScanResult, Vulnerability
from scangate.wait import Clock, Deadline

if TYPE_CHECKING:
    from scangate.registries.catalogs import Catalog as Registry

T = TypeVar("T")


class Running:
    """One audit. `looked` is what is known so far."""

    def __init__(
        self,
        options: AuditOptions,
        judge: Judge,
        *,
        where: Endpoints,
        environment: Mapping[str, str],
        clock: Clock,
    ) -> None:
        self.looked: list[Looked] = []
        self._options = options
        self._judge = judge
        self._where = where
        self._clock = clock
        self._transport = connect(
            options,
            where,
            environment=environment,
            clock=clock,
            seconds=options.timeout.total_seconds(),
        ).transport
        self._survey = Survey(options.target, judge, options.selection, now=self._now)
        live = console.is_terminal(sys.stderr) and not environment.get("CI")
        self._progress = Progress(live=live, quiet=options.quiet, clock=clock.monotonic)
        self._ended: ScangateError | None = None

    def run(self) -> Sequence[Judged]:
        """Judge everything. What ends it early is told of the target, beside what is known."""
        try:
            self._look()
            judged = [each for place in self.looked for each in place.judged]
            judged += self._settle()
        finally:
            self._progress.clear()
        ended = self._ended or (None if judged else self._nothing_found())
        if ended is not None:
            judged.append(self._judge.nothing(self._options.target.text, ended))
        return judged

    def _look(self) -> None:
        try:
            places, lost = self._survey.places(self._open(), watch=self._progress.listed)
        except ScangateError as error:
            self._ended = error
            return
        self._progress.begin(len(places))
        tasks = [functools.partial(self._look_at, place) for place in places]
        looked = self._side_by_side(tasks, places, otherwise=self._survey.lose)
        self.looked = [*lost, *looked]

    def _settle(self) -> Sequence[Judged]:
        pending = [each for place in self.looked for each in place.pending]
        tasks = [functools.partial(self._settle_one, each) for each in pending]
        return self._side_by_side(tasks, pending, otherwise=self._without_rows)

    def _side_by_side(
        self,
        tasks: Sequence[Callable[[], T]],
        subjects: Sequence[object],
        *,
        otherwise: Callable[..., T],
    ) -> list[T]:
        """Run the tasks; `otherwise` says what is known of the subject of one without an end."""
        limit = seconds_of(self._options.timeout.total_seconds())
        workers: Workers[T] = Workers(tasks, limit=limit, side_by_side=self._options.side_by_side)
        if self._ended is None:
            try:
                workers.run(tick=_nothing)
            except KeyboardInterrupt:
                self._ended = Interrupted("interrupted")
            except Terminated as error:
                self._ended = error
        missing = self._ended or Unavailable("the service did not end its answer in time")
        return [
            otherwise(subject, missing) if result is None else result
            for subject, result in zip(subjects, workers.results, strict=True)
        ]

    def _look_at(self, place: Place) -> Looked:
        """Look at a repository; a defect that shows in it must not hide the others."""
        try:
            looked = self._survey.look(place, self._open())
        except Exception as error:  # noqa: BLE001 - as said above
            looked = self._survey.lose(place, defect(error, verbose=self._options.verbose))
        listed = 0 if place.images is not None else looked.listed
        self._progress.looked(listed=listed, judged=len(looked.judged))
        return looked

    def _settle_one(self, pending: Pending) -> Judged:
        """Judge an image by its rows; see `_look_at`."""
        try:
            judged = self._survey.settle(pending, self._open())
        except Exception as error:  # noqa: BLE001 - as said above
            judged = self._without_rows(pending, defect(error, verbose=self._options.verbose))
        self._progress.settled()
        return judged

    def _without_rows(self, pending: Pending, error: ScangateError) -> Judged:
        def rows(_scan: ScanResult) -> Iterable[Vulnerability]:
            raise error

        return self._judge.by_rows(pending, rows, now=self._clock.now())

    def _nothing_found(self) -> ImageNotFound:
        listed = extent_of(self.looked).listed
        return ImageNotFound(
            f"no image of {self._options.target.text} is to be judged, of {listed} listed",
            hint="an audit of nothing proves nothing; are --tag, --since and --newest right?",
        )

    def _open(self) -> "Registry":
        from scangate.registries.catalogs import open_catalog

        deadline = Deadline.after(self._options.timeout.total_seconds(), self._clock)
        target = self._options.target
        return open_catalog(
            self._judge.api,
            self._transport.within(deadline),
            self._where,
            host=target.host,
            registry_id=target.registry_id,
        )

    def _now(self, catalog: Catalog) -> Instant:
        """Return the later of the service's time and this machine's, or the time to judge as of."""
        served_at = catalog.served_at()
        return self._options.at or max(filter(None, (served_at, self._clock.now())))


def _nothing() -> None:
    """What is done is told as it is done."""

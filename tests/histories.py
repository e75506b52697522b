"""Scan histories, each with the result and the exit code that it must have, written by hand.

Data only, in the service's own words, so that the gate alone and the whole command over HTTP can
be held to the same table. The policy of every row is `critical: 0` with the row's `scan` section,
the image is pinned by digest, and no list of vulnerabilities is needed.
"""

from typing import Literal

from scangate.model import Value

NANOSECOND = 1
SECOND = 10**9
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
TIMELESS = None

UseOrWait = Literal["wait", "use-last-ready"]
UseOrFail = Literal["fail", "use-last-ready"]


class Told(Value, frozen=True):
    """A scan result as the service tells it.

    `age` is how long before the start it was done (negative: after it), in nanoseconds, TIMELESS
    when it has no scannedAt. `critical` is its number of critical findings.
    """

    id: str
    status: str
    age: int | None = HOUR
    critical: int = 0
    image: Literal["own", "other", "absent"] = "own"


History = tuple[Told, ...]


class Row(Value, frozen=True):
    """A history as it changes while the gate looks, and what must come of it.

    `history` tells from which second on the service lists what; `started` what becomes of a scan
    that the gate starts, in seconds since it was started (an empty history: not to be seen yet).
    `kind` is the kind of the error, empty when there is a verdict; `scan` the ID of the result
    that decided or was looked at last. `at_the_nanosecond` rows hold only if now stands still.
    """

    name: str
    history: tuple[tuple[float, History], ...]
    code: int
    kind: str = ""
    scan: str | None = None
    on_running: UseOrWait = "wait"
    on_failed: UseOrFail = "fail"
    max_age: str = "8d"
    when: Literal["never", "if-missing", "if-needed", "always"] = "never"
    started: tuple[tuple[float, History], ...] = ()
    scanned_on_push: bool = True
    start_timeout: float = 12
    timeout: float = 60
    at_the_nanosecond: bool = False


def clean(scan: str = "clean", age: int | None = HOUR) -> Told:
    return Told(id=scan, status="READY", age=age)


def bad(scan: str = "bad", age: int | None = HOUR) -> Told:
    return Told(id=scan, status="READY", age=age, critical=1)


def running(scan: str = "running", status: str = "RUNNING", age: int | None = TIMELESS) -> Told:
    return Told(id=scan, status=status, age=age)


def failed(scan: str = "failed", status: str = "ERROR", age: int | None = HOUR) -> Told:
    return Told(id=scan, status=status, age=age)


def still(*history: Told) -> tuple[tuple[float, History], ...]:
    """A history that does not change."""
    return ((0, history),)


ONE_RESULT = (
    Row(name="a clean result passes", history=still(clean()), code=0, scan="clean"),
    Row(name="a violating result fails", history=still(bad()), code=1, scan="bad"),
    Row(
        name="no scan and none to come: no evidence at once",
        history=still(),
        scanned_on_push=False,
        code=3,
        kind="scan-missing",
    ),
    Row(name="no scan appears in time", history=still(), code=3, kind="scan-missing"),
    Row(
        name="a running scan that never ends",
        history=still(running()),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="a running scan that has a time and counts is still running",
        history=still(running(age=HOUR)),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="a queued scan that never starts",
        history=still(running(status="QUEUED")),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="a status that nobody knows is waited for",
        history=still(running(status="PAUSED", age=HOUR)),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="an absent status is one that nobody knows",
        history=still(running(status="", age=HOUR)),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="a status in other letters is one that nobody knows",
        history=still(running(status="ready", age=HOUR)),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="a failed scan is no evidence",
        history=still(failed()),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="a cancelled scan is no evidence",
        history=still(failed(status="CANCELLED")),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="a failed scan without a time is no evidence",
        history=still(failed(age=TIMELESS)),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
)

NEWEST = (
    Row(
        name="clean, newer than violating",
        history=still(clean(age=HOUR), bad(age=2 * HOUR)),
        code=0,
        scan="clean",
    ),
    Row(
        name="violating, newer than clean",
        history=still(bad(age=HOUR), clean(age=2 * HOUR)),
        code=1,
        scan="bad",
    ),
    Row(
        name="clean, a nanosecond newer than violating",
        history=still(clean(age=HOUR), bad(age=HOUR + NANOSECOND)),
        code=0,
        scan="clean",
    ),
    Row(
        name="violating, a nanosecond newer than clean",
        history=still(bad(age=HOUR), clean(age=HOUR + NANOSECOND)),
        code=1,
        scan="bad",
    ),
    Row(
        name="the newest of three that lie within a microsecond",
        history=still(bad("a", age=HOUR + 3), clean("b", age=HOUR + 1), bad("c", age=HOUR + 2)),
        code=0,
        scan="b",
    ),
    Row(
        name="09:00:00.5Z is newer than 09:00:00Z, which as text sorts after it",
        history=still(clean(age=HOUR - SECOND // 2), bad(age=HOUR)),
        code=0,
        scan="clean",
    ),
    Row(
        name="clean and violating of the very same time: the worst holds",
        history=still(clean("a"), bad("b")),
        code=1,
        scan="b",
    ),
    Row(
        name="three of the very same time, one violating",
        history=still(clean("a"), bad("b"), clean("c")),
        code=1,
        scan="b",
    ),
    Row(
        name="clean ones of the very same time",
        history=still(clean("a"), clean("b")),
        code=0,
        scan="a",
    ),
    Row(
        name="ready, newer than failed",
        history=still(clean(age=HOUR), failed(age=2 * HOUR)),
        code=0,
        scan="clean",
    ),
    Row(
        name="failed, newer than ready",
        history=still(failed(age=HOUR), clean(age=2 * HOUR)),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="cancelled, newer than ready",
        history=still(failed(status="CANCELLED", age=HOUR), clean(age=2 * HOUR)),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="failed, newer than violating: no evidence is not a violation",
        history=still(failed(age=HOUR), bad(age=2 * HOUR)),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="ready, a nanosecond newer than failed",
        history=still(clean(age=HOUR), failed(age=HOUR + NANOSECOND)),
        code=0,
        scan="clean",
    ),
    Row(
        name="failed, a nanosecond newer than ready",
        history=still(failed(age=HOUR), clean(age=HOUR + NANOSECOND)),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="failed and ready of the very same time",
        history=still(failed(), clean()),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="failed without a time counts as the newest",
        history=still(failed(age=TIMELESS), clean(age=MINUTE)),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="cancelled, failed, then ready again",
        history=still(
            clean(age=MINUTE), failed(age=HOUR), failed("x", status="CANCELLED", age=2 * HOUR)
        ),
        code=0,
        scan="clean",
    ),
    Row(
        name="ready without a time may be the newest",
        history=still(clean("timeless", age=TIMELESS), clean(age=MINUTE)),
        code=3,
        kind="scan-stale",
        scan="timeless",
    ),
    Row(
        name="violating without a time may be the newest: no verdict",
        history=still(bad("timeless", age=TIMELESS), clean(age=MINUTE)),
        code=3,
        kind="scan-stale",
        scan="timeless",
    ),
    Row(
        name="ready and failed, both without a time",
        history=still(clean(age=TIMELESS), failed(age=TIMELESS)),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="ready without a time, failed with one",
        history=still(clean(age=TIMELESS), failed(age=MINUTE)),
        code=3,
        kind="scan-stale",
        scan="clean",
    ),
)

IN_PROGRESS = (
    Row(
        name="running beside a clean result is waited for",
        history=still(running(), clean(age=MINUTE)),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="running that is dated before the clean result is waited for",
        history=still(running(age=2 * DAY), clean(age=MINUTE)),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="queued beside a clean result is waited for",
        history=still(running(status="QUEUED"), clean(age=MINUTE)),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="an unknown status beside a clean result is waited for",
        history=still(running(status="SCAN_PARTIAL", age=2 * DAY), clean(age=MINUTE)),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="running beside a violating result is waited for",
        history=still(running(), bad(age=MINUTE)),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="running beside a failed scan is waited for",
        history=still(running(), failed(age=MINUTE)),
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
)

FRESHNESS = (
    Row(
        name="exactly max_age old",
        history=still(clean(age=8 * DAY)),
        code=0,
        scan="clean",
        at_the_nanosecond=True,
    ),
    Row(
        name="a nanosecond older than max_age",
        history=still(clean(age=8 * DAY + NANOSECOND)),
        code=3,
        kind="scan-stale",
        scan="clean",
    ),
    Row(
        name="a violating result that is stale is no evidence",
        history=still(bad(age=9 * DAY)),
        code=3,
        kind="scan-stale",
        scan="bad",
    ),
    Row(
        name="exactly a max_age of an hour",
        history=still(clean(age=HOUR)),
        max_age="1h",
        code=0,
        scan="clean",
        at_the_nanosecond=True,
    ),
    Row(
        name="a nanosecond over a max_age of an hour",
        history=still(clean(age=HOUR + NANOSECOND)),
        max_age="1h",
        code=3,
        kind="scan-stale",
        scan="clean",
    ),
    Row(
        name="ten years old, and any age will do",
        history=still(clean(age=3650 * DAY)),
        max_age="any",
        code=0,
        scan="clean",
    ),
    Row(
        name="no time is not any age",
        history=still(clean(age=TIMELESS)),
        max_age="any",
        code=3,
        kind="scan-stale",
        scan="clean",
    ),
    Row(
        name="ready without a time",
        history=still(clean(age=TIMELESS)),
        code=3,
        kind="scan-stale",
        scan="clean",
    ),
    Row(
        name="exactly five minutes in the future",
        history=still(clean(age=-5 * MINUTE)),
        code=0,
        scan="clean",
    ),
    Row(
        name="five minutes and a nanosecond in the future",
        history=still(clean(age=-5 * MINUTE - NANOSECOND)),
        code=3,
        kind="scan-stale",
        scan="clean",
        at_the_nanosecond=True,
    ),
    Row(
        name="far in the future, and any age will do",
        history=still(clean(age=-DAY)),
        max_age="any",
        code=3,
        kind="scan-stale",
        scan="clean",
    ),
    Row(
        name="a failed scan in the future is the newest",
        history=still(failed(age=-DAY), clean(age=MINUTE)),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="a result in the future hides the one of today",
        history=still(clean("future", age=-DAY), clean(age=MINUTE)),
        code=3,
        kind="scan-stale",
        scan="future",
    ),
)

USE_LAST_READY = (
    Row(
        name="running is passed over: the clean result decides at once",
        history=still(running(), clean()),
        on_running="use-last-ready",
        timeout=0,
        code=0,
        scan="clean",
    ),
    Row(
        name="queued is passed over",
        history=still(running(status="QUEUED"), clean()),
        on_running="use-last-ready",
        timeout=0,
        code=0,
        scan="clean",
    ),
    Row(
        name="running is passed over: the violating result decides",
        history=still(running(), bad(age=HOUR), clean(age=2 * HOUR)),
        on_running="use-last-ready",
        code=1,
        scan="bad",
    ),
    Row(
        name="running is passed over, and the last result is stale",
        history=still(running(), clean(age=9 * DAY)),
        on_running="use-last-ready",
        code=3,
        kind="scan-stale",
        scan="clean",
    ),
    Row(
        name="running is passed over, and the last scan failed",
        history=still(running(), failed(age=HOUR), clean(age=2 * HOUR)),
        on_running="use-last-ready",
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="running is passed over, and so is the failed scan",
        history=still(running(), failed(age=HOUR), clean(age=2 * HOUR)),
        on_running="use-last-ready",
        on_failed="use-last-ready",
        code=0,
        scan="clean",
    ),
    Row(
        name="running and nothing to use instead",
        history=still(running()),
        on_running="use-last-ready",
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="failed is passed over: the clean result decides",
        history=still(failed(age=HOUR), clean(age=2 * HOUR)),
        on_failed="use-last-ready",
        code=0,
        scan="clean",
    ),
    Row(
        name="failed without a time is passed over",
        history=still(failed(age=TIMELESS), clean(age=2 * HOUR)),
        on_failed="use-last-ready",
        code=0,
        scan="clean",
    ),
    Row(
        name="failed of the very same time is passed over",
        history=still(failed(), clean()),
        on_failed="use-last-ready",
        code=0,
        scan="clean",
    ),
    Row(
        name="failed is passed over: the violating result decides",
        history=still(failed(age=HOUR), bad(age=2 * HOUR), clean(age=3 * HOUR)),
        on_failed="use-last-ready",
        code=1,
        scan="bad",
    ),
    Row(
        name="failed is passed over, and the last result is stale",
        history=still(failed(age=HOUR), clean(age=9 * DAY)),
        on_failed="use-last-ready",
        code=3,
        kind="scan-stale",
        scan="clean",
    ),
    Row(
        name="failed is passed over, and the last result has no time",
        history=still(failed(age=HOUR), clean(age=TIMELESS), clean("dated", age=2 * HOUR)),
        on_failed="use-last-ready",
        code=3,
        kind="scan-stale",
        scan="clean",
    ),
    Row(
        name="failed and nothing to use instead",
        history=still(failed()),
        on_failed="use-last-ready",
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="on_failed does not pass over what is running",
        history=still(running(), clean()),
        on_failed="use-last-ready",
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="on_running does not pass over what failed",
        history=still(failed(age=HOUR), clean(age=2 * HOUR)),
        on_running="use-last-ready",
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
)

CHANGING = (
    Row(
        name="the scan appears, runs and is clean",
        history=((0, ()), (3, (running("new"),)), (8, (clean("new", age=-7 * SECOND),))),
        code=0,
        scan="new",
    ),
    Row(
        name="the scan appears, runs and is violating",
        history=((0, ()), (3, (running("new"),)), (8, (bad("new", age=-7 * SECOND),))),
        code=1,
        scan="new",
    ),
    Row(
        name="the scan appears, runs and fails",
        history=((0, ()), (3, (running("new"),)), (8, (failed("new", age=-7 * SECOND),))),
        code=3,
        kind="scan-failed",
        scan="new",
    ),
    Row(
        name="the rescan of a violating result is clean",
        history=(
            (0, (bad("old", age=DAY), running("new"))),
            (5, (bad("old", age=DAY), clean("new", age=-4 * SECOND))),
        ),
        code=0,
        scan="new",
    ),
    Row(
        name="the rescan of a clean result is violating",
        history=(
            (0, (clean("old", age=DAY), running("new"))),
            (5, (clean("old", age=DAY), bad("new", age=-4 * SECOND))),
        ),
        code=1,
        scan="new",
    ),
    Row(
        name="the rescan of a clean result fails",
        history=(
            (0, (clean("old", age=DAY), running("new"))),
            (5, (clean("old", age=DAY), failed("new", age=-4 * SECOND))),
        ),
        code=3,
        kind="scan-failed",
        scan="new",
    ),
    Row(
        name="one of two running scans ends: the other is waited for too",
        history=(
            (0, (running("a"), running("b"))),
            (3, (clean("a", age=-SECOND), running("b"))),
            (6, (clean("a", age=-SECOND), bad("b", age=-5 * SECOND))),
        ),
        code=1,
        scan="b",
    ),
    Row(
        name="one of two running scans ends, the other never",
        history=((0, (running("a"), running("b"))), (3, (clean("a", age=-SECOND), running("b")))),
        code=3,
        kind="scan-timeout",
        scan="b",
    ),
    Row(
        name="queued, running, ready",
        history=(
            (0, (running("new", status="QUEUED"),)),
            (2, (running("new"),)),
            (6, (clean("new", age=-5 * SECOND),)),
        ),
        code=0,
        scan="new",
    ),
    Row(
        name="an unknown status becomes ready",
        history=((0, (running("new", status="PAUSED"),)), (4, (clean("new", age=-3 * SECOND),))),
        code=0,
        scan="new",
    ),
    Row(
        name="a running scan that vanishes leaves nothing",
        history=((0, (running(),)), (4, ())),
        code=3,
        kind="scan-missing",
        scan="running",
    ),
    Row(
        name="the scan appears in time and outlasts the time to appear",
        history=((0, ()), (8, (running("new"),)), (20, (clean("new", age=-19 * SECOND),))),
        start_timeout=10,
        code=0,
        scan="new",
    ),
    Row(
        name="the scan appears too late",
        history=((0, ()), (14, (clean("new", age=-13 * SECOND),))),
        start_timeout=10,
        code=3,
        kind="scan-missing",
    ),
    Row(
        name="the scan ends too late",
        history=((0, (running("new"),)), (22, (clean("new", age=-21 * SECOND),))),
        timeout=20,
        code=3,
        kind="scan-timeout",
        scan="new",
    ),
    Row(
        name="no time at all, and the scan is ready",
        history=still(clean()),
        timeout=0,
        code=0,
        scan="clean",
    ),
    Row(
        name="no time at all, and the scan is running",
        history=((0, (running(),)), (1, (clean("running"),))),
        timeout=0,
        code=3,
        kind="scan-timeout",
        scan="running",
    ),
    Row(
        name="no time at all, and no scan yet",
        history=((0, ()), (1, (clean(),))),
        timeout=0,
        code=3,
        kind="scan-missing",
    ),
)

STARTING = (
    Row(
        name="if-missing, none: a scan is started",
        history=still(),
        scanned_on_push=False,
        when="if-missing",
        started=((0, ()), (2, (running("started"),)), (5, (clean("started", age=-4 * SECOND),))),
        code=0,
        scan="started",
    ),
    Row(
        name="if-missing, none in time: a scan is started",
        history=still(),
        when="if-missing",
        started=((0, (running("started"),)), (5, (bad("started", age=-4 * SECOND),))),
        code=1,
        scan="started",
    ),
    Row(
        name="if-missing, and the push's own scan appears in time",
        history=((0, ()), (4, (clean("own", age=-3 * SECOND),))),
        when="if-missing",
        started=((0, (bad("started"),)),),
        code=0,
        scan="own",
    ),
    Row(
        name="if-missing does not remedy a failed scan",
        history=still(failed()),
        when="if-missing",
        started=((0, (clean("started"),)),),
        code=3,
        kind="scan-failed",
        scan="failed",
    ),
    Row(
        name="if-missing does not remedy a stale result",
        history=still(clean(age=9 * DAY)),
        when="if-missing",
        started=((0, (clean("started"),)),),
        code=3,
        kind="scan-stale",
        scan="clean",
    ),
    Row(
        name="if-needed, failed: a scan is started",
        history=still(failed()),
        when="if-needed",
        started=((0, (clean("started", age=0),)),),
        code=0,
        scan="started",
    ),
    Row(
        name="if-needed, stale: a scan is started",
        history=still(clean(age=9 * DAY)),
        when="if-needed",
        started=((0, (bad("started", age=0),)),),
        code=1,
        scan="started",
    ),
    Row(
        name="if-needed, without a time: a scan is started",
        history=still(clean(age=TIMELESS)),
        when="if-needed",
        started=((0, (clean("started", age=0),)),),
        code=0,
        scan="started",
    ),
    Row(
        name="if-needed, none: a scan is started",
        history=still(),
        scanned_on_push=False,
        when="if-needed",
        started=((0, (clean("started", age=0),)),),
        code=0,
        scan="started",
    ),
    Row(
        name="if-needed, exactly max_age old: not needed",
        history=still(clean(age=8 * DAY)),
        when="if-needed",
        started=((0, (bad("started", age=0),)),),
        code=0,
        scan="clean",
        at_the_nanosecond=True,
    ),
    Row(
        name="if-needed, violating: not needed",
        history=still(bad()),
        when="if-needed",
        started=((0, (clean("started", age=0),)),),
        code=1,
        scan="bad",
    ),
    Row(
        name="if-needed, one is running: it is waited for",
        history=((0, (running("own"),)), (4, (clean("own", age=-3 * SECOND),))),
        when="if-needed",
        started=((0, (bad("started", age=0),)),),
        code=0,
        scan="own",
    ),
    Row(
        name="if-needed, and the started scan fails",
        history=still(failed()),
        when="if-needed",
        started=((0, (running("started"),)), (3, (failed("started", age=-2 * SECOND),))),
        code=3,
        kind="scan-failed",
        scan="started",
    ),
    Row(
        name="always: a clean result of a minute ago does not count",
        history=still(clean(age=MINUTE)),
        when="always",
        started=((0, (running("started"),)), (3, (bad("started", age=-2 * SECOND),))),
        code=1,
        scan="started",
    ),
    Row(
        name="always: only the started scan is waited for, whatever else runs",
        history=still(running(), failed()),
        when="always",
        started=((0, (running("started"),)), (3, (clean("started", age=-2 * SECOND),))),
        code=0,
        scan="started",
    ),
    Row(
        name="always: the started scan is cancelled",
        history=still(clean()),
        when="always",
        started=((0, (failed("started", status="CANCELLED"),)),),
        code=3,
        kind="scan-failed",
        scan="started",
    ),
    Row(
        name="always: the started scan never ends",
        history=still(clean()),
        when="always",
        started=((0, (running("started"),)),),
        code=3,
        kind="scan-timeout",
        scan="started",
    ),
    Row(
        name="always: the started scan is never seen",
        history=still(clean()),
        when="always",
        started=((0, ()),),
        code=3,
        kind="scan-timeout",
        scan="started",
    ),
    Row(
        name="always: the started scan gets a status that nobody knows",
        history=still(clean()),
        when="always",
        started=((0, (running("started", status="PARTIAL", age=0),)),),
        code=3,
        kind="scan-timeout",
        scan="started",
    ),
    Row(
        name="always: use-last-ready does not pass over the started scan",
        history=still(clean()),
        when="always",
        on_running="use-last-ready",
        on_failed="use-last-ready",
        started=((0, (failed("started"),)),),
        code=3,
        kind="scan-failed",
        scan="started",
    ),
)

FOREIGN = (
    Row(
        name="a result of another image",
        history=still(Told(id="x", status="READY", image="other")),
        code=5,
        kind="bad-response",
    ),
    Row(
        name="a result of no image",
        history=still(Told(id="x", status="READY", image="absent")),
        code=5,
        kind="bad-response",
    ),
    Row(
        name="an old result of another image, beside a clean one",
        history=still(clean(age=MINUTE), Told(id="x", status="READY", age=DAY, image="other")),
        code=5,
        kind="bad-response",
    ),
    Row(
        name="a running scan of another image, beside a clean one",
        history=still(clean(age=MINUTE), Told(id="x", status="RUNNING", image="other")),
        on_running="use-last-ready",
        code=5,
        kind="bad-response",
    ),
    Row(
        name="a result without an ID",
        history=still(clean("")),
        code=5,
        kind="bad-response",
    ),
    Row(
        name="a started scan that is of another image",
        history=still(),
        when="always",
        started=((0, (Told(id="started", status="READY", image="other"),)),),
        code=5,
        kind="bad-response",
        scan="started",
    ),
    Row(
        name="a started scan that comes back under another ID",
        history=still(),
        when="always",
        started=((0, (clean("another"),)),),
        code=5,
        kind="bad-response",
        scan="started",
    ),
)

HISTORIES = (
    *ONE_RESULT,
    *NEWEST,
    *IN_PROGRESS,
    *FRESHNESS,
    *USE_LAST_READY,
    *CHANGING,
    *STARTING,
    *FOREIGN,
)

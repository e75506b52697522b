"""What was decided: the verdict of each rule, each image and the whole run, as values.

`Report` is the single argument of every format and the only source of the exit code, so reports
cannot disagree with one another or with it.
"""

import datetime as dt
import enum
from typing import Self

from scangate.errors import ExitCode, ScangateError
from scangate.instant import Instant
from scangate.model import Image, Place, ScanResult, Value, Vulnerability


class Verdict(enum.Enum):
    """The answer of a rule or of a whole policy."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARN = "warn"
    FAIL = "fail"
    ERROR = "error"


WORST_FIRST = (Verdict.FAIL, Verdict.ERROR, Verdict.WARN, Verdict.PASS)
"""How verdicts combine: over several images a violation outranks a missing verdict."""


class Bucket(enum.Enum):
    """What became of a finding: it is in exactly one bucket, and so never silently gone.

    UNSELECTED is a finding that no rule of the policy is about.
    """

    COUNTED = "counted"
    IGNORED = "ignored"
    VEX = "vex"
    UNSELECTED = "unselected"


class Suppression(Value, frozen=True):
    """Why a finding is not counted: an ignore entry of the policy, or a VEX statement.

    `by` says where that is written. `expires` is the last day in UTC, None for never.
    """

    bucket: Bucket
    reason: str
    by: str
    expires: dt.date | None = None


class Finding(Value, frozen=True):
    """A vulnerability of the image, and what the policy knows and says of it.

    `new` (not in the baseline), `known_exploited` and `epss` (0 to 1) are None where nobody was
    asked or, for `epss`, where the feed has no score. `rules` are the names of those that count
    it; a suppressed finding is counted by none.
    """

    vulnerability: Vulnerability
    new: bool | None = None
    known_exploited: bool | None = None
    epss: float | None = None
    rules: tuple[str, ...] = ()
    suppression: Suppression | None = None

    @property
    def bucket(self) -> Bucket:
        """The one bucket that it is in."""
        if self.suppression is not None:
            return self.suppression.bucket
        return Bucket.COUNTED if self.rules else Bucket.UNSELECTED


class RuleOutcome(Value, frozen=True):
    """What a rule says of an image. `verdict` None: it could not be judged.

    `findings` are the ones that the rule counts, None when they were not listed. `message` is
    what the policy's author says to whoever violates the rule.
    """

    name: str
    title: str
    max: int
    verdict: Verdict | None = None
    count: int | None = None
    findings: tuple[Finding, ...] | None = None
    place: Place | None = None
    message: str = ""


class IgnoreState(enum.Enum):
    """Whether an ignore entry took anything out of the count."""

    USED = "used"
    UNUSED = "unused"
    EXPIRED = "expired"


class IgnoreOutcome(Value, frozen=True):
    """What became of an ignore entry whose scope the image is in.

    `expires` is the last day in UTC, None for never; `count` the findings that it takes out.
    `written` says where it is written, `place` only where that is a file of the user's.
    """

    id: str
    reason: str
    state: IgnoreState
    package: str = ""
    expires: dt.date | None = None
    owner: str = ""
    ticket: str = ""
    place: Place | None = None
    written: str = ""
    count: int = 0


class Upgrade(Value, frozen=True):
    """A package to upgrade, and what that would clear.

    `type` tells packages of one name apart (`debian`, `npm`). `versions` are the installed ones,
    in order. `findings` are those of violated rules that it clears, the worst first.
    """

    package: str
    versions: tuple[str, ...]
    to: str
    findings: tuple[Finding, ...]
    type: str = ""


class Excess(Value, frozen=True):
    """A rule that would still be violated, with the findings that it would still count."""

    rule: str
    count: int
    max: int


class IgnoreDraft(Value, frozen=True):
    """An ignore entry to be completed: a finding without a fix, accepted until a day (UTC)."""

    id: str
    package: str
    expires: dt.date


class FixPlan(Value, frozen=True):
    """What to do about violated rules.

    `upgrades` are needed together, the one that clears most first; with them all done the image
    would still have `remains`, which is empty if the verdict would turn. `drafts` are for the
    findings of violated rules that no upgrade clears, `removable` the ignore entries of the
    policy that take nothing out of the count.
    """

    upgrades: tuple[Upgrade, ...] = ()
    remains: tuple[Excess, ...] = ()
    drafts: tuple[IgnoreDraft, ...] = ()
    removable: tuple[IgnoreOutcome, ...] = ()


class Failure(Value, frozen=True):
    """Why there is no verdict: an error as a value, for the reports."""

    kind: str
    message: str
    hint: str
    code: ExitCode

    @classmethod
    def of(cls, error: ScangateError) -> Self:
        """Keep what a report needs of an error."""
        return cls(kind=error.kind, message=error.message, hint=error.hint, code=error.code)


class ImageOutcome(Value, frozen=True):
    """Everything that is known about one image at the end of its gate.

    A `failure` says why the verdict is ERROR. `gap` says what is missing of the evidence of a
    violation that the counts alone prove. `enforced` False: the policy only warns of this image.
    `api` is the registry's API that has the image, empty when none is known to. `fix_plan` is
    None where there is nothing to plan, or nothing to plan from.
    """

    reference: str
    verdict: Verdict
    rules: tuple[RuleOutcome, ...]
    image: Image | None = None
    scan: ScanResult | None = None
    waited_seconds: float = 0.0
    findings: tuple[Finding, ...] | None = None
    ignores: tuple[IgnoreOutcome, ...] = ()
    fix_plan: FixPlan | None = None
    failure: Failure | None = None
    notices: tuple[str, ...] = ()
    gap: str = ""
    api: str = ""
    enforced: bool = True

    @property
    def exit_code(self) -> ExitCode:
        """The code of this image alone. Only a verdict without a failure can be 0."""
        if self.failure is not None:
            return self.failure.code
        return _CODES[self.verdict]


_CODES = {
    Verdict.PASS: ExitCode.PASS,
    Verdict.WARN: ExitCode.PASS,
    Verdict.FAIL: ExitCode.VIOLATION,
    Verdict.ERROR: ExitCode.INTERNAL,
}


class GivenVex(Value, frozen=True):
    """A VEX document that was given beside the policy, whose digest does not cover it."""

    file: str
    sha256: str


class PolicyIdentity(Value, frozen=True):
    """Which policy judged: its name, where it was read from, the digest of its text.

    `feeds` tells the feeds that it judges by, each with its own date.
    """

    name: str
    source: str
    sha256: str
    feeds: tuple[str, ...] = ()
    vex: tuple[GivenVex, ...] = ()


class Report(Value, frozen=True):
    """The single argument of every format, and the only source of the exit code.

    `baseline` is what `--baseline` named, empty without one.
    """

    version: str
    judged_at: Instant
    mode: str
    endpoint: str
    endpoint_known: bool
    api: str
    policy: PolicyIdentity
    images: tuple[ImageOutcome, ...]
    simulated_at: Instant | None = None
    evidence: str = "registry"
    baseline: str = ""

    @property
    def judged_as_of(self) -> Instant:
        """The time that counted as now, from which ages are told."""
        return self.simulated_at or self.judged_at

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all images; a report on no image is an error."""
        verdicts = {outcome.verdict for outcome in self.images}
        return next((verdict for verdict in WORST_FIRST if verdict in verdicts), Verdict.ERROR)

    @property
    def exit_code(self) -> ExitCode:
        """An interruption, else 1 for any violation, else the highest code of any image."""
        codes = {outcome.exit_code for outcome in self.images}
        worst = max(codes, default=ExitCode.INTERNAL)
        if ExitCode.VIOLATION in codes and worst < ExitCode.INTERRUPTED:
            return ExitCode.VIOLATION
        return worst

"""What was decided: the verdict of each rule, each image and the whole run, as values.

`Report` is the single argument of every format and the only source of the exit code, so reports
cannot disagree with one another or with it.
"""

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


class RuleOutcome(Value, frozen=True):
    """What a rule says of an image. `verdict` None: it could not be judged.

    `findings` are the ones that the rule counts, None when they were not listed.
    """

    name: str
    title: str
    max: int
    verdict: Verdict | None = None
    count: int | None = None
    findings: tuple[Vulnerability, ...] | None = None
    place: Place | None = None


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
    violation that the counts alone prove. `baseline` are the keys of the findings that are not
    new, None without a baseline. `api` is the registry's API that has the image, empty
    when none is known to.
    """

    reference: str
    verdict: Verdict
    rules: tuple[RuleOutcome, ...]
    image: Image | None = None
    scan: ScanResult | None = None
    waited_seconds: float = 0.0
    findings: tuple[Vulnerability, ...] | None = None
    failure: Failure | None = None
    notices: tuple[str, ...] = ()
    gap: str = ""
    api: str = ""
    baseline: frozenset[tuple[str, str]] | None = None

    def is_new(self, finding: Vulnerability) -> bool | None:
        """Whether the baseline has it not; None without a baseline."""
        return None if self.baseline is None else finding.key not in self.baseline

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


class PolicyIdentity(Value, frozen=True):
    """Which policy judged: its name, where it was read from, the digest of its text."""

    name: str
    source: str
    sha256: str


class Report(Value, frozen=True):
    """The single argument of every format, and the only source of the exit code."""

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

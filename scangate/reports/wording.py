"""Facts and sentences that more than one format tells, so that all tell them alike."""

from collections import Counter
from collections.abc import Iterator

from scangate.errors import ExitCode
from scangate.model import Counts
from scangate.report import Failure, ImageOutcome, Report, RuleOutcome, Verdict

BROKEN = (Verdict.FAIL, Verdict.WARN)
"""The verdicts of a rule whose limit is exceeded."""

NO_IMAGE = "the run ended before any image was judged"

_MODES = {
    "warn": "the policy only warns (mode: warn): violations do not fail the run",
    "warn-only": "--warn-only is given: violations do not fail the run",
}


def failure_of(outcome: ImageOutcome) -> Failure | None:
    """Return why there is no verdict, None when there is one.

    An outcome that is not good and does not say why must not look like a pass anywhere.
    """
    if outcome.failure is not None:
        return outcome.failure
    failed = any(rule.verdict is Verdict.FAIL for rule in outcome.rules)
    if outcome.exit_code is ExitCode.PASS or failed:
        return None
    message = f"the verdict is {outcome.verdict.value}, and nothing says why"
    hint = "this is a defect in scangate: please report it"
    return Failure(kind="internal", message=message, hint=hint, code=outcome.exit_code)


def counts_of(outcome: ImageOutcome) -> Counts | None:
    """Return the counts that the service told, else those of the list, None without either."""
    told = None if outcome.scan is None else outcome.scan.counts
    if told is not None or outcome.findings is None:
        return told
    return Counts(**Counter(finding.vulnerability.severity.value for finding in outcome.findings))


def excess(rule: RuleOutcome) -> str:
    """Say in a line how a rule is broken: `max-high: 3 found, 0 allowed (scangate.yaml:4)`."""
    found = "too many" if rule.count is None else rule.count
    where = f" ({rule.place.file}:{rule.place.line})" if rule.place is not None else ""
    return f"{rule.name}: {found} found, {rule.max} allowed{where}"


def caveats(report: Report) -> Iterator[str]:
    """Say what a reader must know before trusting the verdict."""
    if not report.images:
        yield NO_IMAGE
    if report.mode in _MODES:
        yield _MODES[report.mode]
    if report.simulated_at is not None:
        yield f"judged as if it were {report.simulated_at} (--at)"
    if report.evidence != "registry":
        yield f"the evidence comes from a {report.evidence}, not from the registry"
    if report.baseline:
        yield f"new is what the baseline {report.baseline} has not"
    for each in report.policy.vex:
        yield f"the VEX document {each.file} is given beside the policy (sha256 {each.sha256})"
    if not report.endpoint_known:
        yield f"the endpoint {report.endpoint} is not one of a known cloud"


def caveats_of(report: Report, outcome: ImageOutcome) -> Iterator[str]:
    """Say what a reader must know before trusting the verdict on one image."""
    if report.mode == "enforce" and not outcome.enforced:
        yield "the policy only warns of this image: its violations do not fail the run"

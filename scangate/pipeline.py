"""One image, from what the user named to its outcome, whatever happens on the way."""

from collections.abc import Callable

from scangate.errors import ScangateError
from scangate.gate import Gathering, Plan, Source, Waiting
from scangate.instant import Instant
from scangate.policy.effective import Policy
from scangate.policy.evaluate import evaluate_all, unjudged
from scangate.reference import Target
from scangate.report import Failure, ImageOutcome, Verdict
from scangate.wait import Clock, Deadline


def judge_image(
    target: Target,
    source: Source,
    *,
    policy: Policy,
    plan: Plan,
    clock: Clock,
    deadline: Deadline,
    watch: Callable[[Waiting], None],
    at: Instant | None = None,
) -> ImageOutcome:
    """Gather the evidence of an image and judge it. `at` stands in for now, if it is given."""
    gathering = Gathering(plan, source, clock=clock, deadline=deadline, watch=watch, at=at)
    try:
        gathered = gathering.gather(target)
        evidence, judgement = evaluate_all(policy, gathered, gathering.now())
    except ScangateError as error:
        return without_verdict(target, error, policy=policy, gathering=gathering)
    return ImageOutcome(
        reference=target.text,
        verdict=judgement.verdict,
        rules=judgement.rules,
        image=evidence.image,
        scan=evidence.scan,
        waited_seconds=gathering.waited,
        findings=judgement.findings,
        notices=judgement.notices,
    )


def without_verdict(
    target: Target, error: ScangateError, *, policy: Policy, gathering: Gathering | None = None
) -> ImageOutcome:
    """Return the outcome of an image that could not be judged; every rule is still named."""
    return ImageOutcome(
        reference=target.text,
        verdict=Verdict.ERROR,
        rules=tuple(map(unjudged, policy.rules)),
        image=gathering.image if gathering else None,
        scan=gathering.scan if gathering else None,
        waited_seconds=gathering.waited if gathering else 0.0,
        failure=Failure.of(error),
    )

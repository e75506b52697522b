"""From what the user named to an outcome for each of its images, whatever happens on the way."""

from collections.abc import Callable, Sequence

import msgspec

from scangate.errors import ScangateError
from scangate.gate import Gathering, Plan, Source, Waiting
from scangate.instant import Instant
from scangate.model import Evidence, Image, Value
from scangate.policy.effective import Policy
from scangate.policy.evaluate import evaluate_all, unjudged
from scangate.reference import Target
from scangate.report import Failure, ImageOutcome, Verdict
from scangate.wait import Clock, Deadline


class Judging(Value, frozen=True):
    """What the judging of every image takes. `at` stands in for now, if it is given."""

    policy: Policy
    plan: Plan
    clock: Clock
    at: Instant | None = None


def judge(
    target: Target,
    source: Source,
    judging: Judging,
    *,
    deadline: Deadline,
    watch: Callable[[Waiting], None],
) -> tuple[ImageOutcome, ...]:
    """Judge what the user named: one image, or every platform of an index."""

    def gathering() -> Gathering:
        return Gathering(
            judging.plan,
            source,
            clock=judging.clock,
            deadline=deadline,
            watch=watch,
            at=judging.at,
        )

    finding = gathering()
    try:
        image = finding.find(target)
    except ScangateError as error:
        return (without_verdict(target.text, error, policy=judging.policy, gathering=finding),)
    if not image.platforms:
        return (_judge_image(image, target, finding, policy=judging.policy),)
    return tuple(
        _judge_image(each, target, gathering(), policy=judging.policy) for each in image.platforms
    )


def _judge_image(
    image: Image, target: Target, gathering: Gathering, *, policy: Policy
) -> ImageOutcome:
    try:
        gathered = gathering.prove(image, target)
        outcome = judge_evidence(target.text, gathered, policy=policy, now=gathering.now())
    except ScangateError as error:
        return without_verdict(target.text, error, policy=policy, gathering=gathering)
    return msgspec.structs.replace(outcome, waited_seconds=gathering.waited)


def judge_evidence(
    reference: str, gathered: Sequence[Evidence], *, policy: Policy, now: Instant
) -> ImageOutcome:
    """Judge evidence that is there. Raises NoEvidence when it proves nothing."""
    evidence, judgement = evaluate_all(policy, gathered, now)
    return ImageOutcome(
        reference=reference,
        verdict=judgement.verdict,
        rules=judgement.rules,
        image=evidence.image,
        scan=evidence.scan,
        findings=judgement.findings,
        notices=judgement.notices,
        gap=judgement.gap,
    )


def without_verdict(
    reference: str, error: ScangateError, *, policy: Policy, gathering: Gathering | None = None
) -> ImageOutcome:
    """Return the outcome of an image that could not be judged; every rule is still named."""
    return ImageOutcome(
        reference=reference,
        verdict=Verdict.ERROR,
        rules=tuple(map(unjudged, policy.rules)),
        image=gathering.image if gathering else None,
        scan=gathering.scan if gathering else None,
        waited_seconds=gathering.waited if gathering else 0.0,
        failure=Failure.of(error),
    )

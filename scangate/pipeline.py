"""From what the user named to an outcome for each of its images, whatever happens on the way."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from scangate.errors import EvidenceIncomplete, ScangateError
from scangate.fixes import plan
from scangate.gate import Gathering, Plan, Source, Wanted
from scangate.history import ScanSettings
from scangate.instant import Instant
from scangate.model import Evidence, Image, Value, Vulnerability
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Policy
from scangate.policy.evaluate import evaluate_all, needs_rows, unjudged
from scangate.reference import Target
from scangate.report import Failure, IgnoreOutcome, IgnoreState, ImageOutcome, Verdict
from scangate.wait import Clock, Deadline, Waiting


class Judging(Value, frozen=True):
    """What the judging of every image takes.

    `list_rows`: a report wants the vulnerabilities, whatever the policy needs. `at` stands in for
    now, if it is given.
    """

    policy: Policy
    plan: Plan
    clock: Clock
    list_rows: bool = False
    baseline: Baseline | None = None
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
        return (_judge_image(image, target, finding, judging=judging),)
    return tuple(
        _judge_image(each, target, gathering(), judging=judging) for each in image.platforms
    )


def rows_of(
    target: Target,
    source: Source,
    judging: Judging,
    *,
    deadline: Deadline,
    watch: Callable[[Waiting], None],
) -> tuple[Vulnerability, ...]:
    """Return the findings of an image that is to be compared with, of all its platforms.

    However old its last READY result is, it is what the image was known to have. Raises
    ScangateError when there is none, or its rows cannot be had.
    """
    gathering = Gathering(
        Plan(allow_tag_move=True), source, clock=judging.clock, deadline=deadline, watch=watch
    )
    image = gathering.find(target)
    rows: list[Vulnerability] = []
    for each in image.platforms or (image,):
        for evidence in gathering.prove(each, target, _EVER_READY):
            if evidence.vulnerabilities is None:
                raise EvidenceIncomplete(f"{target.text}, to compare with: {evidence.gap}")
            rows += evidence.vulnerabilities
    return tuple(rows)


_EVER_READY = Wanted(
    settings=ScanSettings(
        max_age=None, use_last_ready_on_failed=True, use_last_ready_on_running=True
    ),
    list_rows=True,
)


def _judge_image(
    image: Image, target: Target, gathering: Gathering, *, judging: Judging
) -> ImageOutcome:
    policy = judging.policy
    try:
        gathered = gathering.prove(image, target, _wanted(image, judging))
        outcome = judge_evidence(
            target.text, gathered, policy=policy, now=gathering.now(), baseline=judging.baseline
        )
    except ScangateError as error:
        return without_verdict(target.text, error, policy=policy, gathering=gathering)
    return msgspec.structs.replace(outcome, waited_seconds=gathering.waited)


def _wanted(image: Image, judging: Judging) -> Wanted:
    """Raises PolicyError when the policy cannot judge this image."""
    terms = judging.policy.terms_for(image.repository)
    return Wanted(
        settings=terms.scan,
        list_rows=judging.list_rows or needs_rows(judging.policy, terms),
    )


def judge_evidence(
    reference: str,
    gathered: Sequence[Evidence],
    *,
    policy: Policy,
    now: Instant,
    baseline: Baseline | None = None,
) -> ImageOutcome:
    """Judge evidence that is there. Raises NoEvidence when it proves nothing."""
    evidence, judgement = evaluate_all(policy, gathered, now, baseline=baseline)
    return ImageOutcome(
        reference=reference,
        verdict=judgement.verdict,
        rules=judgement.rules,
        image=evidence.image,
        scan=evidence.scan,
        findings=judgement.findings,
        ignores=judgement.ignores,
        fix_plan=plan(judgement.rules, judgement.ignores, today=now.date),
        enforced=judgement.enforced,
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
        rules=tuple(map(unjudged, policy.terms.rules)),
        image=gathering.image if gathering else None,
        scan=gathering.scan if gathering else None,
        waited_seconds=gathering.waited if gathering else 0.0,
        failure=Failure.of(error),
    )


def with_unused_told(outcomes: Sequence[ImageOutcome]) -> list[ImageOutcome]:
    """Tell of ignore entries that no image of the run needs, once each.

    What an entry only just misses was told where it was judged. While an image has no verdict,
    nobody knows.
    """
    if any(outcome.findings is None for outcome in outcomes):
        return list(outcomes)
    settled = {
        each.written
        for outcome in outcomes
        for each in outcome.ignores
        if each.state is IgnoreState.USED
    }
    told = []
    for outcome in outcomes:
        unused = [each for each in _unused(outcome) if each.written not in settled]
        settled |= {each.written for each in unused}
        notices = [f"the ignore of {each.id} ({each.written}) is unused" for each in unused]
        told.append(msgspec.structs.replace(outcome, notices=(*outcome.notices, *notices)))
    return told


def _unused(outcome: ImageOutcome) -> Iterator[IgnoreOutcome]:
    """Return the entries that are about nothing which the image has."""
    advisories = {each.vulnerability.id.casefold() for each in outcome.findings or ()}
    for each in outcome.ignores:
        if each.state is IgnoreState.UNUSED and each.id.casefold() not in advisories:
            yield each

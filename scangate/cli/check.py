"""`scangate check`: arguments to report to exit code."""

import os
from collections.abc import Mapping, Sequence

from scangate import early
from scangate.cli import (
    check_options,
    ci,
    console,
    outputs,
    policies,
    signals,
    targets,
    variables,
)
from scangate.cli.check_options import CheckOptions
from scangate.cli.clock import SYSTEM
from scangate.cli.manifests import Deployment, read_manifests
from scangate.cli.reporting import put_together
from scangate.clouds import Endpoints, cloud_of
from scangate.errors import ExitCode, Interrupted, ScangateError, UsageError
from scangate.pipeline import with_unused_told, without_verdict
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Policy
from scangate.reference import ImageReference, Target
from scangate.report import ImageOutcome, Report
from scangate.reports.wording import BROKEN, excess
from scangate.wait import Clock

parser = check_options.parser

_NO_IMAGE = "(no image yet)"


def run(
    argv: Sequence[str], environment: Mapping[str, str] = os.environ, *, clock: Clock = SYSTEM
) -> int:
    """Gate images and return the exit code. Raises UsageError, after which nothing is written."""
    options = check_options.parse(argv, environment)
    wanted = outputs.parse(options.outputs)
    if options.pin:
        wanted = outputs.off_stdout(wanted)
    told = ci.found(environment, wanted)
    wanted += told.outputs
    outputs.refuse_inputs(wanted, _files_read(options, environment))
    with signals.raised():
        outputs.clear(wanted)
        variables.warn_of_unknown(environment, check_options.parser().variables)
        policy = policies.chosen(options)
        report, pinned = _judge_or_tell(
            options, policy, wanted, environment=environment, clock=clock
        )
        # Half a manifest must not be deployed, so no signal cuts off its writing either
        with signals.ignored():
            return _finish(
                options, report, wanted, pinned=pinned, told=told, environment=environment
            )


def _judge_or_tell(
    options: CheckOptions,
    policy: Policy,
    wanted: Sequence[outputs.Output],
    *,
    environment: Mapping[str, str],
    clock: Clock,
) -> tuple[Report, str | None]:
    """Judge, or report on what ended it; with it comes what --pin writes. Raises UsageError alone.

    The text is None unless the report is a pass.
    """
    images: list[Target] = []
    try:
        deployment = read_manifests(options)
        images += targets.collect(options, deployment.references)
        report = _judge(
            images,
            options,
            policy=policy,
            deployment=deployment,
            wanted=wanted,
            environment=environment,
            clock=clock,
        )
        return report, deployment.pinned(report) if options.pin else None
    except UsageError:
        raise
    except ScangateError as error:
        ended = error
    except KeyboardInterrupt:
        ended = Interrupted("interrupted")
    except Exception as error:  # noqa: BLE001 - a defect has its report, too
        from scangate.cli.judging import defect  # it brings what speaks to the network

        ended = defect(error, verbose=options.verbose)
    named = [image.text for image in images] or [" ".join(options.from_files) or _NO_IMAGE]
    outcomes = [without_verdict(each, ended, policy=policy) for each in named]
    return _report(options, policy, outcomes, where=None, clock=clock), None


def _judge(
    images: Sequence[Target],
    options: CheckOptions,
    *,
    policy: Policy,
    deployment: Deployment,
    wanted: Sequence[outputs.Output],
    environment: Mapping[str, str],
    clock: Clock,
) -> Report:
    baseline = _baseline(options, images)
    where = None
    outcomes: Sequence[ImageOutcome] = ()
    if options.from_files:
        outcomes = _judge_files(images, options, policy, baseline=baseline, clock=clock)
    elif images:
        where = options.endpoints_of(cloud_of(images, named=options.cloud))
        early.begin(where.registry)
        _refuse_missing(images, options, where)
        from scangate.cli.judging import judge_all  # loading takes longer than connecting

        outcomes = judge_all(
            images,
            options,
            policy,
            where=where,
            list_rows=outputs.need_findings(wanted),
            baseline=baseline,
            environment=environment,
            clock=clock,
        )
    told = with_unused_told(deployment.with_unjudged(outcomes, policy))
    return _report(options, policy, told, where=where, clock=clock)


def _judge_files(
    images: Sequence[Target],
    options: CheckOptions,
    policy: Policy,
    *,
    baseline: Baseline | ImageReference | None,
    clock: Clock,
) -> Sequence[ImageOutcome]:
    from scangate.cli.saved_scans import judge_files  # few runs have any

    if isinstance(baseline, ImageReference):
        raise UsageError("--from-file asks no registry, so --baseline cannot be an image")
    return (judge_files(images, options, policy, baseline=baseline, clock=clock),)


def _baseline(options: CheckOptions, images: Sequence[Target]) -> Baseline | ImageReference | None:
    if options.baseline is None:
        return None
    from scangate.cli.baseline import read_baseline  # as above

    return read_baseline(options.baseline, images)


def _refuse_missing(images: Sequence[Target], options: CheckOptions, where: Endpoints) -> None:
    """Raise UsageError where an image can only be asked for with what is not installed."""
    from scangate.registries import refuse_missing

    for image in images:
        refuse_missing(image.host, where, api=options.api)


def _report(
    options: CheckOptions,
    policy: Policy,
    outcomes: Sequence[ImageOutcome],
    *,
    where: Endpoints | None,
    clock: Clock,
) -> Report:
    evidence = "file" if options.from_files else "registry"
    return put_together(options, policy, outcomes, where=where, now=clock.now(), evidence=evidence)


def _files_read(options: CheckOptions, environment: Mapping[str, str]) -> Sequence[str]:
    """Name the files that the run reads: to remove one would change what it decides."""
    more = (options.images_from, *options.from_files, *options.manifests)
    return [*options.files, *filter(None, more), *variables.paths(environment)]


def _finish(
    options: CheckOptions,
    report: Report,
    wanted: Sequence[outputs.Output],
    *,
    pinned: str | None,
    told: ci.Extra,
    environment: Mapping[str, str],
) -> int:
    look = outputs.Look.of_stdout(options.colour, environment, fold=told.fold)
    written = outputs.write(report, wanted, look)
    code = outputs.exit_code(report, written=ci.tell(report, told) and written)
    if code is ExitCode.PASS and pinned is not None and not outputs.hand_over(pinned):
        code = ExitCode.INTERNAL
    if not outputs.table_is_seen(wanted):
        _say_outcomes(report, quiet=options.quiet)
    if code is not report.exit_code:
        outputs.withdraw(wanted)
        ci.withdraw(told, code)
        console.complain(f"not all could be written, so this is no pass: exit code {int(code)}")
    return int(code)


def _say_outcomes(report: Report, *, quiet: bool) -> None:
    """Where no table is seen at once, each outcome is still told, on stderr."""
    for outcome in report.images:
        if quiet and outcome.exit_code is ExitCode.PASS:
            continue
        console.say(f"{outcome.verdict.value}: {outcome.reference}")
        if outcome.failure is not None:
            console.complain(outcome.failure.message, hint=outcome.failure.hint)
        for rule in outcome.rules:
            if rule.verdict in BROKEN:
                console.say(f"  {excess(rule)}")

"""`scangate check`: arguments to report to exit code."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence

import msgspec

from scangate import __version__
from scangate.cli import check_options, console, outputs, policies, signals, targets
from scangate.cli.check_options import CheckOptions
from scangate.cli.clock import SYSTEM
from scangate.cli.judging import defect, judge_all
from scangate.cli.options import PREFIX
from scangate.clouds import Endpoints, cloud_of, endpoints
from scangate.errors import ExitCode, Interrupted, ScangateError, UsageError
from scangate.pipeline import without_verdict
from scangate.policy.effective import Policy
from scangate.policy.load import fail_on
from scangate.reference import Target
from scangate.report import ImageOutcome, Report
from scangate.reports.wording import BROKEN, excess
from scangate.wait import Clock

parser = check_options.parser

_NO_IMAGE = "(no image yet)"
_PATH_VARIABLES = (
    "YC_SERVICE_ACCOUNT_KEY_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
)
"""The variables of others that may name a file which the run reads."""


def run(
    argv: Sequence[str], environment: Mapping[str, str] = os.environ, *, clock: Clock = SYSTEM
) -> int:
    """Gate images and return the exit code. Raises UsageError, after which nothing is written."""
    options = check_options.parse(argv, environment)
    wanted = outputs.parse(options.outputs)
    outputs.refuse_inputs(wanted, _files_read(options, environment))
    with signals.raised():
        outputs.clear(wanted)
        _warn_of_variables(environment)
        policy = _policy(options)
        report = _judge_or_tell(options, policy, wanted, environment=environment, clock=clock)
        with signals.ignored():
            return _finish(options, report, wanted, environment=environment)


def _judge_or_tell(
    options: CheckOptions,
    policy: Policy,
    wanted: Sequence[outputs.Output],
    *,
    environment: Mapping[str, str],
    clock: Clock,
) -> Report:
    """Judge, or report on what ended it. Raises UsageError alone."""
    images: list[Target] = []
    try:
        images += targets.collect(options)
        return _judge(
            images,
            options,
            policy=policy,
            wanted=wanted,
            environment=environment,
            clock=clock,
        )
    except UsageError:
        raise
    except ScangateError as error:
        ended = error
    except KeyboardInterrupt:
        ended = Interrupted("interrupted")
    except Exception as error:  # noqa: BLE001 - a defect has its report, too
        ended = defect(error, verbose=options.verbose)
    named = [image.text for image in images] or [" ".join(options.from_files) or _NO_IMAGE]
    outcomes = [without_verdict(each, ended, policy=policy) for each in named]
    return _report(options, policy, outcomes, where=None, clock=clock)


def _judge(
    images: Sequence[Target],
    options: CheckOptions,
    *,
    policy: Policy,
    wanted: Sequence[outputs.Output],
    environment: Mapping[str, str],
    clock: Clock,
) -> Report:
    baseline = _baseline(options)
    where = None if options.from_files else _endpoints(options, images)
    if where is None:
        outcomes = _judge_files(images, options, policy, clock=clock)
    else:
        _refuse_missing(images, options, where)
        outcomes = judge_all(
            images,
            options,
            policy,
            where=where,
            list_rows=policy.needs_rows or outputs.need_findings(wanted),
            environment=environment,
            clock=clock,
        )
    outcomes = [msgspec.structs.replace(each, baseline=baseline) for each in outcomes]
    return _report(options, policy, outcomes, where=where, clock=clock)


def _judge_files(
    images: Sequence[Target], options: CheckOptions, policy: Policy, *, clock: Clock
) -> Sequence[ImageOutcome]:
    from scangate.cli.saved_scans import judge_files  # few runs have any

    return (judge_files(images, options, policy, clock=clock),)


def _baseline(options: CheckOptions) -> frozenset[tuple[str, str]] | None:
    if options.baseline is None:
        return None
    from scangate.cli.saved_scans import read_baseline  # as above

    return read_baseline(options.baseline)


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
    """Put the report together. Saved scans come from no endpoint, nor does what ended early."""
    apis = sorted({outcome.api for outcome in outcomes} - {""}) or [options.api]
    return Report(
        version=__version__,
        judged_at=clock.now(),
        simulated_at=options.at,
        mode="warn-only" if options.warn_only else ("enforce" if policy.enforce else "warn"),
        endpoint=where.of(apis[0]).removeprefix("https://") if where else "",
        endpoint_known=where.known if where else True,
        api=", ".join(apis) if where else "",
        policy=policy.identity,
        images=tuple(outcomes),
        evidence="file" if options.from_files else "registry",
    )


def _files_read(options: CheckOptions, environment: Mapping[str, str]) -> Sequence[str]:
    """Name the files that the run reads: to remove one would change what it decides."""
    policy = policies.LOCAL if options.policy is None else options.policy
    variables = [environment.get(name) for name in _PATH_VARIABLES]
    given = (policy, options.images_from, options.token_file, *options.from_files, *variables)
    return [name for name in given if name]


def _warn_of_variables(environment: Mapping[str, str]) -> None:
    """A misspelt variable would leave the gate as it is, silently."""
    known = {*check_options.parser().variables, f"{PREFIX}ID_TOKEN"}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            console.say(f"warning: the variable {name} is not one that scangate reads")


def _policy(options: CheckOptions) -> Policy:
    policy = _named_policy(options)
    wanted = options.policy_sha256
    if wanted is not None and wanted.lower().removeprefix("sha256:") != policy.identity.sha256:
        raise UsageError(
            f"the policy {policy.identity.source} has the digest {policy.identity.sha256}, "
            f"not {wanted[:80]}"
        )
    return msgspec.structs.replace(policy, enforce=False) if options.warn_only else policy


def _named_policy(options: CheckOptions) -> Policy:
    if options.fail_on:
        if options.policy or options.policy_sha256:
            raise UsageError("--fail-on stands for a policy; it goes without --policy")
        return fail_on(options.fail_on)
    policy = policies.find(options.policy)
    if options.policy is None and not options.quiet:
        console.say(f"no policy is named: judging by {policy.identity.source}")
    if options.policy_by_environment:
        # Any earlier step of a pipeline can set a variable, so it is told, even with --quiet
        console.say(f"the policy {options.policy} is named by {PREFIX}POLICY")
    return policy


def _endpoints(options: CheckOptions, images: Sequence[Target]) -> Endpoints:
    return endpoints(
        cloud_of(images, named=options.cloud),
        base=options.endpoint,
        registry=options.registry_endpoint,
        iam=options.iam_endpoint,
        token_exchange=options.token_exchange_endpoint,
    )


def _finish(
    options: CheckOptions,
    report: Report,
    wanted: Sequence[outputs.Output],
    *,
    environment: Mapping[str, str],
) -> int:
    terminal = console.is_terminal(sys.stdout)
    colour = console.wants_colour(options.colour, environment, terminal=terminal)
    width = shutil.get_terminal_size().columns if terminal else (100 if colour else None)
    written = outputs.write(report, wanted, colour=colour, width=width)
    code = outputs.exit_code(report, written=written)
    if code is not report.exit_code:
        outputs.withdraw(wanted)
    if not any(output.path is None and output.format == "table" for output in wanted):
        _say_outcomes(report, quiet=options.quiet)
    return int(code)


def _say_outcomes(report: Report, *, quiet: bool) -> None:
    """Without a table on stdout each outcome is still told, on stderr."""
    for outcome in report.images:
        if quiet and outcome.exit_code is ExitCode.PASS:
            continue
        console.say(f"{outcome.verdict.value}: {outcome.reference}")
        if outcome.failure is not None:
            console.complain(outcome.failure.message, hint=outcome.failure.hint)
        for rule in outcome.rules:
            if rule.verdict in BROKEN:
                console.say(f"  {excess(rule)}")

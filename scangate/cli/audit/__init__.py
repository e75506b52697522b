"""`scangate audit`: a whole registry, from arguments to report to exit code."""

import os
from collections.abc import Mapping, Sequence

from scangate.audit.audit import Audit, Extent, describe, extent_of, refuse_left_out
from scangate.audit.changes import compare
from scangate.audit.digested import Judged
from scangate.audit.earlier import Earlier, read_earlier
from scangate.audit.judging import Judge
from scangate.audit.reports import formats_of, needs_findings
from scangate.audit.reports.table import last_line
from scangate.audit.summary import sum_up
from scangate.cli import check_options, console, files, outputs, policies, signals, variables
from scangate.cli.audit import options as audit_options
from scangate.cli.audit.options import AuditOptions
from scangate.cli.audit.running import Running
from scangate.cli.audit.terminal import Terminal
from scangate.cli.baseline import read_baseline
from scangate.cli.clock import SYSTEM
from scangate.cli.judging import defect
from scangate.cli.reporting import put_together
from scangate.clouds import Endpoints, cloud_of
from scangate.errors import ExitCode, Interrupted, ScangateError, UsageError
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Policy
from scangate.reference import ImageId
from scangate.reports import FORMATS
from scangate.wait import Clock

parser = audit_options.parser

_MOST_BYTES = 1 << 30


def run(
    argv: Sequence[str], environment: Mapping[str, str] = os.environ, *, clock: Clock = SYSTEM
) -> int:
    """Audit a registry and return the exit code. Raises UsageError, and then writes nothing."""
    options = audit_options.parse(argv, environment, now=clock.now())
    wanted = outputs.parse(options.outputs)
    outputs.refuse_inputs(wanted, _files_read(options, environment))
    with signals.raised():
        earlier = _earlier(options)
        outputs.clear(wanted)
        known = {*parser().variables, *check_options.parser().variables}
        variables.warn_of_unknown(environment, known)
        policy = policies.chosen(options)
        target = ImageId(text=options.target.text, host=options.target.host)
        where = options.endpoints_of(cloud_of([target], named=options.cloud))
        judge = _judge(options, policy, wanted, where)
        judged, extent = _judged(options, judge, where, environment=environment, clock=clock)
        with signals.ignored():
            audit = _audit(
                options, policy, judged, extent, where=where, earlier=earlier, clock=clock
            )
            return _finish(options, audit, wanted, environment=environment)


def _judged(
    options: AuditOptions,
    judge: Judge,
    where: Endpoints,
    *,
    environment: Mapping[str, str],
    clock: Clock,
) -> tuple[Sequence[Judged], Extent]:
    """Judge, or tell of what ended it."""
    running = Running(options, judge, where=where, environment=environment, clock=clock)
    ended: ScangateError
    try:
        judged = running.run()
        extent = extent_of(running.looked)
        refuse_left_out(extent, judged)
    except ScangateError as error:
        ended = error
    except KeyboardInterrupt:
        ended = Interrupted("interrupted")
    except Exception as error:  # noqa: BLE001 - a defect has its report, too
        ended = defect(error, verbose=options.verbose)
    else:
        return judged, extent
    return [judge.nothing(options.target.text, ended)], Extent()


def _judge(
    options: AuditOptions, policy: Policy, wanted: Sequence[outputs.Output], where: Endpoints
) -> Judge:
    from scangate.registries import refuse_missing
    from scangate.registries.catalogs import api_for

    refuse_missing(options.target.host, where, api=options.api)
    return Judge(
        policy=policy,
        list_rows=any(needs_findings(FORMATS[output.format]) for output in wanted),
        as_check=options.rows,
        counts_only=options.counts_only,
        baseline=_baseline(options),
        api=api_for(options.target.host, where, wanted=options.api),
    )


def _audit(
    options: AuditOptions,
    policy: Policy,
    judged: Sequence[Judged],
    extent: Extent,
    *,
    where: Endpoints,
    earlier: Earlier | None,
    clock: Clock,
) -> Audit:
    ordered = tuple(sorted(judged, key=lambda each: each.outcome.reference))
    outcomes = [each.outcome for each in ordered]
    report = put_together(options, policy, outcomes, where=where, now=clock.now())
    selection = tuple(describe(options.selection, since=options.since))
    today = report.judged_as_of.date
    return Audit(
        target=options.target,
        selection=selection,
        extent=extent,
        judged=ordered,
        report=report,
        summary=sum_up(ordered, policy.ignores, today=today),
        changes=None if earlier is None else compare(earlier, ordered, report, selection=selection),
    )


def _finish(
    options: AuditOptions,
    audit: Audit,
    wanted: Sequence[outputs.Output],
    *,
    environment: Mapping[str, str],
) -> int:
    look = outputs.Look.of_stdout(options.colour, environment)
    terminal = Terminal(audit=audit, look=look)
    written = outputs.write(audit.report, wanted, terminal, formats_of(audit))
    code = outputs.exit_code(audit.report, written=written)
    if code is not audit.report.exit_code:
        outputs.withdraw(wanted)
    # A table has said it, unless not all could be written
    said = code is audit.report.exit_code and outputs.table_is_seen(wanted)
    if not said and not (options.quiet and code is ExitCode.PASS):
        console.say(last_line(audit, code))
    return int(code)


def _earlier(options: AuditOptions) -> Earlier | None:
    path = options.changed_since
    if path is None:
        return None
    try:
        data = files.read(path, limit=_MOST_BYTES)
    except OSError as error:
        raise UsageError(f"--changed-since {path} cannot be read: {error.strerror}") from error
    return read_earlier(data, target=options.target)


def _baseline(options: AuditOptions) -> Baseline | None:
    if options.baseline is None:
        return None
    baseline = read_baseline(options.baseline, ())
    if not isinstance(baseline, Baseline) or baseline.everywhere:
        raise UsageError(
            f"--baseline {options.baseline} is one image's, and many images are judged",
            hint="give a JSON report of scangate check, which knows each image's own",
        )
    return baseline


def _files_read(options: AuditOptions, environment: Mapping[str, str]) -> Sequence[str]:
    """Name the files that the run reads; not the earlier report, which is read before all that."""
    return [*options.files, *variables.paths(environment)]

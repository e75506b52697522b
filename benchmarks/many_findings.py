"""One scan with 200,000 findings: listed, judged, and written as JSON."""

import functools
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import serving, worlds
from benchmarks.calling import TOKEN, check, write_policy
from benchmarks.certificate import HOST
from benchmarks.measuring import Command, Runs, take_turns
from benchmarks.results import Goal, Section

FINDINGS = 200_000

_POLICY = "version: 1\nthresholds:\n  critical: 0\n  high: {fixable: 1000000}\n"
_FLOOR, _SCRIPT, _OURS = "floor", "script", "scangate"
_PAGES = Path(__file__).parent / "contenders" / "pages.py"
_METHOD = """\
`scangate check` of one image with {findings:,} findings, by a policy that needs every row, with
the whole report written as JSON to a file. The floor fetches the same pages of 1,000 rows on one
connection and gives each to `json.loads`; it keeps, judges and writes nothing. The script does the
same, keeps the rows, counts by one rule and writes them with `json.dump`, indented. Over plain
HTTP on loopback, from a server that answers from memory."""


def measure(*, rounds: int, findings: int = FINDINGS) -> Section:
    """Time both, and look at their memory."""
    world = functools.partial(worlds.one_image, findings)
    with tempfile.TemporaryDirectory() as folder, serving.registry(world) as registry:
        policy = write_policy(folder, _POLICY)
        runs = take_turns(_commands(registry, policy), rounds=rounds)
    ours, script, floor = runs[_OURS], runs[_SCRIPT], runs[_FLOOR]
    return Section(
        title=f"{findings:,} findings in one scan",
        method=_METHOD.format(findings=findings),
        columns=("", "seconds", "processor", "peak memory", "beside the floor"),
        rows=[
            (*_times(ours), f"{ours.peak_megabytes:.0f} MB", f"{ours.ratio(floor):.2f} ×"),
            (*_times(script), f"{script.peak_megabytes:.0f} MB", f"{script.ratio(floor):.2f} ×"),
            (*_times(floor), "", ""),
        ],
        goals=[
            Goal("many findings, beside the floor", ours.ratio(floor), 1.5),
            Goal("many findings, peak memory", ours.peak_megabytes, 400, "MB"),
        ],
    )


def _commands(registry: serving.Served, policy: Path) -> Sequence[Command]:
    report = policy.with_name("report.json")
    pages = (sys.executable, "-I", "-S", str(_PAGES), f"{HOST}:{registry.port}", worlds.SCAN)
    return (
        Command(_OURS, check(registry.url, policy, "-o", f"json={report}"), TOKEN),
        Command(_SCRIPT, (*pages, str(policy.with_name("script.json"))), TOKEN),
        Command(_FLOOR, pages, TOKEN),
    )


def _times(runs: Runs) -> Sequence[str]:
    return runs.name, f"{runs.seconds:.2f} s", f"{runs.cpu_seconds:.2f} s"

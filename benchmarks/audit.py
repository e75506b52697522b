"""A whole registry judged at once: seconds, requests and memory, and how they grow."""

import functools
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import serving, worlds
from benchmarks.calling import BY_COUNTS, TOKEN, scangate, write_policy
from benchmarks.measuring import Command, Runs, take_turns
from benchmarks.results import Goal, Section

SIZES = (1_000, 10_000, 50_000)
"""Numbers of images; the goals are about the second, and how it grows is about all."""

_PAGE = 1000
_NAME = "audit"
_METHOD = """\
`scangate audit` of a registry with 50 images in each repository, one scan of each, and one image
in 100 violating the policy. The fewest requests: the pages of the registry's images and of its
repositories (1,000 a page), one page of scans for each repository, and one page of findings for
each violating image. Over plain HTTP on loopback, from a server that answers from memory; the
table of the worst is written to stdout."""


class Audit(NamedTuple):
    """What was measured for a number of images."""

    runs: Runs
    requests: int
    fewest: int


def measure(*, rounds: int, sizes: Sequence[int] = SIZES) -> Section:
    """Audit registries of several sizes."""
    with tempfile.TemporaryDirectory() as folder:
        policy = write_policy(folder, BY_COUNTS)
        audits = {size: _audit(size, policy, rounds=rounds) for size in sizes}
    return Section(
        title="Audit of a registry",
        method=_METHOD,
        columns=("images", "seconds", "a thousand images", "requests", "fewest", "peak memory"),
        rows=[_row(size, audit) for size, audit in audits.items()],
        goals=_goals(audits),
    )


def _audit(size: int, policy: Path, *, rounds: int) -> Audit:
    with serving.registry(functools.partial(worlds.many_images, size)) as registry:
        target = f"cr.yandex/{worlds.REGISTRY}"
        arguments = scangate("audit", "--endpoint", registry.url, "--policy", str(policy), target)
        registry.requests()
        runs = take_turns([Command(_NAME, arguments, TOKEN, code=1)], rounds=rounds)[_NAME]
        requests = registry.requests() / (rounds + 1)  # one round is not counted
    repositories, violating = worlds.repositories_of(size), worlds.violating_of(size)
    listed = -(-size // _PAGE) + -(-repositories // _PAGE)
    return Audit(runs, round(requests), listed + repositories + violating)


def _row(size: int, audit: Audit) -> Sequence[str]:
    return (
        f"{size:,}",
        f"{audit.runs.seconds:.2f} s",
        f"{audit.runs.seconds / size * 1000:.3f} s",
        f"{audit.requests:,}",
        f"{audit.fewest:,}",
        f"{audit.runs.peak_megabytes:.0f} MB",
    )


def _goals(audits: Mapping[int, Audit]) -> Sequence[Goal]:
    sizes = sorted(audits)
    size = sizes[len(sizes) // 2]
    audit, least, most = audits[size], audits[sizes[0]], audits[sizes[-1]]
    times = sizes[-1] / sizes[0]
    of = f"audit of {size:,} images"
    return (
        Goal(f"{of}, requests beside the fewest", audit.requests / audit.fewest, 1.1),
        Goal(f"{of}, time", audit.runs.seconds, 10, "s"),
        Goal(f"{of}, peak memory", audit.runs.peak_megabytes, 200, "MB"),
        Goal(
            f"audit, time for {times:.0f} times the images",
            most.runs.seconds / least.runs.seconds,
            times,
        ),
    )

"""`scangate policy explain`: what a policy says, in plain words."""

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from scangate.cli import policies
from scangate.cli.options import Parser
from scangate.cli.policy.reading import (
    add_at,
    add_feeds,
    add_policies,
    feeds_of,
    line_of,
    now_of,
    policies_of,
    show_lines,
)
from scangate.cli.shelves import LOCAL
from scangate.errors import ExitCode, UsageError
from scangate.policy.explain import Line, explain
from scangate.reference import ImageReference
from scangate.reports.text import clean_line

_STEP = 2
_WIDEST = 72
"""Where the places stand at most; a longer line pushes its own to the right."""


def parser() -> Parser:
    """Return the command's parser."""
    it = Parser(
        prog="scangate policy explain",
        description="Tell what holds after everything that a policy extends, each value with the "
        "file and line where it is written.",
    )
    add_policies(it, f"as check -p names it (default: {LOCAL}, else the built-in default)")
    it.option("--image", metavar="IMAGE", help="what holds for that image or repository")
    add_at(it)
    add_feeds(it)
    return it


def run(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Explain a policy. Raises UsageError."""
    values = parser().read(argv, environment)
    named = policies_of(values)
    if len(named) > 1:
        raise UsageError("one policy at a time", hint="what holds for an image: --image IMAGE")
    given = feeds_of(kev=values.kev, epss=values.epss)
    policy = policies.find(named[0] if named else None, given=given)
    lines = explain(policy, repository=_repository(values.image), now=now_of(values.at))
    show_lines(_laid_out(lines))
    return int(ExitCode.PASS)


def _repository(image: str | None) -> str:
    if image is None:
        return ""
    reference = ImageReference.parse(image)
    return f"{reference.host}/{reference.name}"


def _laid_out(lines: Sequence[Line]) -> Iterator[str]:
    """Set the places of neighbouring lines under each other."""
    for _, section in groupby(lines, key=lambda line: line.depth > 0):
        block = list(section)
        widths = [_STEP * line.depth + len(clean_line(line.text)) for line in block if line.where]
        column = max([width for width in widths if width <= _WIDEST], default=0)
        for line in block:
            note = f" ({line.where})" if line.where else ""
            depth = _STEP * line.depth
            yield line_of(line.text, note, depth=depth, width=column - depth)

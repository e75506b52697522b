"""`scangate policy list`: the policies that come with scangate."""

import os
from collections.abc import Mapping, Sequence

from scangate.cli import policies
from scangate.cli.options import Parser
from scangate.cli.policy.reading import line_of, show_lines
from scangate.cli.shelves import BuiltIns
from scangate.errors import ExitCode


def parser() -> Parser:
    """Return the command's parser."""
    return Parser(
        prog="scangate policy list",
        description="List the built-in policies, each with the digest for --policy-sha256.",
    )


def run(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """List them."""
    parser().read(argv, environment)
    names = BuiltIns.of_this_version().names
    width = max(map(len, names))
    found = [(name, policies.find(name)) for name in names]
    show_lines(
        line_of(name, policy.description, width=width)
        + line_of(f"sha256 {policy.identity.sha256}", depth=width + 2)
        for name, policy in found
    )
    return int(ExitCode.PASS)

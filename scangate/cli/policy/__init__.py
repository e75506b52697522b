"""`scangate policy`: commands about policies themselves, none of which asks a registry.

Once its module is imported, `list` is a command here.
"""

import importlib
import os
from collections.abc import Mapping, Sequence

from scangate.cli import console
from scangate.cli.options import Parser
from scangate.documents.check import nearest
from scangate.errors import ExitCode, UsageError

COMMANDS = {
    "lint": "find every mistake, and what has no effect",
    "explain": "tell in plain words what a policy says, and where it is written",
    "test": "run the cases that are kept beside policies",
    "schema": "print a JSON Schema for editors",
    "list": "list the built-in policies",
}
"""The name of each command's module in this folder, and what it does."""


def parser() -> Parser:
    """Return the parser of what stands before the command."""
    lines = [f"  {name:<8} {what}" for name, what in COMMANDS.items()]
    it = Parser(
        prog="scangate policy",
        description="Write, check and try policies.",
        epilog="\n".join(["commands:", *lines, "", "scangate policy COMMAND --help tells more."]),
    )
    it.add_argument("command", metavar="COMMAND", nargs="*", help="one of those below")
    return it


def run(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run a command and return its exit code. Raises UsageError."""
    name = argv[0] if argv else ""
    if name in COMMANDS:
        command = importlib.import_module(f"{__name__}.{name}")
        result: int = command.run(argv[1:], environment)
        return result
    if not argv:
        console.show(parser().format_help())
        return int(ExitCode.USAGE)
    if name == "help":
        console.show(parser().format_help())
        return int(ExitCode.PASS if len(argv) == 1 else ExitCode.USAGE)
    if name.startswith("-"):
        parser().read(argv, environment)
    raise UsageError(
        f"there is no command 'policy {name[:60]}'; {nearest(name[:60], [*COMMANDS])}",
        hint="scangate policy --help",
    )

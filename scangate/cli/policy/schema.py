"""`scangate policy schema`: JSON Schemas, for editors and for programs that write policies."""

import json
import os
from collections.abc import Callable, Mapping, Sequence

from scangate.cli import console
from scangate.cli.options import Parser
from scangate.errors import ExitCode, UsageError
from scangate.policy.json_schemas import case_schema, named, policy_schema


def _report_schema() -> dict[str, object]:
    from scangate.reports.json import schema

    return named("report", schema())


def _audit_schema() -> dict[str, object]:
    from scangate.audit.reports.json import schema

    return named("audit", schema())


SCHEMAS: Mapping[str, Callable[[], dict[str, object]]] = {
    "policy": policy_schema,
    "test": case_schema,
    "report": _report_schema,
    "audit": _audit_schema,
}
"""What there is a schema of."""


def parser() -> Parser:
    """Return the command's parser."""
    it = Parser(
        prog="scangate policy schema",
        description="Print the JSON Schema (draft 2020-12) of policies, of files with cases, or "
        "of the JSON reports of check and of audit.",
    )
    it.add_argument(
        "what", metavar="WHAT", nargs="*", help=f"{', '.join(SCHEMAS)} (default: policy)"
    )
    return it


def run(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Print a schema. Raises UsageError."""
    what = parser().read(argv, environment).what or ["policy"]
    if len(what) > 1 or what[0] not in SCHEMAS:
        known = ", ".join(SCHEMAS)
        raise UsageError(f"there is no schema of {' '.join(what)[:60]!r}; known are {known}")
    console.show(json.dumps(SCHEMAS[what[0]](), indent=2) + "\n")
    return int(ExitCode.PASS)

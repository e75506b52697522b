"""dotenv: what a later job of GitLab CI needs, as `artifacts:reports:dotenv` reads it.

GitLab takes names of letters, digits and underscores, values without line breaks or quotes around
them, and 5 KB in all (docs.gitlab.com/ci/yaml/artifacts_reports, artifacts:reports:dotenv).
"""

from scangate.report import Report
from scangate.reports.handover import facts

PREFIX = "GATE_"
"""Not SCANGATE_: what an earlier job hands on must not steer the next gate."""


def render(report: Report) -> str:
    """Write a `GATE_NAME=value` line for each fact."""
    lines = (
        f"{PREFIX}{name.upper().replace('-', '_')}={value}" for name, value in facts(report).items()
    )
    return "\n".join(lines) + "\n"

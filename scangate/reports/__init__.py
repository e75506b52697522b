"""The formats of a report: one table, one module each with `render(report) -> str`.

To add a format, write `reports/<name>.py` and a line in the table. A renderer is imported when it
is first used, so that a run pays only for the formats that it was asked for. A text is for a file
or stream in UTF-8 without translation of newlines.
"""

import importlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from scangate.model import Value
from scangate.report import Report


class Format(Value, frozen=True):
    """One way to write a report. `summary` is its line in the help.

    `needs_findings` is True when the format says little unless the vulnerabilities are listed,
    which costs the run more requests.
    """

    name: str
    summary: str
    needs_findings: bool = False

    def render(self, report: Report) -> str:
        """Write the report: the same report gives the same text."""
        renderer: Callable[[Report], str]
        renderer = importlib.import_module(f"{__name__}.{self.name}").render
        return renderer(report)


def _table(*formats: Format) -> Mapping[str, Format]:
    return MappingProxyType({each.name: each for each in formats})


FORMATS: Mapping[str, Format] = _table(
    Format(name="table", summary="for people: verdict, rules, what to upgrade"),
    Format(name="json", summary="for scripts and `scangate verify`: everything that is known"),
    Format(name="junit", summary="for the test views of CI systems: a suite per image"),
    Format(
        name="sarif",
        summary="for GitHub code scanning: a run per image, an alert per finding",
        needs_findings=True,
    ),
    Format(
        name="gitlab",
        summary="for GitLab's security dashboard: container scanning 15.x",
        needs_findings=True,
    ),
    Format(
        name="codequality",
        summary="for GitLab merge requests: what breaks the policy",
        needs_findings=True,
    ),
    Format(
        name="markdown",
        summary="for job summaries and merge-request comments",
        needs_findings=True,
    ),
    Format(
        name="html",
        summary="for a browser, an auditor, a printer: one file with everything",
        needs_findings=True,
    ),
    Format(name="github", summary="annotations of GitHub Actions"),
    Format(name="vsa", summary="SLSA verification summaries to be signed, a line each"),
    Format(name="dotenv", summary="for later jobs of GitLab CI: verdict, digest, counts"),
)

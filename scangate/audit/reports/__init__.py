"""The formats that tell of an audit as a whole; the others tell of its images, one by one.

Of a thousand images an ordinary report has a thousand sections. These have a sum, and name the
worst.
"""

import importlib
from collections.abc import Callable, Mapping

from scangate.audit.audit import Audit
from scangate.model import Value
from scangate.report import Report
from scangate.reports import FORMATS, Format

OWN = ("table", "json", "junit", "markdown", "html")
"""The formats that have a renderer of their own here; none takes the rows of every image."""


class AuditFormat(Value, frozen=True):
    """One way to write an audit; what it is given besides is the report of its images."""

    name: str
    audit: Audit

    def render(self, report: Report) -> str:
        """Write the audit, or the report of its images where the format has no sums."""
        if self.name not in OWN:
            return FORMATS[self.name].render(report)
        renderer: Callable[[Audit], str]
        renderer = importlib.import_module(f"{__name__}.{self.name}").render
        return renderer(self.audit)


def formats_of(audit: Audit) -> Mapping[str, AuditFormat]:
    """Return every format, ready to write this audit."""
    return {name: AuditFormat(name=name, audit=audit) for name in FORMATS}


def needs_findings(known: Format) -> bool:
    """Whether a format is of no use without the rows of every image, a call each."""
    return known.needs_findings and known.name not in OWN

"""How the table of an audit looks on this terminal."""

from scangate.audit.audit import Audit
from scangate.audit.reports import table
from scangate.cli.outputs import Look
from scangate.model import Value
from scangate.report import Report


class Terminal(Value, frozen=True):
    """Writes an audit where `look` writes the report of one image."""

    audit: Audit
    look: Look

    def render(self, _report: Report) -> str:
        """Write the table."""
        return table.render_terminal(self.audit, width=self.look.width, color=self.look.colour)

"""Lines for a screen: columns that fit a width, and colours. It knows nothing of reports."""

from collections.abc import Iterator, Sequence

from scangate.model import Value
from scangate.reports.text import is_web_address, shorten

PLAIN_WIDTH = 100
"""The columns of a table in a file."""

NARROWEST = 40
_GAP = "  "
_CODES = {"red": "31", "green": "32", "yellow": "33", "magenta": "35", "bold": "1", "dim": "2"}


class Cell(Value, frozen=True):
    """A text that is already harmless, and its colours, such as `bold red`.

    `link` is foreign: where it leads to the web, a terminal can lead there from the text.
    """

    text: str
    style: str = ""
    link: str = ""


class Screen(Value, frozen=True):
    """Where a report is shown. Without colour and links the text is all there is."""

    width: int
    color: bool
    links: bool = False

    def paint(self, text: str, style: str) -> str:
        """Colour a text, which must have its final width."""
        codes = ";".join(_CODES[word] for word in style.split())
        return f"\x1b[{codes}m{text}\x1b[0m" if self.color and codes and text else text

    def columns(
        self, rows: Sequence[Sequence[Cell]], *, indent: int, numbers: Sequence[int] = ()
    ) -> Iterator[str]:
        """Lay out rows of cells; the columns named in `numbers` are set to the right."""
        room = max(self.width, NARROWEST) - indent
        widths = _fit(
            [max(len(row[place].text) for row in rows) for place in range(len(rows[0]))], room
        )
        for row in rows:
            cells = [
                self._cell(cell, width, to_right=place in numbers)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            yield (" " * indent + _GAP.join(cells)).rstrip()

    def _cell(self, cell: Cell, width: int, *, to_right: bool) -> str:
        text = shorten(cell.text, width)
        blank = " " * (width - len(text))
        painted = self._linked(self.paint(text, cell.style), cell.link)
        return blank + painted if to_right else painted + blank

    def _linked(self, painted: str, link: str) -> str:
        """Link by OSC 8, whose end no address of the web can hold."""
        if not (self.links and painted and is_web_address(link)):
            return painted
        return f"\x1b]8;;{link}\x1b\\{painted}\x1b]8;;\x1b\\"


def _fit(widths: list[int], room: int) -> list[int]:
    """Take from the widest columns until all fit."""
    fitted = [min(width, room) for width in widths]
    excess = sum(fitted) + len(_GAP) * (len(fitted) - 1) - room
    for _ in range(excess):
        fitted[fitted.index(max(fitted))] -= 1
    return fitted

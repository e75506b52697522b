"""How much detail there is room for, if many images share a page. It knows nothing of reports."""

from collections.abc import Callable, Sequence

from scangate.reports.markdown.markup import Markup, size

_LEVELS = (1, 3, 6, 12, 20, 35, 60, 100, 150, 200)
"""How long the lists of a section may be, from the least detail to the most."""

_BETWEEN = 2
"""The bytes of the blank line after a section."""


def fit(sections: Sequence[Callable[[int], Markup]], *, room: int) -> Sequence[Markup | None]:
    """Write sections, the most important first, in so many bytes. None: no room for even a line.

    Level by level each is given more detail as long as there is room, so that none starves for
    another's last row. A section that did not fit once stays as it is.
    """
    written: list[Markup | None] = [None] * len(sections)
    growing = list(range(len(sections)))
    for most in _LEVELS:
        grown = []
        for place in growing:
            before = written[place]
            with_it = room + _taken(before)
            if with_it <= 0:
                continue
            text = sections[place](most)
            if text != before and _taken(text) <= with_it:
                written[place], room = text, with_it - _taken(text)
                grown.append(place)
        growing = grown
    return written


def _taken(text: Markup | None) -> int:
    return 0 if text is None else size(text) + _BETWEEN

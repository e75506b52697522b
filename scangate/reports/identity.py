"""By what a consumer that keeps state knows a finding again: in the next build, and in its file."""

from collections import Counter


class Identities:
    """The identities that were given so far in one file.

    Their parts come without tag, digest, date or count, and without NUL.
    """

    def __init__(self) -> None:
        self._given = Counter[str]()

    def give(self, *parts: str) -> str:
        """Join the parts, and add a number if they were given before."""
        text = "\0".join(parts)
        self._given[text] += 1
        number = self._given[text]
        return text if number == 1 else f"{text}\0{number}"

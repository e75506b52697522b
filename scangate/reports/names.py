"""Names of suites, classes and cases by which CI systems know a test again.

A name must be the same in the next build and single in its file: GitLab, for one, silently drops
a test whose name it has seen. So no tag, digest, count or date is in any, and they are made
distinct after all cleaning and cutting.
"""

import re

from scangate.report import ImageOutcome
from scangate.reports.text import clean_line, shorten

# Azure takes 512 characters for suite, class and case together
_LONGEST = 240
_BY_ID = "image given by ID"  # an ID is as new in each build as a digest
_CLOUD_ID = re.compile(r"[a-z0-9]{20}")


def repository_of(outcome: ImageOutcome) -> str:
    """Return the canonical repository, or what the reference says of it."""
    if outcome.image is not None:
        platform = f" ({outcome.image.platform})" if outcome.image.platform else ""
        return (outcome.image.repository or _BY_ID) + platform
    path = outcome.reference.partition("@")[0]
    folder, slash, last = path.rpartition("/")
    if not slash and _CLOUD_ID.fullmatch(path):
        return _BY_ID
    return folder + slash + last.partition(":")[0]


class Names:
    """The names that were given so far in one scope."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, wish: str) -> str:
        """Return the name that is wished for, with ` #2` and so on if it is taken."""
        name = wanted = shorten(clean_line(wish), _LONGEST) or "(no name)"
        number = 1
        while name in self._taken:
            number += 1
            name = f"{wanted} #{number}"
        self._taken.add(name)
        return name


def class_of(suite: str) -> str:
    """Return a class name with one dot: Jenkins splits package and class at the last one."""
    return f"scangate.{suite.replace('.', '_')}"

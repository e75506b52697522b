"""Which images of a repository are judged: by tag, by age, the newest so many.

What is not known never takes an image out: one that does not tell when it was created counts as
new, and is judged.
"""

from collections.abc import Iterable

from scangate.instant import Instant
from scangate.model import Image, Value
from scangate.policy.select import Globs, any_of


class Selection(Value, frozen=True):
    """The images of a repository that are meant; by default all of them.

    `tags` are globs, of which one has to match one of the image's tags. `newest` is a number of
    each repository, counted among those that the others leave.
    """

    tags: Globs = ()
    newest: int | None = None
    since: Instant | None = None

    def of(self, images: Iterable[Image]) -> list[Image]:
        """Return those that are meant, in their order."""
        chosen = list(images)
        if self.tags:
            matches = any_of(self.tags)
            chosen = [image for image in chosen if any(map(matches, image.tags))]
        if self.since is not None:
            chosen = _since(chosen, self.since)
        if self.newest is not None:
            chosen = _newest(chosen, self.newest)
        return chosen


def _since(images: list[Image], earliest: Instant) -> list[Image]:
    return [each for each in images if each.created_at is None or each.created_at >= earliest]


def _newest(images: list[Image], number: int) -> list[Image]:
    """Images of the very same time are all new enough, or none of them is."""
    times = sorted((each.created_at for each in images if each.created_at), reverse=True)
    return _since(images, times[number - 1]) if len(times) > number else images

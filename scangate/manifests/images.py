"""Every image that the documents of a manifest name, in the order of the text.

Where an image must stand, as in a container, what is none is refused. Where one may stand, in
custom resources, what the grammar of runtimes takes is one, and what only looks like one counts
as an image of another registry, which is not let pass unless it is named. In any other text, a
reference to a known registry is an image.
"""

import re

from scangate.errors import UsageError
from scangate.manifests.compose import services
from scangate.manifests.merge import Merging
from scangate.manifests.names import (
    LONGEST,
    ForeignName,
    is_address,
    is_alone,
    is_marked,
    is_part_of_more,
    is_registry_alone,
    is_web_or_path,
    mentions,
    of_known_registry,
    parse_foreign,
    parse_known,
)
from scangate.manifests.roles import TEMPLATE, Role, children
from scangate.manifests.text import RENDER, Source, refuse
from scangate.manifests.tree import Mapping, Node, Scalar
from scangate.model import Place, Value
from scangate.reference import ImageReference

MAX_MENTIONS = 100_000
_NAMES_IMAGE = re.compile(r"""\bimage["']?\s*:""", re.IGNORECASE)
# What a reader of YAML 1.1 or 1.2 may take for a number, a truth value or nothing
_NO_TEXT = re.compile(r"~|null|y|n|yes|no|on|off|true|false|[-+.0-9][^/]*", re.IGNORECASE)


class Known(Value, frozen=True):
    """An image of a known registry; `start` and `end` are the characters that name it."""

    reference: ImageReference
    place: Place
    start: int
    end: int


class Foreign(Value, frozen=True):
    """An image of another registry, as it is written and by its whole name."""

    text: str
    name: str
    has_digest: bool
    place: Place


class Built(Value, frozen=True):
    """A Compose service that is built where it is deployed, so that no registry has its image."""

    service: str
    place: Place


class Finder:
    """Looks through documents once; `known`, `foreign` and `built` are what it found, by place.

    `look` raises UsageError at the first thing that cannot be told to be harmless.
    """

    def __init__(self, source: Source) -> None:
        self.known: dict[int, Known] = {}
        self.foreign: dict[tuple[int, str], Foreign] = {}
        self.built: dict[int, Built] = {}
        self._source = source
        self._merging = Merging()
        self._mentions_left = MAX_MENTIONS
        # Nodes, not their `id`, which the next node may have once one is gone
        self._seen: set[tuple[Node, Role]] = set()

    def look(self, document: Mapping) -> None:
        """Find what a document names."""
        waiting: list[tuple[Node, Role]] = [(document, Role.PART)]
        owners = self._services(document)
        while waiting:
            node, role = waiting.pop()
            if node in owners:
                role = Role.OWNER
            if (node, role) in self._seen:
                continue
            self._seen.add((node, role))
            if isinstance(node, Scalar):
                self._scalar(node, role)
            else:
                waiting += children(node, role, self._merging)

    def _services(self, document: Mapping) -> set[Node]:
        """Return the services of a Compose file; an image of theirs is required."""
        found: set[Node] = set()
        for name, service in services(document, self._merging):
            found.add(service)
            if self._merging.values(service, "build"):
                self.built[name.start] = Built(service=name.text, place=name.place)
        return found

    def _scalar(self, node: Scalar, role: Role) -> None:
        if role is Role.IMAGE:
            _refuse_empty(node)
            self._image(node)
        elif role is Role.MANIFEST and _NAMES_IMAGE.search(node.text):
            raise refuse(node.place, "a manifest or a patch inside a text, which names an image")
        elif _may_be_image(node.text, role):
            self._perhaps_image(node)
        else:
            self._mentions(node)

    def _image(self, node: Scalar) -> None:
        if of_known_registry(node.text):
            reference = _known(node.text, node.place)
            ((start, end),) = self._written(node)
            self._add(reference, start, end)
        elif foreign := parse_foreign(node.text):
            self._add_foreign(node, foreign)
        else:
            raise refuse(node.place, f"{node.text[:200]!r} is not an image reference")

    def _perhaps_image(self, node: Scalar) -> None:
        """Without a tag it does not mean latest here: the tag may be a value of its own."""
        if foreign := _perhaps_foreign(node):
            self._add_foreign(node, foreign)
        else:
            self._mentions(node)

    def _mentions(self, node: Scalar) -> None:
        """A text that is no image may have some in it: an argument, a variable, a script."""
        if is_registry_alone(node.text):
            what = f"the registry {node.text[:60]} alone: which image of it is meant is not told"
            raise refuse(node.place, what, hint="write the whole reference in one text")
        found = mentions(node.text)
        places = self._written(node) if found else ()
        for mention, (start, end) in zip(found, places, strict=True):
            if is_address(node.text, mention):
                continue
            place = self._source.place(start)
            if is_part_of_more(node.text, mention):
                raise refuse(place, f"{mention[0][:200]!r} may be part of a longer name")
            reference = _known(mention[0], place)
            if ":" not in mention[0]:
                what = f"{mention[0][:200]} has neither tag nor digest"
                hint = "only as the `image` of a container does that mean the tag latest"
                raise refuse(place, what, hint=hint)
            self._add(reference, start, end)

    def _written(self, node: Scalar) -> list[tuple[int, int]]:
        """Return where the source has what the text mentions.

        Raises UsageError where the source spells it otherwise: escaped, or over two lines.
        """
        found = mentions(self._source.text[node.start : node.end])
        self._mentions_left -= len(found)
        if self._mentions_left < 0:
            raise refuse(node.place, f"images are named more than {MAX_MENTIONS} times; split it")
        if [each[0] for each in found] != [each[0] for each in mentions(node.text)]:
            what = "an image that is written with escapes, or with a comment that names one"
            raise refuse(node.place, what, hint="write the reference as it is")
        return [(node.start + each.start(), node.start + each.end()) for each in found]

    def _add_foreign(self, node: Scalar, foreign: ForeignName) -> None:
        self.foreign[node.start, foreign.name] = Foreign(
            text=node.text.strip(),
            name=foreign.name,
            has_digest=foreign.has_digest,
            place=node.place,
        )

    def _add(self, reference: ImageReference, start: int, end: int) -> None:
        place = self._source.place(start)
        self.known[start] = Known(reference=reference, place=place, start=start, end=end)


def _may_be_image(text: str, role: Role) -> bool:
    if role in (Role.HINTED_IMAGE, Role.IMAGES):
        return "{{" in text or is_marked(text.strip())
    return role in (Role.PERHAPS_IMAGE, Role.VOLUME_IMAGE)


def _perhaps_foreign(node: Scalar) -> ForeignName | None:
    """What only looks like an image goes by its text: some tools read more than runtimes do."""
    if node.is_null:
        return None
    text = node.text.strip()
    foreign = None if of_known_registry(text) else parse_foreign(text)
    if foreign or is_web_or_path(text):
        return foreign
    if TEMPLATE.search(text):
        raise _unrendered(node)
    if not is_marked(text) or is_registry_alone(text):
        return None
    if found := mentions(text):
        if not is_alone(text, found):
            raise refuse(node.place, f"{text[:200]!r} names an image and more", hint=_APART)
        return None
    if len(text) > LONGEST:
        raise refuse(node.place, f"an image of {len(text)} characters")
    return ForeignName(name=text, has_digest=False)


_APART = "write each image as a text of its own"


def _refuse_empty(node: Scalar) -> None:
    """Where an image must stand, raise for what is none, or not to every reader of YAML."""
    if node.is_null or not node.text:
        raise refuse(node.place, "the image is empty", hint=RENDER)
    if TEMPLATE.search(node.text):
        raise _unrendered(node)
    if node.plain and _NO_TEXT.fullmatch(node.text):
        what = f"the image {node.text[:60]} is not a text to every reader; put it in quotes"
        raise refuse(node.place, what)


def _unrendered(node: Scalar) -> UsageError:
    what = f"the image {node.text[:200]!r} is not rendered yet"
    return refuse(node.place, what, hint=RENDER)


def _known(text: str, place: Place) -> ImageReference:
    try:
        return parse_known(text)
    except UsageError as error:
        raise refuse(place, error.message, hint=error.hint) from error

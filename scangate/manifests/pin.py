"""Writes the digests of images into a manifest, and proves that nothing else has changed."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from scangate.errors import InternalError, UsageError
from scangate.manifests.manifest import Manifest, parse
from scangate.manifests.names import without_versions
from scangate.manifests.text import Source
from scangate.manifests.tree import ListNode, Node, Scalar
from scangate.reference import ImageReference


def pin(manifest: Manifest, digests: Mapping[str, str]) -> str:
    """Return the text with every gated image by its digest, as `repository@sha256:…`.

    `digests` are those by the references' text. A reference that has a digest stays as it is;
    a tag goes, since not every tool takes both. Raises InternalError unless the result, read
    again, is the same manifest with these digests.
    """
    pieces, end = [], 0
    for image in manifest.known:
        pieces += [manifest.text[end : image.start], _pinned(image.reference, digests)]
        end = image.end
    text = "".join([*pieces, manifest.text[end:]])
    _prove(manifest, text, [digests[image.reference.text] for image in manifest.known])
    return text


def _pinned(reference: ImageReference, digests: Mapping[str, str]) -> str:
    if reference.digest:
        return reference.text
    return f"{reference.host}/{reference.name}@{digests[reference.text]}"


def _prove(before: Manifest, text: str, digests: list[str]) -> None:
    try:
        after = parse(Source(text, file=before.file))
    except UsageError as error:
        raise InternalError(f"{before.file} cannot be read once it is pinned: {error}") from error
    if [image.reference.digest for image in after.known] != digests:
        raise InternalError(f"{before.file} does not have the digests that were judged")
    outlines = zip_longest(_outline(before), _outline(after))
    if any(one != another for one, another in outlines):
        raise InternalError(f"{before.file} would not be the same but for its images")


def _outline(manifest: Manifest) -> Iterator[str]:
    """Tell a tree in an order of its own, without tags and digests of the images in it."""
    waiting: list[Node] = list(manifest.documents)
    seen: dict[int, int] = {}
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            yield f"* {seen[id(node)]}"
            continue
        seen[id(node)] = len(seen)
        if isinstance(node, Scalar):
            yield f"{'plain' if node.plain else 'quoted'} {without_versions(node.text)}"
        elif isinstance(node, ListNode):
            yield f"[ {len(node.items)}"
            waiting += node.items
        else:
            yield f"{{ {len(node.entries)}"
            waiting += (each for entry in node.entries for each in entry)

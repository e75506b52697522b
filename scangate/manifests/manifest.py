"""A manifest: its text, and everything in it that names an image."""

import msgspec

from scangate.errors import UsageError
from scangate.manifests.images import Built, Finder, Foreign, Known
from scangate.manifests.text import Source, decode
from scangate.manifests.tree import Mapping, documents


class Manifest(msgspec.Struct, frozen=True, eq=False):
    """A file of Kubernetes objects or a Compose file; what it names is in the order of the text."""

    file: str
    text: str
    documents: tuple[Mapping, ...]
    known: tuple[Known, ...]
    foreign: tuple[Foreign, ...]
    built: tuple[Built, ...]


def read(data: bytes, *, file: str) -> Manifest:
    """Read a manifest. Raises UsageError at the first thing that may be read in two ways."""
    return parse(decode(data, file=file))


def parse(source: Source) -> Manifest:
    """Read the text of a manifest, as `read` does."""
    found = documents(source)
    if not found:
        raise UsageError(f"{source.file} is empty: there is nothing to deploy")
    finder = Finder(source)
    for document in found:
        finder.look(document)
    return Manifest(
        file=source.file,
        text=source.text,
        documents=tuple(found),
        known=tuple(each for _, each in sorted(finder.known.items())),
        foreign=tuple(each for _, each in sorted(finder.foreign.items())),
        built=tuple(each for _, each in sorted(finder.built.items())),
    )

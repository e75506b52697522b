"""The tree of artifacts that Cloud Registry has: folders, a package per repository, its images.

How tags and digests are named in it is not documented: Behaviour.artifact_nodes says how here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scangate.emulator.behaviour import Nodes
from scangate.emulator.view import View
from scangate.emulator.world import Image, derive_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place in the tree of a registry; only an artifact has an image."""

    registry_id: str
    folder: str
    name: str
    kind: str
    image: Image | None = None

    @property
    def path(self) -> str:
        """The whole path."""
        return f"{self.folder}/{self.name}".strip("/")

    @property
    def id(self) -> str:
        """The artifact's ID. A tag and the digest that it names are one artifact."""
        if self.image is not None:
            return self.image.artifact_id
        return derive_id("cn1", f"node {self.registry_id} {self.path}")


def nodes(view: View, registry_id: str) -> Iterator[Node]:
    """Every node of a registry, in an order that stays."""
    seen = set()
    for image in view.images:
        if image.registry_id != registry_id:
            continue
        for node in (*_folders(image), *_artifacts(view, image)):
            if node.path not in seen:
                seen.add(node.path)
                yield node


def _folders(image: Image) -> Iterator[Node]:
    names = image.name.split("/")[1:]
    for depth, name in enumerate(names):
        kind = "PACKAGE" if depth == len(names) - 1 else "FOLDER"
        folder = "/".join(names[:depth])
        yield Node(registry_id=image.registry_id, folder=folder, name=name, kind=kind)


def _artifacts(view: View, image: Image) -> Iterator[Node]:
    folder = image.name.partition("/")[2]
    named = view.world.behaviour.artifact_nodes
    tags = view.tags(image) if named is not Nodes.DIGESTS else ()
    digests = (image.digest,) if named is not Nodes.TAGS else ()
    for name in (*tags, *digests):
        yield Node(
            registry_id=image.registry_id, folder=folder, name=name, kind="ARTIFACT", image=image
        )

"""Where images stand: what the nodes of a document are by their keys and by what is around them.

Keys are those of Kubernetes and of Compose, and of what often runs beside: `steps`, `sidecars`
and `stepTemplate` of Tekton, `container` and `script` of Argo Workflows, and `image` with
`registry`, `repository` or `name` below it, as the values of Helm charts have it.
"""

import enum
import re
from collections.abc import Iterator

import msgspec

from scangate.manifests.merge import Merging
from scangate.manifests.names import LONGEST, mentions, of_known_registry
from scangate.manifests.text import refuse
from scangate.manifests.tree import ListNode, Mapping, Node, Scalar

TEMPLATE = re.compile(r"\{\{|\$")
_Entries = list[tuple[Scalar, Node]]


class Role(enum.Enum):
    """What a node is by where it stands. A list has the role of its items."""

    PART = enum.auto()
    OWNER = enum.auto()
    """A container or a service, whose `image` is an IMAGE."""
    STEP = enum.auto()
    """Most likely an OWNER; charts describe an image there, in a mapping."""
    VOLUME = enum.auto()
    VOLUME_IMAGE = enum.auto()
    IMAGE = enum.auto()
    """A text that must be an image."""
    PERHAPS_IMAGE = enum.auto()
    """A text that may be an image, or a mapping that describes one."""
    HINTED_IMAGE = enum.auto()
    """The same, where a single word is most likely no image."""
    IMAGES = enum.auto()
    MANIFEST = enum.auto()
    """A text that a controller reads as a manifest or as a patch of one."""


_ANYWHERE = {
    "containers": Role.OWNER,
    "initcontainers": Role.OWNER,
    "ephemeralcontainers": Role.OWNER,
    "container": Role.STEP,
    "script": Role.STEP,
    "sidecars": Role.STEP,
    "step": Role.STEP,
    "steps": Role.STEP,
    "steptemplate": Role.STEP,
    "volumes": Role.VOLUME,
    "image": Role.PERHAPS_IMAGE,
    "imagename": Role.HINTED_IMAGE,
    "images": Role.IMAGES,
    "manifest": Role.MANIFEST,
    "patch": Role.MANIFEST,
    "podspecpatch": Role.MANIFEST,
}
_BELOW_DESCRIBED = {
    "reference": Role.PERHAPS_IMAGE,
    "repository": Role.PERHAPS_IMAGE,
    "name": Role.HINTED_IMAGE,
}
_VERSIONS = ("tag", "digest", "sha", "sha256")
_BELOW = {
    Role.OWNER: {"image": Role.IMAGE},
    Role.STEP: {"image": Role.IMAGE},
    Role.VOLUME: {"image": Role.VOLUME_IMAGE},
    Role.VOLUME_IMAGE: _BELOW_DESCRIBED | {"reference": Role.IMAGE},
    Role.PERHAPS_IMAGE: _BELOW_DESCRIBED,
    Role.HINTED_IMAGE: _BELOW_DESCRIBED,
    Role.IMAGES: _BELOW_DESCRIBED,
}


def children(node: ListNode | Mapping, role: Role, merging: Merging) -> Iterator[tuple[Node, Role]]:
    """Return what a node holds; what is merged into a mapping is read as its own.

    Raises UsageError where a text must stand, and for images in keys.
    """
    if role is Role.IMAGE:
        raise refuse(node.place, "the image is no text")
    if isinstance(node, ListNode):
        yield from ((item, role) for item in node.items)
        return
    entries = list(merging.entries(node))
    is_image = _is_of_type_image(entries, role)
    registry = ""
    if "repository" in _BELOW.get(role, ()):
        _refuse_second_version(entries)
        registry = _registry(entries)
    for key, value in entries:
        if mentions(key.text):
            raise refuse(key.place, "a key that names an image")
        word = key.text.lower()
        if word == "source" and is_image:
            yield value, Role.IMAGE if role is Role.VOLUME else Role.PERHAPS_IMAGE
        elif word == "image" and role is Role.STEP and isinstance(value, Mapping):
            yield value, Role.PERHAPS_IMAGE
        elif word in ("name", "repository") and registry and isinstance(value, Scalar):
            text = f"{registry}/{value.text.strip()}"
            if len(text) > LONGEST:
                raise refuse(value.place, f"an image of {len(text)} characters")
            yield msgspec.structs.replace(value, text=text), Role.PERHAPS_IMAGE
        else:
            yield value, _role(word, role)


def _role(word: str, above: Role) -> Role:
    """Return the role of what is under a key."""
    found = _BELOW.get(above, {}).get(word) or _ANYWHERE.get(word)
    if found is None and above is Role.IMAGES:
        return above
    if found is None:
        found = Role.HINTED_IMAGE if word.endswith("image") else Role.PART
    return found


def _is_of_type_image(entries: _Entries, role: Role) -> bool:
    """Whether its `source` is an image, as that of a Compose volume of `type: image` is."""
    types = [value for key, value in entries if key.text == "type" and isinstance(value, Scalar)]
    for each in types:
        if role is Role.VOLUME and TEMPLATE.search(each.text):
            raise refuse(each.place, "the type of the volume is not rendered yet")
    return any(each.text == "image" for each in types)


def _refuse_second_version(entries: _Entries) -> None:
    """Whether the name's own version runs or the one beside it, is the controller's choice."""
    scalars = [(key.text.lower(), value) for key, value in entries if isinstance(value, Scalar)]
    beside = any(word in _VERSIONS and value.text for word, value in scalars)
    for word, value in scalars:
        if beside and word in _BELOW_DESCRIBED and any(":" in m[0] for m in mentions(value.text)):
            raise refuse(value.place, "an image with a version, and another version beside it")


def _registry(entries: _Entries) -> str:
    """Return the registry that a described image is of; empty if it is not told apart.

    A known one stays a text of its own, and is refused as such.
    """
    found = [
        value
        for key, value in entries
        if key.text.lower() == "registry" and isinstance(value, Scalar) and not value.is_null
    ]
    if len({each.text for each in found}) > 1:
        raise refuse(found[1].place, "more than one registry for the same image")
    registry = found[0].text.strip().rpartition("://")[2].rstrip("/") if found else ""
    return "" if of_known_registry(registry) else registry

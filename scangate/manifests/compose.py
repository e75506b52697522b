"""Compose files: their services, and what of them is in no registry or in no sight."""

from collections.abc import Iterator

from scangate.manifests.merge import Merging
from scangate.manifests.text import RENDER, refuse
from scangate.manifests.tree import Mapping, Node, Scalar


def services(document: Mapping, merging: Merging) -> Iterator[tuple[Scalar, Mapping]]:
    """Return each service with its name, and none for a Kubernetes object.

    A Compose file is told by having services. Raises UsageError for a document that is neither,
    or both, and for a service that is elsewhere.
    """
    found = merging.values(document, "services")
    is_object = bool(merging.values(document, "kind"))
    if is_object == bool(found):
        what = "neither a Kubernetes object (`kind`) nor a Compose file (`services`)"
        if found:
            what = "both a Kubernetes object (`kind`) and a Compose file (`services`)"
        raise refuse(document.place, what)
    if is_object:
        return
    for other in merging.values(document, "include"):
        raise refuse(other.place, "`include` names other files", hint=RENDER)
    for each in found:
        for name, service in merging.entries(_mapping(each)):
            for extended in merging.values(_mapping(service), "extends"):
                if isinstance(extended, Mapping) and merging.values(extended, "file"):
                    raise refuse(extended.place, "`extends` names another file", hint=RENDER)
            yield name, _mapping(service)


def _mapping(node: Node) -> Mapping:
    if not isinstance(node, Mapping):
        raise refuse(node.place, "services, and each service, are mappings")
    return node

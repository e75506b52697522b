"""ArtifactService, and of Cloud Registry's other services what a gate asks.

yandex/cloud/cloudregistry/v1/{artifact,registry,scan_policy}_service.proto.
"""

from urllib.parse import parse_qsl

from scangate.emulator.call import Call
from scangate.emulator.cloud_wire import CloudWire
from scangate.emulator.query import Listing
from scangate.emulator.refusals import invalid, missing
from scangate.emulator.tree import Node, nodes
from scangate.emulator.wire import Json

_DEFAULT_PAGE_SIZE = "10"
_LISTING: Listing[Node] = Listing(parents=("path",), filters={})


def get_artifact(call: Call) -> Json:
    """GET /artifacts/{artifactId}."""
    identity = call.identity("artifactId")
    for registry in call.view.world.registries:
        for node in nodes(call.view, registry.id):
            if node.id == identity:
                return CloudWire(call.view).artifact(node)
    raise missing("Artifact", identity)


def get_artifact_by_path(call: Call) -> Json:
    """GET /registries/{registryId}/artifacts:getByPath."""
    path = dict(parse_qsl(call.request.query)).get("path", "")
    if not path:
        raise invalid("path: is required")
    for node in nodes(call.view, _registry_id(call)):
        if node.path == path:
            return CloudWire(call.view).artifact(node)
    raise missing("Artifact", path)


def list_artifacts(call: Call) -> Json:
    """GET /registries/{registryId}:listArtifacts: what lies in a folder, ten at a time."""
    given = call.request.query
    sized = given if "pageSize" in given else f"{given}&pageSize={_DEFAULT_PAGE_SIZE}"
    query = _LISTING.parse(sized.lstrip("&"))
    folder = query.parents.get("path", "")
    everything = list(nodes(call.view, _registry_id(call)))
    if folder and all(node.path != folder for node in everything):
        raise missing("Artifact", folder)
    found = [node for node in everything if node.folder == folder]
    wire = CloudWire(call.view)
    return call.page("artifacts", found, query, lambda node: wire.artifact(node, listed=True))


def get_scan_policy_by_registry(call: Call) -> Json:
    """GET /registries/{registryId}/scanPolicy."""
    identity = _registry_id(call)
    for registry in call.view.world.registries:
        if registry.id == identity and registry.scan_policy is not None:
            return CloudWire(call.view).cloud_policy(registry.scan_policy, registry)
    raise missing("ScanPolicy for registry", identity)


def _registry_id(call: Call) -> str:
    identity = call.identity("registryId")
    registry = call.view.registry(identity)
    if registry is None:
        raise missing("Registry", identity)
    return registry.id

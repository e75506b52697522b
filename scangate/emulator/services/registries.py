"""RegistryService and RepositoryService: List and Get.

yandex/cloud/containerregistry/v1/{registry,repository}_service.proto. Neither comment names
fields to order by, so an orderBy is refused.
"""

from scangate.emulator.call import Call
from scangate.emulator.query import Filter, Listing
from scangate.emulator.refusals import invalid, missing
from scangate.emulator.view import Repository
from scangate.emulator.wire import Json
from scangate.emulator.world import Registry

REGISTRIES: Listing[Registry] = Listing(
    parents=("folderId",), filters={"name": Filter(lambda registry: registry.name)}
)
REPOSITORIES: Listing[Repository] = Listing(
    parents=("registryId", "folderId"), filters={"name": Filter(lambda repository: repository.name)}
)


def list_registries(call: Call) -> Json:
    """GET /registries."""
    query = REGISTRIES.parse(call.request.query)
    folder = query.parents.get("folderId")
    if folder is None:
        raise invalid("folderId: is required")
    registries = [r for r in call.view.world.registries if r.folder_id == folder]
    return call.page("registries", query.select(registries), query, call.wire.registry)


def get_registry(call: Call) -> Json:
    """GET /registries/{registryId}."""
    return call.wire.registry(registry_by_id(call))


def list_repositories(call: Call) -> Json:
    """GET /repositories."""
    query = REPOSITORIES.parse(call.request.query)
    if not query.parents:
        raise invalid("one of registryId and folderId is required")
    kind, name = next(iter(query.parents.items()))
    chosen = {r.id for r in call.view.world.registries if _belongs(r, kind=kind, name=name)}
    repositories = [r for r in call.view.repositories if r.registry_id in chosen]
    return call.page("repositories", query.select(repositories), query, call.wire.repository)


def get_repository(call: Call) -> Json:
    """GET /repositories/{repositoryId}."""
    return call.wire.repository(call.view.repository(call.identity("repositoryId")))


def registry_by_id(call: Call) -> Registry:
    """The registry that the path names by its ID; an alias is none."""
    identity = call.identity("registryId")
    for registry in call.view.world.registries:
        if registry.id == identity:
            return registry
    raise missing("Registry", identity)


def _belongs(registry: Registry, *, kind: str, name: str) -> bool:
    return name == (registry.id if kind == "registryId" else registry.folder_id)

"""Which API tells of a whole registry: one of them knows everything that it holds."""

from collections.abc import Mapping

from scangate.clouds import Endpoints
from scangate.errors import UsageError
from scangate.registries.cloud_registry import catalog as cloud_registry
from scangate.registries.container_registry import catalog as container_registry
from scangate.registries.lookup import CLOUD_REGISTRY, CONTAINER_REGISTRY, apis_of
from scangate.transport import Transport

Catalog = container_registry.Catalog | cloud_registry.Catalog

CATALOGS: Mapping[str, type[container_registry.Catalog] | type[cloud_registry.Catalog]] = {
    CONTAINER_REGISTRY: container_registry.Catalog,
    CLOUD_REGISTRY: cloud_registry.Catalog,
}
"""The names of the APIs, and what lists everything by them."""


def api_for(host: str, endpoints: Endpoints, *, wanted: str) -> str:
    """Return the one API to ask; `wanted` is one, or `auto`.

    Raises UsageError where two could tell differently. Of one image the registry itself says which
    of them is right; of a whole registry nobody does.
    """
    apis = apis_of(host, wanted=wanted, endpoints=endpoints)
    if len(apis) > 1:
        raise UsageError(
            f"a registry on {host} may have moved to Cloud Registry, and its old API would still "
            "tell of its old images",
            hint=f"say which has it: --api {CONTAINER_REGISTRY} or --api {CLOUD_REGISTRY}",
        )
    return apis[0]


def open_catalog(
    api: str, transport: Transport, endpoints: Endpoints, *, host: str, registry_id: str
) -> Catalog:
    """Return what lists everything that a registry holds."""
    return CATALOGS[api](transport, endpoints, host=host, registry_id=registry_id)

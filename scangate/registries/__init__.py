"""The registry products behind `gate.Source`, and how one is opened for an image."""

from scangate.clouds import Endpoints
from scangate.registries.cloud_registry import stubs
from scangate.registries.lookup import CLOUD_REGISTRY, PRODUCTS, Lookup, apis_of
from scangate.transport import Transport

__all__ = ["PRODUCTS", "Lookup", "open_registry", "refuse_missing"]


def open_registry(host: str, transport: Transport, endpoints: Endpoints, *, api: str) -> Lookup:
    """Return what judges an image of that host; `api` is a name of PRODUCTS, or `auto`."""
    return Lookup(apis_of(host, wanted=api, endpoints=endpoints), transport, endpoints)


def refuse_missing(host: str, endpoints: Endpoints, *, api: str) -> None:
    """Raise UsageError when the only API to ask takes something that is not installed."""
    if apis_of(host, wanted=api, endpoints=endpoints) == (CLOUD_REGISTRY,):
        stubs.load()

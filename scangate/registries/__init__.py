"""The registry products, and the one table of them; each satisfies `gate.Source`.

A product is imported when it is opened: a run needs one of them.
"""

from collections.abc import Callable, Mapping

from scangate.clouds import Endpoints
from scangate.registries.container_registry import ContainerRegistry
from scangate.transport import Transport

PRODUCTS: Mapping[str, Callable[[Transport, Endpoints], ContainerRegistry]] = {
    "container-registry": ContainerRegistry,
}
"""The API's name, as reports and `--api` call it, and what opens it for one image."""

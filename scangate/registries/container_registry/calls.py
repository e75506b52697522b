"""How Container Registry's API is asked: below one root, list by list, naming the missing role."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import TypeVar

from scangate.clouds import Endpoints
from scangate.errors import PermissionDenied
from scangate.registries import paging, rest
from scangate.transport import Transport

SCANNER_ROLE = "container-registry.images.scanner"
"""Enough for the whole gate: it includes viewing images (docs: container-registry/security)."""

L = TypeVar("L", bound=rest.ListMessage)


class Calls:
    """The calls of one API. `registry_id` is the registry that a refusal is told about."""

    def __init__(self, transport: Transport, endpoints: Endpoints) -> None:
        self.root = f"{endpoints.registry}/container-registry/v1"
        self.registry_id = "<registry-id>"
        self._transport = transport

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> bytes:
        """Return the JSON text of an answer. Raises as `Transport.get` does."""
        with self.naming_the_role():
            return self._transport.get(f"{self.root}/{path}", params)

    def pages(self, path: str, params: Mapping[str, str], kind: type[L]) -> Iterator[L]:
        """Yield every page of a list, each as large as the service gives. Raises as `get` does."""

        def fetch(token: str) -> L:
            more = {"pageToken": token} if token else {}
            data = self.get(path, {**params, "pageSize": paging.PAGE_SIZE, **more})
            return rest.decode(data, kind)

        return paging.pages(fetch)

    @contextlib.contextmanager
    def naming_the_role(self) -> Iterator[None]:
        """Tell with a 403 which role is missing, and the command that grants it."""
        try:
            yield
        except PermissionDenied as error:
            command = (
                f"yc container registry add-access-binding {self.registry_id} "
                f"--role {SCANNER_ROLE} --service-account-id <service-account-id>"
            )
            raise PermissionDenied(
                error.message, hint=f"the role {SCANNER_ROLE} is missing; grant it: {command}"
            ) from error

"""The one table of what is served: method and path → a service's function.

Every host of the cloud is served on one port; their paths do not overlap. To add a service,
write its module and its lines here. Paths are the google.api.http options of the protos.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from scangate.emulator.call import Call
from scangate.emulator.messages import Reply
from scangate.emulator.services import (
    artifacts,
    docker,
    exchange,
    github,
    iam,
    images,
    metadata,
    operations,
    registries,
    scan_policies,
    scanner,
)
from scangate.emulator.wire import Json
from scangate.emulator.world import CLOUD_REGISTRY, CONTAINER_REGISTRY

Answer = Callable[[Call], Json | bytes | Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. `public`: it asks for no token, as those that hand out tokens.

    `sees` is the API whose images it knows, "" for all. A parameter `{name+}` takes slashes too.
    """

    method: str
    template: str
    answer: Answer
    public: bool = False
    sees: str = CONTAINER_REGISTRY

    def match(self, path: str) -> Mapping[str, str] | None:
        """The parameters in the path, or None if it is another endpoint's."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/:]+)", self.template)
        pattern = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", pattern)
        found = re.fullmatch(pattern, path)
        if found is None:
            return None
        return {name: unquote(value) for name, value in found.groupdict().items()}


_CR = "/container-registry/v1"
SCANNER = "/yandex.cloud.cloudregistry.v1.ScannerService/"
"""Where the calls of Cloud Registry's scanner come in, which are no HTTP of ours but gRPC."""

_CLOUD = "/cloud-registry/v1"
_MANIFEST = "/v2/{name+}/manifests/{reference+}"
_METADATA = "/computeMetadata/v1/instance/service-accounts/default/token"

ROUTES = (
    Route("GET", f"{_CR}/images", images.list_images),
    Route("GET", f"{_CR}/images/{{imageId}}", images.get_image),
    Route("GET", f"{_CR}/images/{{imageId}}:lastScanResult", scanner.get_last_scan),
    Route("GET", f"{_CR}/repositories", registries.list_repositories),
    Route("GET", f"{_CR}/repositories/{{repositoryId}}", registries.get_repository),
    Route("GET", f"{_CR}/registries", registries.list_registries),
    Route("GET", f"{_CR}/registries/{{registryId}}", registries.get_registry),
    Route("GET", f"{_CR}/scans", scanner.list_scans),
    Route("POST", f"{_CR}/scans", scanner.start_scan),
    Route("GET", f"{_CR}/scans/{{scanResultId}}", scanner.get_scan),
    Route("GET", f"{_CR}/scans/{{scanResultId}}:listVulnerabilities", scanner.list_vulnerabilities),
    Route("GET", f"{_CR}/scanPolicies/{{scanPolicyId}}", scan_policies.get_scan_policy),
    Route(
        "GET",
        f"{_CR}/scanPolicies/{{registryId}}:byRegistry",
        scan_policies.get_scan_policy_by_registry,
    ),
    Route("GET", "/operations/{operationId}", operations.get_operation, sees=""),
    Route("GET", f"{_CLOUD}/artifacts/{{artifactId}}", artifacts.get_artifact, sees=CLOUD_REGISTRY),
    Route(
        "GET",
        f"{_CLOUD}/registries/{{registryId}}/artifacts:getByPath",
        artifacts.get_artifact_by_path,
        sees=CLOUD_REGISTRY,
    ),
    Route(
        "GET",
        f"{_CLOUD}/registries/{{registryId}}:listArtifacts",
        artifacts.list_artifacts,
        sees=CLOUD_REGISTRY,
    ),
    Route(
        "GET",
        f"{_CLOUD}/registries/{{registryId}}/scanPolicy",
        artifacts.get_scan_policy_by_registry,
        sees=CLOUD_REGISTRY,
    ),
    Route("GET", _MANIFEST, docker.get_manifest, sees=""),
    Route("HEAD", _MANIFEST, docker.get_manifest, sees=""),
    Route("POST", "/iam/v1/tokens", iam.create_token, public=True),
    Route("POST", "/oauth/token", exchange.exchange_token, public=True),
    Route("GET", "/actions/idtoken", github.issue_job_token, public=True),
    Route("GET", _METADATA, metadata.get_machine_token, public=True),
)

"""The answers, held to the official messages (yandexcloud's generated protobuf modules).

Every answer of every endpoint is read by google.protobuf.json_format without tolerance for
unknown fields, and written back: the same JSON has to come out. Switches of Behaviour that
change the JSON form alone are undone first; what is left has to be canonical.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from google.api import annotations_pb2
from google.protobuf import json_format
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from yandex.cloud.cloudregistry.v1 import (
    artifact_pb2,
    artifact_service_pb2,
)
from yandex.cloud.cloudregistry.v1 import registry_service_pb2 as cloud_registry_service_pb2
from yandex.cloud.cloudregistry.v1 import scan_policy_pb2 as cloud_scan_policy_pb2
from yandex.cloud.cloudregistry.v1 import (
    scan_policy_service_pb2 as cloud_scan_policy_service_pb2,
)
from yandex.cloud.containerregistry.v1 import (
    image_pb2,
    image_service_pb2,
    registry_pb2,
    registry_service_pb2,
    repository_pb2,
    repository_service_pb2,
    scan_policy_pb2,
    scan_policy_service_pb2,
    scanner_pb2,
    scanner_service_pb2,
)
from yandex.cloud.iam.v1 import iam_token_service_pb2
from yandex.cloud.operation import operation_pb2, operation_service_pb2

from scangate.emulator import Behaviour, Reply
from scangate.emulator.routes import ROUTES

from .asking import KEY, REGISTRY, Answer, Service, one_image, service
from .canonical import UNDO, canonical, nothing

assert error_details_pb2.RequestInfo  # imported so that the details of errors can be resolved

OTHER = "crp00000000000nopol1"
WORLD = f"""
registries:
  - {{id: {REGISTRY}, name: first, folder_id: folder, aliases: [shop],
     scan_policy: {{id: pol, name: p, push: [a], push_disabled: true, disabled: true,
                   schedule: [{{prefixes: ["*"], period: 7d, disabled: true}}]}}}}
  - {{id: {OTHER}}}
images:
  - name: {REGISTRY}/app
    id: img
    tags: [a, b]
    scans:
      - {{id: ready, finished: 2026-11-01T00:00:00.123456789Z, sample: debian-12-api}}
      - {{id: clean, finished: -2h}}
      - {{id: failed, finished: -1h, ends: ERROR}}
      - {{id: running, appears: -1s, takes: 1h}}
      - {{id: odd, finished: -3h, scanned_at: absent, image_id: absent,
          vulnerabilities: [{{severity: NEGLIGIBLE}}, {{}}, {{package: a, version: "0"}}]}}
    on_scan: [{{takes: 10s, sample: alpine-3.19}}, {{takes: 10s, ends: ERROR}}]
  - {{name: {REGISTRY}/app, id: never, layers: 0}}
  - {{name: {REGISTRY}/app, id: index, tags: [i], index: [{{platform: linux/arm/v7, digest: x}}]}}
identities: {{oauth: [y0_known]}}
"""
V1 = "/container-registry/v1"
CLOUD = "/cloud-registry/v1"
MESSAGES: dict[str, Callable[[], Message]] = {
    f"GET {V1}/images": image_service_pb2.ListImagesResponse,
    f"GET {V1}/images/{{imageId}}": image_pb2.Image,
    f"GET {V1}/images/{{imageId}}:lastScanResult": scanner_pb2.ScanResult,
    f"GET {V1}/repositories": repository_service_pb2.ListRepositoriesResponse,
    f"GET {V1}/repositories/{{repositoryId}}": repository_pb2.Repository,
    f"GET {V1}/registries": registry_service_pb2.ListRegistriesResponse,
    f"GET {V1}/registries/{{registryId}}": registry_pb2.Registry,
    f"GET {V1}/scans": scanner_service_pb2.ListScanResultsResponse,
    f"POST {V1}/scans": operation_pb2.Operation,
    f"GET {V1}/scans/{{scanResultId}}": scanner_pb2.ScanResult,
    f"GET {V1}/scans/{{scanResultId}}:listVulnerabilities": (
        scanner_service_pb2.ListVulnerabilitiesResponse
    ),
    f"GET {V1}/scanPolicies/{{scanPolicyId}}": scan_policy_pb2.ScanPolicy,
    f"GET {V1}/scanPolicies/{{registryId}}:byRegistry": scan_policy_pb2.ScanPolicy,
    "GET /operations/{operationId}": operation_pb2.Operation,
    f"GET {CLOUD}/artifacts/{{artifactId}}": artifact_pb2.Artifact,
    f"GET {CLOUD}/registries/{{registryId}}/artifacts:getByPath": artifact_pb2.Artifact,
    f"GET {CLOUD}/registries/{{registryId}}:listArtifacts": (
        cloud_registry_service_pb2.ListArtifactsResponse
    ),
    f"GET {CLOUD}/registries/{{registryId}}/scanPolicy": cloud_scan_policy_pb2.ScanPolicy,
    "POST /iam/v1/tokens": iam_token_service_pb2.CreateIamTokenResponse,
}
# These have no proto: RFC 8693, GitHub's own, and the metadata service
UNDECLARED = {
    "POST /oauth/token",
    "GET /actions/idtoken",
    "GET /computeMetadata/v1/instance/service-accounts/default/token",
    "GET /v2/{name+}/manifests/{reference+}",
    "HEAD /v2/{name+}/manifests/{reference+}",
}
SERVICES = (
    artifact_service_pb2,
    cloud_registry_service_pb2,
    cloud_scan_policy_service_pb2,
    iam_token_service_pb2,
    image_service_pb2,
    operation_service_pb2,
    registry_service_pb2,
    repository_service_pb2,
    scan_policy_service_pb2,
    scanner_service_pb2,
)
Asked = list[tuple[str, Answer]]


def ask_everything(asked: Service) -> Asked:
    """Answers of every endpoint: (endpoint, answer)."""
    found: Asked = []

    def ask(endpoint: str, path: str, /, **query: Any) -> Answer:
        found.append((f"GET {V1}{endpoint}", asked.ask(path, **query)))
        return found[-1][1]

    for query in ({"registryId": REGISTRY}, {"registryId": "none"}, {"folderId": "folder"}):
        ask("/images", "/images", **query)
    ask("/images", "/images", registryId=REGISTRY, pageSize=1)
    repositories = ask("/repositories", "/repositories", registryId=REGISTRY)
    repository = repositories.json["repositories"][0]["id"]
    ask("/repositories/{repositoryId}", f"/repositories/{repository}")
    ask("/registries", "/registries", folderId="folder")
    for registry in (REGISTRY, OTHER):
        ask("/registries/{registryId}", f"/registries/{registry}")
        ask("/scanPolicies/{registryId}:byRegistry", f"/scanPolicies/{registry}:byRegistry")
    ask("/scanPolicies/{scanPolicyId}", "/scanPolicies/pol")
    for image in ("img", "never"):
        ask("/images/{imageId}", f"/images/{image}")
        ask("/images/{imageId}:lastScanResult", f"/images/{image}:lastScanResult")
        ask("/scans", "/scans", imageId=image)
    for scan in ("ready", "clean", "failed", "running", "odd"):
        ask("/scans/{scanResultId}", f"/scans/{scan}")
        rows = "/scans/{scanResultId}:listVulnerabilities"
        ask(rows, f"/scans/{scan}:listVulnerabilities", pageSize=10)
    for proof in ("y0_known", "y0_unknown"):
        body = json.dumps({"yandexPassportOauthToken": proof}).encode()
        tokens = "/iam/v1/tokens"
        found.append((f"POST {tokens}", asked.ask(tokens, method="POST", body=body)))
    return found + ask_operations(asked) + ask_cloud(asked)


def ask_cloud(asked: Service) -> Asked:
    """Answers of Cloud Registry's part that is REST."""
    found: Asked = []

    def ask(endpoint: str, path: str, /, **query: Any) -> Answer:
        found.append((f"GET {CLOUD}{endpoint}", asked.ask(f"{CLOUD}{path}", **query)))
        return found[-1][1]

    for path in ("app/a", "app/i", "app", "none"):
        node = ask(
            "/registries/{registryId}/artifacts:getByPath",
            f"/registries/{REGISTRY}/artifacts:getByPath",
            path=path,
        )
        ask("/artifacts/{artifactId}", f"/artifacts/{node.json.get('id', 'none')}")
    for query in ({"path": "app"}, {"path": "app", "pageSize": 1}, {}):
        listed = "/registries/{registryId}:listArtifacts"
        ask(listed, f"/registries/{REGISTRY}:listArtifacts", **query)
    for registry in (REGISTRY, OTHER):
        ask("/registries/{registryId}/scanPolicy", f"/registries/{registry}/scanPolicy")
    return found


def ask_operations(asked: Service) -> Asked:
    """Answers about a scan that succeeds and one that fails, from start to end."""
    found: Asked = []
    for key in (KEY, KEY.replace("0", "1")):
        found.append((f"POST {V1}/scans", asked.scan("img", key=key)))
        path = f"/operations/{found[-1][1].json['id']}"
        found += [
            ("GET /operations/{operationId}", asked.ask(path, at=at)) for at in ("4s", "6s", "10s")
        ]
    return found


def message_of(endpoint: str, answer: Answer) -> Message:
    return MESSAGES[endpoint]() if answer.status == 200 else status_pb2.Status()


VARIANTS = dict(Behaviour().variants())


def test_every_endpoint_is_held_to_its_message() -> None:
    routes = {f"{route.method} {route.template}" for route in ROUTES} - UNDECLARED
    assert routes == MESSAGES.keys()
    assert routes == {endpoint for endpoint, _ in ask_everything(service(WORLD))}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_answer_is_the_official_message(variant: str) -> None:
    changed = {name: getattr(VARIANTS[variant], name) for name in Behaviour.__dataclass_fields__}
    undo = UNDO.get(variant.partition("=")[0], nothing)
    for endpoint, answer in ask_everything(service(WORLD, **changed)):
        message = json_format.Parse(answer.reply.body, message_of(endpoint, answer))
        assert json_format.MessageToDict(message) == canonical(answer.json, undo), endpoint


def test_the_switches_of_form_alone_do_not_change_a_message() -> None:
    """Absent or written, strings or numbers: for the official reader it is the same answer."""
    plain = ask_everything(service(WORLD))
    for name in ("zero_counts_written", "empty_fields_written", "last_page_token_written"):
        for (endpoint, before), (_, after) in zip(
            plain, ask_everything(service(WORLD, **{name: True})), strict=True
        ):
            messages = [
                json_format.Parse(blind(answer), message_of(endpoint, answer))
                for answer in (before, after)
            ]
            assert messages[0] == messages[1], endpoint


def blind(answer: Answer) -> bytes:
    """The body without page tokens, which differ from run to run."""
    return re.sub(rb'"nextPageToken": "[0-9a-f]+"', b'"nextPageToken": "t"', answer.reply.body)


REFUSED = [
    ("/images", {}),
    ("/images/none", {}),
    ("/scans", {"imageId": "img", "repositoryId": "x"}),
    ("/scans", {"imageId": "img", "pageToken": "x"}),
    (f"/scanPolicies/{OTHER}:byRegistry", {}),
    ("/nothing", {}),
]


@pytest.mark.parametrize(("path", "query"), REFUSED)
def test_every_refusal_is_a_status(path: str, query: dict[str, Any]) -> None:
    answer = service(WORLD).ask(path, **query)
    assert answer.status >= 400
    message = json_format.Parse(answer.reply.body, status_pb2.Status())
    assert json_format.MessageToDict(message) == answer.json
    assert message.details[-1].Is(error_details_pb2.RequestInfo.DESCRIPTOR)


def test_the_operation_carries_the_types_that_the_service_declares() -> None:
    declared = scanner_service_pb2.DESCRIPTOR.services_by_name["ScannerService"]
    options = str(declared.methods_by_name["Scan"].GetOptions())
    asked = service(WORLD)
    identity = asked.scan("img").json["id"]
    done = asked.ask(f"/operations/{identity}", at="10s").json
    operation = json_format.ParseDict(done, operation_pb2.Operation())
    assert operation.metadata.Is(scanner_service_pb2.ScanMetadata.DESCRIPTOR)
    assert operation.response.Is(scanner_pb2.ScanResult.DESCRIPTOR)
    assert 'metadata: "ScanMetadata"' in options
    assert 'response: "ScanResult"' in options


def test_the_paths_and_messages_are_those_of_the_protos() -> None:
    declared = {}
    for file in SERVICES:
        for found in file.DESCRIPTOR.services_by_name.values():
            for method in found.methods:
                http = method.GetOptions().Extensions[annotations_pb2.http]
                template = re.sub(r"_(\w)", lambda match: match[1].upper(), http.get or http.post)
                verb = "GET" if http.get else "POST"
                declared[f"{verb} {template}"] = method.output_type.full_name
    for endpoint, message in MESSAGES.items():
        assert declared[endpoint] == message().DESCRIPTOR.full_name


# Negative controls: the comparison above turns red for answers that are not the message


CONTROLS = {
    "an unknown field": b'{"scanResults": [], "total": 1}',
    "an unknown status": b'{"scanResults": [{"status": "SCANNED"}]}',
    "a count that is no number": b'{"scanResults": [{"vulnerabilities": {"high": "x"}}]}',
    "a time without a zone": b'{"scanResults": [{"scannedAt": "2026-11-22T10:00:00"}]}',
}


@pytest.mark.parametrize("body", CONTROLS.values(), ids=CONTROLS)
def test_the_check_refuses(body: bytes) -> None:
    with pytest.raises(json_format.ParseError):
        json_format.Parse(body, scanner_service_pb2.ListScanResultsResponse())


@pytest.mark.parametrize(
    "body",
    [
        b'{"scanResults": [{"vulnerabilities": {"high": "0"}}]}',
        b'{"scanResults": [{"vulnerabilities": {"high": 1}}]}',
        b'{"scanResults": [{"scannedAt": "2026-11-22T10:00:00.000Z"}]}',
        b'{"scanResults": [], "nextPageToken": ""}',
        b'{"scan_results": [{"id": "x"}]}',
    ],
)
def test_the_check_sees_a_form_that_is_not_canonical(body: bytes) -> None:
    message = json_format.Parse(body, scanner_service_pb2.ListScanResultsResponse())
    assert json_format.MessageToDict(message) != Answer(Reply(body=body)).json


def test_the_check_sees_a_word_of_a_world() -> None:
    """A world may say words that the SDK does not know: then the SDK must refuse the answer."""
    asked = service(one_image("scans: [{id: s, ends: CANCELLED}]"))
    with pytest.raises(json_format.ParseError):
        json_format.Parse(asked.ask("/scans/s").reply.body, scanner_pb2.ScanResult())

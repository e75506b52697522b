"""Cloud Registry's part of the emulator over real sockets: gRPC, and the Docker protocol."""

import base64
import contextlib
import hashlib
import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from yandex.cloud.cloudregistry.v1 import scanner_service_pb2 as messages
from yandex.cloud.cloudregistry.v1 import scanner_service_pb2_grpc
from yandex.cloud.operation import operation_pb2

from scangate.emulator import Code, Emulator, Faults, Raw, Reply, StatusError, load_world

from .asking import KEY, REGISTRY, service
from .client import Client

A, B = (f"sha256:{letter * 64}" for letter in "ab")
WORLD = f"""
registries: [{{id: {REGISTRY}, aliases: [shop]}}]
images:
  - name: {REGISTRY}/team/app
    id: img
    tags: ["1"]
    digest: "{A}"
    scans:
      - {{id: s, finished: 2026-11-01T00:00:00.123456789Z, vulnerabilities: [
          {{severity: HIGH, name: CVE-1, package: p, version: "1", fixed_by: "2", repeat: 15}},
          {{severity: ODD}}]}}
      - {{id: odd, finished: -1h, ends: PARTIAL, scanned_at: absent}}
  - {{name: {REGISTRY}/team/app, id: old, tags: ["2"], apis: [container-registry]}}
  - {{name: {REGISTRY}/team/app, id: new, tags: [{{name: "2", since: 0s}}], apis: [cloud-registry],
     digest: "{B}"}}
  - {{name: {REGISTRY}/team/app, id: index, tags: [all], index: [
      {{platform: linux/arm64/v8, digest: "{A}"}}]}}
"""
ARTIFACT = load_world(WORLD).images[0].artifact_id
METADATA = (("authorization", "Bearer t"),)


@contextmanager
def scanner(faults: Faults | None = None, text: str = WORLD) -> Iterator[tuple[Any, Emulator]]:
    with (
        Emulator(load_world(text), faults=faults) as emulator,
        grpc.insecure_channel(f"127.0.0.1:{emulator.port}") as channel,
    ):
        yield scanner_service_pb2_grpc.ScannerServiceStub(channel), emulator


def test_pages_are_of_ten_unless_more_are_asked_for() -> None:
    with scanner() as (stub, _):
        request = messages.ListVulnerabilitiesRequest(scan_result_id="s")
        first = stub.ListVulnerabilities(request, metadata=METADATA)
        request.page_token = first.next_page_token
        second = stub.ListVulnerabilities(request, metadata=METADATA)
        whole = messages.ListVulnerabilitiesRequest(scan_result_id="s", page_size=1000)
        everything = stub.ListVulnerabilities(whole, metadata=METADATA)
    assert (len(first.vulnerabilities), len(second.vulnerabilities)) == (10, 6)
    assert [*first.vulnerabilities, *second.vulnerabilities] == [*everything.vulnerabilities]
    assert everything.next_page_token == ""
    row = everything.vulnerabilities[0]
    assert (row.severity, row.package_fixed_version, row.package_type) == (2, "2", "debian")
    assert everything.vulnerabilities[-1].severity == 99  # a word that the enum does not have


def test_results() -> None:
    with scanner() as (stub, emulator):
        listed = stub.List(messages.ListScanResultsRequest(artifact_id=ARTIFACT), metadata=METADATA)
        last = stub.GetLast(
            messages.GetLastScanResultRequest(artifact_id=ARTIFACT), metadata=METADATA
        )
    ready, odd = sorted(listed.scan_results, key=lambda result: result.status)
    assert (ready.id, ready.artifact_id, ready.status) == ("s", ARTIFACT, 2)
    assert (ready.scanned_at.nanos, ready.vulnerabilities.high) == (123456789, 15)
    assert ready.vulnerabilities.undefined == 1
    assert (odd.id, odd.status, odd.HasField("scanned_at")) == ("odd", 99, False)
    assert last == odd
    assert [each.status for each in emulator.requests] == [200, 200]
    assert emulator.requests[0].path.endswith("ScannerService/List")


def test_a_scan_and_its_operation() -> None:
    with scanner() as (stub, emulator):
        request = messages.ScanRequest(artifact_id=ARTIFACT)
        keyed = (*METADATA, ("idempotency-key", KEY))
        first, second = (stub.Scan(request, metadata=keyed) for _ in range(2))
        assert first.id == second.id
        metadata = messages.ScanMetadata()
        assert first.metadata.Unpack(metadata)
        assert metadata.artifact_id == ARTIFACT
        with contextlib.closing(Client(emulator)) as rest:
            told = json.loads(rest.ask(f"/operations/{first.id}").body)
    assert len(emulator.scans_started) == 1
    assert told["metadata"]["@type"].endswith("cloudregistry.v1.ScanMetadata")
    assert isinstance(first, operation_pb2.Operation)


def test_the_response_of_an_operation_is_the_result() -> None:
    asked = service(WORLD)
    path = "/yandex.cloud.cloudregistry.v1.ScannerService/Scan"
    body = messages.ScanRequest(artifact_id=ARTIFACT).SerializeToString()
    operation = operation_pb2.Operation.FromString(
        asked.ask(path, method="POST", body=body).reply.body
    )
    response = asked.ask(f"/operations/{operation.id}", at="5s").json["response"]
    assert response["@type"].endswith("cloudregistry.v1.ScanResult")
    assert (response["artifactId"], response["status"]) == (ARTIFACT, "READY")
    assert "imageId" not in response


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (StatusError(Code.RESOURCE_EXHAUSTED, "slow down"), "RESOURCE_EXHAUSTED", "slow down"),
        (Reply(status=503), "UNAVAILABLE", "HTTP 503"),
        (Reply(status=599, body=b"<html>"), "UNKNOWN", "HTTP 599"),
        (Raw(), "UNAVAILABLE", "HTTP 503"),
    ],
)
def test_faults_are_the_same_as_over_http(fault: Any, code: str, said: str) -> None:
    def faults(_arrival: object) -> Any:
        if isinstance(fault, Exception):
            raise fault
        return fault

    with scanner(faults) as (stub, _), pytest.raises(grpc.RpcError) as caught:
        stub.Get(messages.GetScanResultRequest(scan_result_id="s"), metadata=METADATA)
    assert (caught.value.code().name, caught.value.details()) == (code, said)


@pytest.mark.parametrize(
    ("metadata", "request_", "code"),
    [
        ((), "s", "UNAUTHENTICATED"),
        (METADATA, "none", "NOT_FOUND"),
    ],
)
def test_refusals(metadata: Any, request_: str, code: str) -> None:
    with scanner() as (stub, _), pytest.raises(grpc.RpcError) as caught:
        stub.Get(messages.GetScanResultRequest(scan_result_id=request_), metadata=metadata)
    assert caught.value.code().name == code
    assert "x-request-id" in str(caught.value.trailing_metadata())


def test_the_rest_works_without_grpc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "grpc", None)
    with Emulator(load_world(WORLD)) as emulator, contextlib.closing(Client(emulator)) as rest:
        with socket.create_connection(("127.0.0.1", emulator.port)) as connection:
            connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                assert connection.recv(1) == b""
        assert rest.ask().status == 200
        artifact = rest.ask(f"/cloud-registry/v1/artifacts/{ARTIFACT}")
        assert json.loads(artifact.body)["name"] == "1"


# The Docker protocol


def look(method: str, name: str, reference: str, **given: str) -> Reply:
    credentials = base64.b64encode(given.get("user", "iam:t").encode()).decode()
    headers = {"Authorization": given.get("authorization", f"Basic {credentials}")}
    with Emulator(load_world(WORLD)) as emulator, contextlib.closing(Client(emulator)) as client:
        client.request(method, f"/v2/{name}/manifests/{reference}", headers=headers)
        response = client.getresponse()
        told = {key.lower(): value for key, value in response.getheaders()}
        return Reply(status=response.status, headers=told, body=response.read())


@pytest.mark.parametrize(
    ("name", "reference", "digest"),
    [
        (f"{REGISTRY}/team/app", "1", A),
        (f"{REGISTRY}/team/app", A, A),
        ("shop/team/app", "1", A),
        (f"{REGISTRY}/team/app", "2", B),  # the image that took the tag last, whose-ever it is
    ],
)
def test_a_manifest(name: str, reference: str, digest: str) -> None:
    head, whole = (look(method, name, reference) for method in ("HEAD", "GET"))
    assert head.headers["docker-content-digest"] == digest
    assert head.headers["content-type"] == "application/vnd.oci.image.manifest.v1+json"
    assert head.body == b""
    assert int(head.headers["content-length"]) == len(whole.body) > 0


def test_an_index_has_the_digest_of_what_it_says() -> None:
    whole = look("GET", f"{REGISTRY}/team/app", "all")
    digest = f"sha256:{hashlib.sha256(whole.body).hexdigest()}"
    assert whole.headers["docker-content-digest"] == digest
    assert whole.headers["content-type"] == "application/vnd.oci.image.index.v1+json"
    [entry] = json.loads(whole.body)["manifests"]
    assert entry["digest"] == A
    assert entry["platform"] == {"os": "linux", "architecture": "arm64", "variant": "v8"}


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"user": "json_key:t"}, 401),
        ({"user": "iam:"}, 401),
        ({"authorization": "Bearer t"}, 401),
        ({"authorization": "Basic !"}, 401),
        ({"reference": "none"}, 404),
        ({"name": "other/app"}, 404),
    ],
)
def test_who_is_not_let_in_and_what_is_not_there(given: dict[str, str], status: int) -> None:
    name = given.pop("name", f"{REGISTRY}/team/app")
    assert look("GET", name, given.pop("reference", "1"), **given).status == status


@pytest.mark.parametrize(
    ("api", "digests"), [("container-registry", {A, "old"}), ("cloud-registry", {A, B, "index"})]
)
def test_each_api_knows_its_own_images(api: str, digests: set[str]) -> None:
    asked = service(WORLD)
    if api == "container-registry":
        path = "/images"
        found = asked.ask(path, registryId=REGISTRY).json["images"]
        seen = {each["digest"] for each in found}
    else:
        path = f"/cloud-registry/v1/registries/{REGISTRY}:listArtifacts"
        found = asked.ask(path, path="team/app").json["artifacts"]
        seen = {each["content"]["docker"]["manifestDigest"] for each in found}
    named = {image.id: image.digest for image in load_world(WORLD).images}
    assert seen == {named.get(each, each) for each in digests}

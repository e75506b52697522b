"""Where the scanner's calls may go: over TLS, through the proxy that is named, and nowhere else."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from yandex.cloud.cloudregistry.v1 import scanner_pb2, scanner_service_pb2_grpc

from scangate.errors import Unavailable, UsageError
from scangate.registries.cloud_registry import stubs
from scangate.registries.cloud_registry.channel import open_channel
from scangate.transport import Hopeless, Limits
from tests.registries.cloud_registry.test_calls import ask
from tests.transport.authority import Authority
from tests.transport.serving import TOKEN, Asking, slept

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, *map(str.lower, NAMES), *BUNDLES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@contextmanager
def tls_server(certificate: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Answer Get, and keep what came with it."""
    sent: list[dict[str, Any]] = []

    def get(_servicer: object, request: Any, context: Any) -> Any:
        sent.append(dict(context.invocation_metadata()))
        return scanner_pb2.ScanResult(id=request.scan_result_id)

    pem = certificate.read_bytes()
    server = grpc.server(ThreadPoolExecutor(2))
    official = scanner_service_pb2_grpc.ScannerServiceServicer
    servicer = type("Servicer", (official,), {"Get": get})()
    scanner_service_pb2_grpc.add_ScannerServiceServicer_to_server(servicer, server)
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(pem, pem)]))
    server.start()
    try:
        yield f"https://127.0.0.1:{port}", sent
    finally:
        server.stop(None).wait()


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_private_authority_is_trusted_when_told(
    authority: Authority, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(bundle, str(authority.bundle))
    with tls_server(authority._issue("127.0.0.1", 1)) as (url, sent):
        assert ask(url, Asking()).id == "s"
    assert sent[0]["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("host", "days", "trusted"),
    [
        pytest.param("127.0.0.1", 1, False, id="unknown authority"),
        pytest.param("127.0.0.2", 1, True, id="another host's certificate"),
        pytest.param("127.0.0.1", -1, True, id="expired"),
    ],
)
def test_who_is_not_trusted_gets_no_token(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, host: str, days: int, trusted: bool
) -> None:
    if trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    asking = Asking(limits=Limits(attempts=2))
    with (
        tls_server(authority._issue(host, days)) as (url, sent),
        pytest.raises(Unavailable) as caught,
    ):
        ask(url, asking)
    assert sent == []
    if "CERTIFICATE_VERIFY_FAILED" in caught.value.message:
        assert slept(asking) == 0
        assert "REQUESTS_CA_BUNDLE" in caught.value.hint


def test_plain_http_is_for_this_machine_alone() -> None:
    with pytest.raises(UsageError, match="plain HTTP"):
        open_channel(stubs.load(), "http://registry.example", Limits())


def test_a_bundle_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(Unavailable, match=r"/nowhere/ca\.pem cannot be read"):
        open_channel(stubs.load(), "https://registry.example", Limits())


@contextmanager
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that notes what it is asked and lets nobody through."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(4096))
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", asked
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http://", "", "http://user:word@"])
def test_the_proxy_is_the_one_that_is_named(
    variable: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy() as (address, asked):
        monkeypatch.setenv(variable, f"{scheme}{address}")
        with pytest.raises(Unavailable):
            ask("https://registry.example", Asking(limits=Limits(attempts=1)))
    assert asked[0].startswith(b"CONNECT registry.example:443 HTTP/1.")
    assert (b"Proxy-Authorization: Basic" in asked[0]) == ("user" in scheme)
    assert TOKEN.encode() not in b"".join(asked)


def test_no_proxy_is_heeded(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    with proxy() as (address, asked), tls_server(authority._issue("127.0.0.1", 1)) as (url, _):
        monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert ask(url, Asking()).id == "s"
    assert asked == []


def test_a_proxy_that_grpc_cannot_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "https://proxy.example:3128")
    with pytest.raises(Hopeless, match="http:// proxy only"):
        open_channel(stubs.load(), "https://registry.example", Limits())

"""What is gated: references, files of them, image IDs, and the cloud that they are of."""

import json
import os
from pathlib import Path

import pytest

from tests.running import ENVIRONMENT, TOKEN, Gate, finished, image

DIGEST = "sha256:" + "0" * 64


def judged(gate: Gate, *arguments: str) -> list[str]:
    ended = gate.check("-q", "-o", "json", *arguments)
    return [outcome["reference"] for outcome in json.loads(ended.out)["images"]]


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_file_has_a_reference_a_line(gate: Gate, newline: str) -> None:
    lines = ["# what is deployed", "", f"  {image('clean')}\t", "   # more", image("bad")]
    Path("images.txt").write_bytes(newline.join(lines).encode())

    assert judged(gate, "--images-from", "images.txt") == [image("clean"), image("bad")]


def test_arguments_come_first_then_the_file_then_ids(gate: Gate) -> None:
    Path("images.txt").write_text(image("bad"))
    arguments = ("--image-id", "crp00000000000clean", "--images-from", "images.txt")

    wanted = [image("clean"), image("bad"), "crp00000000000clean"]
    assert judged(gate, *arguments, image("clean")) == wanted


def test_an_image_of_an_argument_and_of_a_manifest_is_judged_once(gate: Gate) -> None:
    Path("app.yaml").write_text(
        f"kind: Pod\nspec:\n  containers:\n    - image: {image('medium')}\n"
        f"    - image: {image('clean')}\n"
    )
    wanted = [image("clean"), image("medium")]

    assert judged(gate, "-f", "app.yaml", image("clean")) == wanted
    assert judged(gate, "-f", "app.yaml", image("clean"), image("clean")) == [
        image("clean"),
        *wanted,
    ]


def test_references_from_standard_input(gate: Gate) -> None:
    Path("images.txt").write_text(f"{image('clean')}\n{image('bad')}\n")
    with Path("images.txt").open() as stdin:
        ended = gate.finish("--images-from", "-", "-o", "json", stdin=stdin)

    assert ended.code == 1
    assert len(json.loads(ended.out)["images"]) == 2


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# nothing\n", "   \n\t\n"], ids=["empty", "blank", "comment", "spaces"]
)
def test_no_image_is_no_pass(gate: Gate, text: str) -> None:
    Path("images.txt").write_text(text)

    ended = gate.check("--images-from", "images.txt", "-o", "json=report.json")

    assert ended.code == 2
    assert "no image is given" in ended.err
    assert not Path("report.json").exists()


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe", "cr.yandex/a/b:1".encode("utf-16"), b"\xef\xbb\xbfcr.yandex/a/b:1", b"a\0b"],
    ids=["not text", "UTF-16", "a byte order mark", "a NUL"],
)
def test_a_file_that_is_not_references(gate: Gate, data: bytes) -> None:
    Path("images.txt").write_bytes(data)

    assert gate.check("--images-from", "images.txt").code == 2


@pytest.mark.parametrize("path", ["missing.txt", "folder", "folder/missing"])
def test_a_file_that_cannot_be_read(gate: Gate, path: str) -> None:
    Path("folder").mkdir()

    ended = gate.check("--images-from", path, image("clean"))

    assert ended.code == 2
    assert f"--images-from {path} cannot be read" in ended.err


def test_one_bad_line_refuses_the_whole_file(gate: Gate) -> None:
    Path("images.txt").write_text(f"{image('clean')}\n{image('clean')} # trailing\n")

    assert gate.check("--images-from", "images.txt").code == 2


@pytest.mark.parametrize(
    "reference",
    [
        "",
        " ",
        "nginx",
        "nginx:latest",
        "cr.yandex/crp0000000000000test",
        "cr.yandex/crp0000000000000test/clean:",
        "cr.yandex/crp0000000000000test/clean@sha256:abc",
        "cr.yandex/crp0000000000000test/CLEAN:1",
        "https://cr.yandex/crp0000000000000test/clean:1",
        "cr.yandex/crp0000000000000test/clean:1 ",
        "cr.yandex/crp0000000000000test/clean:1\n",
        "cr.yandex/../clean:1",
    ],
)
def test_what_is_no_reference(gate: Gate, reference: str) -> None:
    assert gate.check(image("clean"), reference).code == 2


def test_every_image_must_have_a_digest_if_that_is_required(gate: Gate) -> None:
    pinned = f"cr.yandex/crp0000000000000test/clean@{DIGEST}"
    ended = gate.check("--require-digest", pinned, image("clean"), image("bad"))

    assert ended.code == 2
    assert f"{image('clean')}, {image('bad')}: a reference without a digest" in ended.err
    assert gate.check("--require-digest", "--start-timeout", "0", pinned).code == 3
    assert gate.check(image("clean"), environment={"SCANGATE_REQUIRE_DIGEST": "1"}).code == 2


def test_a_file_cannot_bring_in_a_tag_where_a_digest_is_required(gate: Gate) -> None:
    Path("images.txt").write_text(image("clean"))

    assert gate.check("--require-digest", "--images-from", "images.txt").code == 2


def test_an_image_by_its_id(gate: Gate) -> None:
    assert gate.check("--image-id", "crp00000000000clean").code == 0
    assert gate.check("--image-id", "crp0000000000missing", "--start-timeout", "0").code == 3


@pytest.mark.parametrize("text", ["a/b", "../x", "a b", "a?b", "x" * 51, "ü", "a:lastScanResult"])
def test_what_is_no_image_id(gate: Gate, text: str) -> None:
    before = len(gate.emulator.requests)

    assert gate.check("--image-id", text).code == 2
    assert len(gate.emulator.requests) == before


CLOUD_MISTAKES = {
    "an unknown host": ["docker.io/library/nginx:1"],
    "an unknown host beside a known one": ["docker.io/library/nginx:1", image("clean")],
    "a host that only looks like one": ["cr.yandex.example.com/crp0000000000000test/clean:1"],
    "a host with a port": ["cr.yandex:443/crp0000000000000test/clean:1"],
    "several clouds": [image("clean"), "cr.yandexcloud.kz/crp0000000000000test/clean:1"],
    "several clouds, one named": [
        *("--cloud", "yandex", image("clean")),
        "cr.yandexcloud.kz/crp0000000000000test/clean:1",
    ],
    "another cloud than is named": ["--cloud", "nebius-il", image("clean")],
    "an ID and another cloud": [
        *("--image-id", "crp00000000000clean"),
        "cr.il.nebius.cloud/crp0000000000000test/clean:1",
    ],
}


@pytest.mark.parametrize("arguments", CLOUD_MISTAKES.values(), ids=CLOUD_MISTAKES)
def test_a_token_goes_to_the_cloud_of_the_images_alone(gate: Gate, arguments: list[str]) -> None:
    before = len(gate.emulator.requests)

    assert gate.check(*arguments).code == 2
    assert len(gate.emulator.requests) == before


@pytest.mark.parametrize("cloud", ["yandex", "yandex-kz", "nebius-il"])
def test_a_mirror_stands_for_the_cloud_that_is_named(gate: Gate, cloud: str) -> None:
    mirror = "registry.example.com/crp0000000000000test/clean:1"

    assert gate.check("--cloud", cloud, mirror).code == 0


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com:80",
        "http://2130706433.example.com",
        "https://user:password@example.com",
        "https://user@127.0.0.1",
        "http://127.0.0.1:80@example.com",
        "http://example.com#@127.0.0.1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "http://[::1",
        "http://127.0.0.1:99999",
    ],
)
@pytest.mark.parametrize("option", ["--endpoint", "--registry-endpoint"])
def test_an_endpoint_to_which_no_token_may_go(gate: Gate, option: str, endpoint: str) -> None:
    ended = gate.run("check", option, endpoint, image("clean"), environment=ENVIRONMENT)

    assert (ended.code, ended.out) == (2, "")
    assert "password@" not in ended.err


def test_an_endpoint_that_is_not_of_a_known_cloud_is_told(gate: Gate) -> None:
    assert f"the endpoint {gate.emulator.url} is not one" in gate.check(image("clean")).out


def test_standard_input_has_one_reader(gate: Gate) -> None:
    ended = gate.check("--images-from", "-", "--token-file", "-")

    assert ended.code == 2
    assert "cannot both read standard input" in ended.err


def test_a_token_from_standard_input(gate: Gate) -> None:
    environment = {"YC_IAM_TOKEN": ""}
    with Path("token").open("w+") as stdin:
        stdin.write(f"{TOKEN}\n")
        stdin.seek(0)
        arguments = ("--token-file", "-", image("clean"))
        assert gate.finish(*arguments, environment=environment, stdin=stdin).code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([image("clean")], 0),
        (["--images-from", "-"], 2),
        (["--token-file", "-", image("clean")], 4),
    ],
    ids=["nothing reads it", "references", "a token"],
)
def test_closed_standard_input(gate: Gate, arguments: list[str], code: int) -> None:
    shell = ("sh", "-c", 'exec "$@" <&-', "sh")

    assert finished(gate.start(*arguments, wrapper=shell)).code == code


def test_a_pipe_that_nobody_may_ever_write_is_refused(gate: Gate) -> None:
    os.mkfifo("images.txt")

    ended = gate.check("--images-from", "images.txt")

    assert ended.code == 2
    assert "it is no regular file" in ended.err


def test_references_through_a_pipe_that_is_open(gate: Gate) -> None:
    reading, writing = os.pipe()
    os.write(writing, image("clean").encode())
    os.close(writing)
    try:
        assert judged(gate, "--images-from", f"/dev/fd/{reading}") == [image("clean")]
    finally:
        os.close(reading)


@pytest.mark.parametrize(("size", "code"), [(1 << 20, 0), ((1 << 20) + 1, 2)])
def test_a_file_of_references_has_a_limit(gate: Gate, size: int, code: int) -> None:
    Path("images.txt").write_text(image("clean").ljust(size, "\n"))

    assert gate.check("--images-from", "images.txt").code == code


def test_standard_input_has_the_same_limit(gate: Gate) -> None:
    with Path("/dev/zero").open() as stdin:
        ended = gate.finish("--images-from", "-", stdin=stdin)

    assert ended.code == 2
    assert "--images-from - is larger than 1048576 bytes" in ended.err

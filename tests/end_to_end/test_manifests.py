"""`check -f`, and what --pin hands on: the pinned manifest after a pass, and nothing otherwise."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import pytest

from tests.end_to_end.test_signals import await_line, signalled
from tests.running import Gate, image

PIN = ("-f", "app.yaml", "--pin")
REGISTRY = "cr.yandex/crp0000000000000test"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def pod(*images: str) -> str:
    containers = "".join(f"  - image: {each}  # as built\n" for each in images)
    return f"kind: Pod\nspec:\n  containers:\n{containers}"


def write(*images: str) -> None:
    Path("app.yaml").write_text(pod(*images))


def judged(gate: Gate, *arguments: str) -> list[tuple[str, str]]:
    ended = gate.check("-q", "-o", "json", *arguments)
    return [(each["reference"], each["verdict"]) for each in json.loads(ended.out)["images"]]


def test_every_image_is_judged_once_in_its_order(gate: Gate) -> None:
    write(image("medium"), image("bad"), image("medium"))
    Path("more.yaml").write_text(pod(image("bad"), image("clean")))

    assert judged(gate, "-f", "app.yaml", "-f", "more.yaml") == [
        (image("medium"), "pass"),
        (image("bad"), "fail"),
        (image("clean"), "pass"),
    ]


def test_a_pass_hands_on_the_manifest_by_digest(gate: Gate) -> None:
    write(image("clean"), image("medium"))

    ended = gate.finish(*PIN)

    assert ended.code == 0
    assert len(set(DIGEST.findall(ended.out))) == 2
    assert DIGEST.sub("#", ended.out) == pod(f"{REGISTRY}/clean@#", f"{REGISTRY}/medium@#")
    assert "PASS  2 images" in ended.err


def test_a_table_that_is_sent_to_stdout_goes_to_stderr(gate: Gate) -> None:
    write(image("clean"))

    ended = gate.finish(*PIN, "-o", "table=/dev/fd/1")

    assert DIGEST.sub("#", ended.out) == pod(f"{REGISTRY}/clean@#")
    assert ended.err.count("PASS  1 image") == 1


def test_what_was_handed_on_passes_as_it_is(gate: Gate) -> None:
    write(image("clean"))
    once = gate.finish(*PIN).out
    Path("app.yaml").write_text(once)

    assert gate.finish(*PIN, "--require-digest").out == once


def test_every_byte_is_kept(gate: Gate) -> None:
    before = pod(image("clean")).replace("\n", "\r\n").replace("as built", "naïve 😀\t")
    Path("app.yaml").write_bytes(before.encode())
    with Path("app.yaml").open() as stdin, Path("out.yaml").open("wb") as stdout:
        assert gate.finish("-f", "-", "--pin", stdin=stdin, stdout=stdout).code == 0

    after = Path("out.yaml").read_bytes().decode()
    assert DIGEST.sub("#", after) == before.replace("clean:1", "clean@#")


NOT_PASSED = {
    "a violation": ([image("clean"), image("bad")], (), 1),
    "no scan": ([image("clean"), image("failed")], (), 3),
    "an image of another registry": ([image("clean"), "nginx"], (), 3),
    "another one is allowed": ([image("clean"), "nginx"], ("--allow-unscanned", "*/redis"), 3),
    "nonsense of the service": ([image("broken")], (), 5),
    "no reference": (["{{ .Values.image }}"], (), 2),
    "a tag where a digest is required": ([image("clean")], ("--require-digest",), 2),
    "a report to stdout": ([image("clean")], ("-o", "json"), 2),
    "a report to stdout by another name": ([image("clean")], ("-o", "json=/dev/fd/1"), 2),
    "a report that cannot be written": ([image("clean")], ("-o", "json=/dev/full"), 6),
    "a date": ([image("clean")], ("--at", "2026-01-01"), 2),
    "two manifests": ([image("clean")], ("-f", "app.yaml"), 2),
}


@pytest.mark.parametrize(("images", "arguments", "code"), NOT_PASSED.values(), ids=NOT_PASSED)
def test_without_a_pass_nothing_is_handed_on(
    gate: Gate, images: Sequence[str], arguments: Sequence[str], code: int
) -> None:
    write(*images)

    ended = gate.finish(*PIN, *arguments)

    assert (ended.code, ended.out) == (code, "")
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_hands_on_nothing(gate: Gate, number: signal.Signals) -> None:
    write(image("clean"), image("running"))
    process = gate.start(*PIN)
    await_line(process, "waiting for scan")

    ended = signalled(process, number)

    assert (ended.code, ended.out) == (128 + number, "")


@pytest.mark.parametrize("how", [">&-", ">/dev/full"])
def test_a_manifest_that_cannot_be_handed_on_is_no_pass(gate: Gate, how: str) -> None:
    write(image("clean"))
    wrapper = ("sh", "-c", f'exec "$@" {how}', "sh")

    ended = gate.finish(*PIN, "-o", "json=report.json", wrapper=wrapper)

    assert ended.code == 6
    assert "the manifest cannot be written" in ended.err
    assert not Path("report.json").exists(), "it would tell of a pass"


@pytest.mark.parametrize(("name", "code", "applied"), [("clean", 0, True), ("bad", 1, False)])
def test_in_a_shell(gate: Gate, name: str, code: int, applied: bool) -> None:
    """Whoever reads the pipe reads nothing, also where the shell ignores the exit code."""
    write(image(name))
    script = 'cat app.yaml | "$@" | tee out.yaml >&2; exit ${PIPESTATUS[1]}'

    ended = gate.finish("-f", "-", "--pin", wrapper=("bash", "-c", script, "bash"))

    assert ended.code == code
    assert bool(Path("out.yaml").read_text()) == applied


def test_a_violation_that_only_warns_is_handed_on(gate: Gate) -> None:
    write(image("bad"))

    ended = gate.finish(*PIN, "--warn-only")

    assert ended.code == 0
    assert DIGEST.search(ended.out)


@pytest.mark.parametrize("glob", ["docker.io/library/nginx", "docker.io/*", "*"])
def test_what_may_pass_unjudged_stays_as_it_is_and_is_told(gate: Gate, glob: str) -> None:
    write(image("clean"), "nginx:1.27")

    ended = gate.finish(*PIN, "--allow-unscanned", glob)

    assert ended.code == 0
    assert "  - image: nginx:1.27  # as built\n" in ended.out
    assert "notice  app.yaml:5:12: nginx:1.27 passes unjudged" in ended.err


@pytest.mark.parametrize("glob", ["nginx", "nginx:1.27", "docker.io/library/nginx:1.27", "nginx*"])
def test_what_may_pass_is_named_in_full_and_without_a_tag(gate: Gate, glob: str) -> None:
    write(image("clean"), "nginx:1.27")

    ended = gate.check("-f", "app.yaml", "--allow-unscanned", glob)

    assert ended.code == 3
    assert "app.yaml:5:12: docker.io/library/nginx is of a registry" in ended.out


@pytest.mark.parametrize("name", ["quay.io/a/b", "[::1]:5000/a", "docker://quay.io/a"])
def test_the_hint_lets_pass_what_it_is_about(gate: Gate, name: str) -> None:
    Path("app.yaml").write_text(f"{pod(image('clean'))}  x: {{image: '{name}'}}\n")
    refused = gate.check("-f", "app.yaml")
    hint = re.search("--allow-unscanned '(.*)' lets it pass", refused.out + refused.err)
    assert (refused.code, hint is not None) == (3, True)

    assert gate.check("-f", "app.yaml", "--allow-unscanned", hint[1] if hint else "").code == 0


def test_an_image_of_a_known_registry_never_passes_unjudged(gate: Gate) -> None:
    write(image("bad"))

    assert gate.check("-f", "app.yaml", "--allow-unscanned", "*").code == 1


@pytest.mark.parametrize(
    ("manifest", "arguments", "told"),
    [
        ("kind: Service\n", (), "app.yaml: no image to judge"),
        (pod("nginx"), ("--allow-unscanned", "*"), "app.yaml: no image to judge"),
        ("", (), "app.yaml is empty"),
        (pod(image("clean")), ("-f", "missing.yaml"), "--manifest missing.yaml cannot be read"),
        (pod(image("clean")), ("-f", "."), "--manifest . is a folder"),
        (pod(image("clean")), ("-f", "-", "--token-file", "-"), "can be read once"),
        (pod(image("clean")), ("--from-file", "x"), "--from-file holds the scan of one image"),
        (pod(image("clean")), ("-o", "json=app.yaml"), "would replace a file that is read"),
        (pod(image("clean"), "cr.yandexcloud.kz/crp/a:1"), (), "of several clouds"),
    ],
)
def test_what_cannot_be_gated(
    gate: Gate, manifest: str, arguments: Sequence[str], told: str
) -> None:
    Path("app.yaml").write_text(manifest)

    ended = gate.check("-f", "app.yaml", *arguments)

    assert (ended.code, told in ended.err) == (2, True)
    assert Path("app.yaml").read_text() == manifest


@pytest.mark.parametrize("option", [["--pin"], ["--allow-unscanned", "*"]])
def test_options_that_are_about_manifests(gate: Gate, option: Sequence[str]) -> None:
    assert gate.check(*option, image("clean")).code == 2


def test_every_tag_is_told_where_a_digest_is_required(gate: Gate) -> None:
    write(image("clean"), "nginx:1.27")

    ended = gate.check("-f", "app.yaml", "--require-digest", "--allow-unscanned", "*")

    assert ended.code == 2
    assert f"app.yaml:4:12: {image('clean')}" in ended.err
    assert "app.yaml:5:12: nginx:1.27" in ended.err


def test_a_service_that_is_built_where_it_is_deployed(gate: Gate) -> None:
    Path("app.yaml").write_text(
        f"services:\n  a: {{image: '{image('clean')}'}}\n  b: {{build: .}}\n"
    )

    assert judged(gate, "-f", "app.yaml") == [(image("clean"), "pass"), ("(service b)", "error")]


@pytest.mark.parametrize("name", ["junit", "json", "sarif", "gitlab", "markdown"])
def test_every_report_can_tell_of_what_nobody_judged(gate: Gate, name: str) -> None:
    write("nginx", "nginx:2", "docker.io/nginx")

    ended = gate.check("-f", "app.yaml", "-o", f"{name}=report")

    assert ended.code == 3
    assert "docker.io/library/nginx" in Path("report").read_text()


def test_a_manifest_that_does_not_come(gate: Gate) -> None:
    with gate.start("-f", "-", "--pin", stdin=subprocess.PIPE) as process:
        await_line(process, "no policy is named")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 143
        assert process.stdout is not None
        assert process.stdout.read() == ""


def test_a_reader_that_went_away(gate: Gate) -> None:
    write(image("clean"))
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as broken:
        assert finish_into(gate, broken) == 6


def finish_into(gate: Gate, stdout: IO[bytes]) -> int:
    return gate.finish(*PIN, stdout=stdout).code

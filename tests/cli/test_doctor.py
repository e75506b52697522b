"""`scangate doctor`: what works, what does not, and what to do about it."""

from pathlib import Path

import pytest

from tests.running import ENVIRONMENT, FORBIDDEN, REJECTED, TOKEN, Ended, Gate, image

WORKFLOW = "jobs: {gate: {steps: [{run: 'scangate check x || true'}]}}\n"
SOUND = "jobs: {gate: {steps: [{run: 'scangate check x'}]}}\n"


def doctor(gate: Gate, *arguments: str, token: str = TOKEN) -> Ended:
    return gate.run(
        *("doctor", "--endpoint", gate.emulator.url, *arguments),
        environment={**ENVIRONMENT, "YC_IAM_TOKEN": token},
    )


def line(ended: Ended, subject: str) -> str:
    [found] = [line for line in ended.out.splitlines() if f" {subject}: " in line]
    return found


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def test_all_is_well(gate: Gate) -> None:
    ended = doctor(gate, image("clean"))

    assert ended.code == 0
    assert line(ended, "credentials") == "ok    credentials: YC_IAM_TOKEN; expiry unknown"
    assert line(ended, "image").startswith("warn  image: crp00000000000clean, sha256:")
    assert line(ended, "scans").startswith("ok    scans: 1, newest first: che")
    assert line(ended, "scan on push").startswith("ok    scan on push: covers")
    assert line(ended, "clock").startswith("ok    clock: this machine and the service differ by ")
    assert (
        "gate the digest, a tag can move: cr.yandex/crp0000000000000test/clean@sha256:" in ended.out
    )


def test_what_would_make_check_fail_is_told_first(gate: Gate) -> None:
    ended = doctor(gate, image("never-scanned"))

    assert ended.code == 3
    assert line(ended, "scans") == "FAIL  scans: none"
    assert "has no scan policy" in line(ended, "scan on push")
    assert "curl -X POST" in ended.out


@pytest.mark.parametrize(
    ("name", "token", "code", "subject", "word"),
    [
        pytest.param("unknown", TOKEN, 3, "image", "no image", id="no such image"),
        pytest.param("failed", TOKEN, 3, "scans", "ERROR", id="the newest scan failed"),
        pytest.param("clean", REJECTED, 4, "image", "401", id="the token is not accepted"),
        pytest.param("clean", FORBIDDEN, 4, "image", "403", id="a role is missing"),
        pytest.param("broken", TOKEN, 5, "image", "not JSON", id="nonsense instead of an answer"),
        pytest.param("clean", " b l a n k ", 4, "credentials", "blanks", id="no token at all"),
    ],
)
def test_exit_codes_are_those_of_check(
    gate: Gate, name: str, token: str, code: int, subject: str, word: str
) -> None:
    ended = doctor(gate, image(name), token=token)

    assert ended.code == code
    assert line(ended, subject).startswith("FAIL")
    assert word in line(ended, subject)
    assert token not in ended.out + ended.err


def test_a_missing_role_comes_with_the_command_that_grants_it(gate: Gate) -> None:
    ended = doctor(gate, image("clean"), token=FORBIDDEN)

    assert "yc container registry add-access-binding crp0000000000000test" in ended.out


@pytest.mark.parametrize(("token", "code"), [(TOKEN, 0), (REJECTED, 4)])
def test_without_an_image_the_token_is_tried(gate: Gate, token: str, code: int) -> None:
    assert doctor(gate, token=token).code == code


@pytest.mark.parametrize("path", [".github/workflows/ci.yml", ".github/workflows/ci.yaml"])
def test_a_pipeline_that_swallows_the_exit_code_is_2(gate: Gate, path: str) -> None:
    write(path, WORKFLOW)

    ended = doctor(gate, image("clean"))

    assert ended.code == 2
    assert f"{path}:1:" in line(ended, "pipeline")


def test_sound_pipelines_are_counted(gate: Gate) -> None:
    write(".github/workflows/ci.yml", SOUND)
    write(".gitlab-ci.yml", "gate: {script: [scangate check x]}\n")

    ended = doctor(gate, image("clean"))

    assert line(ended, "pipeline") == "ok    pipeline: 2 read, none swallows the exit code"


def test_a_pipeline_that_cannot_be_read_is_a_warning(gate: Gate) -> None:
    write(".gitlab-ci.yml", "gate: [")

    ended = doctor(gate, image("clean"))

    assert (ended.code, line(ended, "pipeline")[:4]) == (0, "warn")


@pytest.mark.parametrize("arguments", [("--no-such",), ("docker.io/a/b",), ("cr.yandex",)])
def test_usage(gate: Gate, arguments: tuple[str, ...]) -> None:
    assert doctor(gate, *arguments).code == 2

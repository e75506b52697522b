"""The examples as they stand, with stand-ins for the builder, the cluster and GitLab's API."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from scangate.emulator import load_world
from tests.pipelines.gitlab.notes import Notes
from tests.pipelines.gitlab.runner import ROOT, Project
from tests.running import WORLD, image

MERGE_REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "group/project",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    "CI_MERGE_REQUEST_IID": "7",
    "COMMENT_TOKEN": "token-for-comments",
}
SERVICES = 10


@pytest.fixture
def delivering(project: Project) -> Project:
    """A project whose jobs have a builder, which pushes CLEAN or BAD, and a cluster."""
    push = '[ "$1" != push ] || printf %s "$PUSHED" > "$3"'
    login = '[ "$1" != login ] || [ -n "$(cat)" ] || exit 9'
    project.install("buildah", f"{login}\n{push}")
    project.install("kubectl", 'echo "kubectl $*"')
    project.install("apk", "")
    (project.folder / "key.json").write_text("{}")
    return project


def example(project: Project, name: str) -> dict[str, Any]:
    """Return an example that includes the component of this project, and asks the emulator."""
    path = ROOT / "examples" / "gitlab" / f"{name}.yml"
    pipeline: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    pipeline["include"] = [project.include(included["inputs"]) for included in pipeline["include"]]
    return pipeline


def digest(name: str) -> str:
    (found,) = (each for each in load_world(WORLD).images if each.name.endswith(f"/{name}"))
    return found.digest


def variables(project: Project, name: str, host: str = "cr.yandex") -> dict[str, str]:
    """Return the variables by which the builder has pushed an image of the emulator."""
    repository = image(name).removeprefix("cr.yandex/").removesuffix(":1")
    return {
        "PUSHED": digest(name),
        "IMAGE": f"{host}/{repository}",
        "PUSHER_KEY": str(project.folder / "key.json"),
    }


DELIVERIES = {"yandex-cloud": "cr.yandex", "nebius-israel": "cr.il.nebius.cloud"}


@pytest.mark.parametrize("name", DELIVERIES)
def test_what_passed_is_deployed_by_its_digest(delivering: Project, name: str) -> None:
    delivering.install("curl", 'printf \'{"access_token": "t1.%s"}\' "$(cat)"')
    built = variables(delivering, "clean", DELIVERIES[name])

    ended = delivering.run(example(delivering, name), PUSHER_ID_TOKEN="word", **built)

    assert (ended.code, ended.codes) == (0, ()), ended.log
    deployed = f"app={built['IMAGE']}@{built['PUSHED']}"
    assert f"kubectl set image deployment/app {deployed}" in ended.log


@pytest.mark.parametrize("name", DELIVERIES)
def test_what_is_refused_is_not_deployed(delivering: Project, name: str) -> None:
    delivering.install("curl", 'printf \'{"access_token": "t1.%s"}\' "$(cat)"')
    built = variables(delivering, "bad", DELIVERIES[name])

    ended = delivering.run(example(delivering, name), PUSHER_ID_TOKEN="word", **built)

    assert ended.codes == (1,), ended.log
    assert "kubectl set" not in ended.log


def test_an_exchange_that_fails_is_an_end(delivering: Project) -> None:
    delivering.install("curl", "exit 22")

    ended = delivering.run(example(delivering, "yandex-cloud"), **variables(delivering, "clean"))

    assert ended.code == 1, ended.log
    assert "starting shell (test)" not in ended.log


def test_ten_images_are_gated_together(delivering: Project) -> None:
    built = variables(delivering, "clean")

    ended = delivering.run(example(delivering, "monorepo"), **built)

    assert (ended.code, ended.codes) == (0, ()), ended.log
    line = f"kubectl set image deployment/clean clean={built['IMAGE']}@{built['PUSHED']}"
    assert ended.log.count(line) == SERVICES


@pytest.fixture
def notes() -> Iterator[Notes]:
    with Notes() as server:
        server.bodies = ["nice"]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


NOTES = "/api/v4/projects/1217/merge_requests/7/notes"


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([], f"POST {NOTES}"),
        (["nice", "<!-- scangate: of the push before -->"], f"PUT {NOTES}/2"),
    ],
    ids=["first", "renewed"],
)
def test_the_verdict_is_one_comment(
    delivering: Project, notes: Notes, there: list[str], expected: str
) -> None:
    notes.bodies = there
    pipeline = example(delivering, "merge-request-comment")
    pipeline["scangate"]["before_script"] = ["git fetch --quiet . main"]
    given = {**variables(delivering, "bad"), **MERGE_REQUEST, "CI_API_V4_URL": notes.url}

    ended = delivering.run(pipeline, CI_PROJECT_ID="1217", **given)

    assert ended.codes == (1,), ended.log
    assert {asked.token for asked in notes.asked} == {"token-for-comments"}
    assert notes.asked[-1].what == expected
    assert notes.asked[-1].body == delivering.artifact("scangate.md").read_text().strip("\n") + "\n"
    assert "token-for-comments" not in ended.log

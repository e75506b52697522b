"""A world of any size, for benchmarks."""

from typing import Any

import pytest

from scangate.emulator.generated import REGISTRY, registry_world

from .asking import Service


def scans(it: Service, repository: str, token: str = "") -> list[dict[str, Any]]:
    """Return every scan result of a repository, of all pages."""
    query: dict[str, Any] = {"repositoryId": repository, "pageSize": 1000}
    if token:
        query["pageToken"] = token
    page = it.ask("/scans", **query).json
    token = page.get("nextPageToken", "")
    return [*page["scanResults"], *(scans(it, repository, token) if token else ())]


@pytest.mark.parametrize(("repositories", "images"), [(1, 1), (3, 40), (2, 1200)])
def test_it_has_what_was_asked_for(repositories: int, images: int) -> None:
    it = Service(registry_world(repositories=repositories, images=images, violating=20, scans=2))
    listed = it.ask("/repositories", registryId=REGISTRY, pageSize=1000).json["repositories"]
    found = [result for each in listed for result in scans(it, each["id"])]

    assert len(listed) == repositories
    assert len({each["id"] for each in found}) == len(found) == 2 * repositories * images
    violating = {each["imageId"] for each in found if "critical" in each["vulnerabilities"]}
    assert len(violating) == -(-repositories * images // 20)


def test_its_counts_are_those_of_its_rows() -> None:
    it = Service(registry_world(repositories=1, images=2, violating=2))
    [repository] = it.ask("/repositories", registryId=REGISTRY).json["repositories"]
    for result in it.ask("/scans", repositoryId=repository["id"]).json["scanResults"]:
        rows = it.ask(f"/scans/{result['id']}:listVulnerabilities").json["vulnerabilities"]
        assert len(rows) == sum(map(int, result["vulnerabilities"].values()))


def test_the_same_request_makes_the_same_world() -> None:
    worlds = [registry_world(repositories=2, images=3) for _ in range(2)]

    assert worlds[0] == worlds[1]

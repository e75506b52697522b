"""Names stay the same from build to build, and are single in a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.reports.names import Names, class_of, repository_of

from .samples import DIGEST, image, outcome
from .strategies import texts, unhurried


@pytest.mark.parametrize(
    ("reference", "repository"),
    [
        pytest.param("cr.yandex/crp0/app:1.4", "cr.yandex/crp0/app", id="tag"),
        pytest.param(f"cr.yandex/crp0/app@{DIGEST}", "cr.yandex/crp0/app", id="digest"),
        pytest.param(f"cr.yandex/crp0/app:1@{DIGEST}", "cr.yandex/crp0/app", id="both"),
        pytest.param("cr.yandex/crp0/app", "cr.yandex/crp0/app", id="neither"),
        pytest.param("localhost:5000/crp0/app", "localhost:5000/crp0/app", id="port"),
        pytest.param("localhost:5000/crp0/app:1", "localhost:5000/crp0/app", id="port-and-tag"),
        pytest.param("nginx:1.27", "nginx", id="short"),
        pytest.param("crp0123456789abcdefg", "image given by ID", id="image-id"),
    ],
)
def test_repository_of_an_image_that_was_not_found(reference: str, repository: str) -> None:
    assert repository_of(outcome(reference=reference, image=None)) == repository


def test_repository_of_an_image_is_the_canonical_one() -> None:
    found = outcome(reference="cr.yandex/alias/app:1", image=image("crp0/app"))
    assert repository_of(found) == "cr.yandex/crp0/app"


def test_a_taken_name_gets_a_number() -> None:
    names = Names()
    wishes = ["a", "a", "a #2", "a", "", "\x00"]
    given_names = [names.give(wish) for wish in wishes]
    assert given_names == ["a", "a #2", "a #2 #2", "a #3", "(no name)", "(no name) #2"]


@unhurried
@given(st.lists(texts, max_size=9))
def test_names_are_distinct_and_short(wishes: list[str]) -> None:
    names = Names()
    got = [names.give(wish) for wish in wishes]
    assert len(set(got)) == len(got)
    assert all(0 < len(name) <= 250 for name in got)


@unhurried
@given(texts)
def test_a_class_has_one_dot(suite: str) -> None:
    assert class_of(suite).count(".") == 1

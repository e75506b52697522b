"""Settings for every test: the same examples on every run, unless a search is asked for."""

import os
from collections.abc import Iterator

import hypothesis
import pytest

from scangate import secret

hypothesis.settings.register_profile(
    "fixed", derandomize=True, database=None, deadline=None, max_examples=40
)
hypothesis.settings.register_profile("search", database=None, deadline=None, max_examples=20_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.fixture(scope="module", autouse=True)
def forget_secrets() -> Iterator[None]:
    """A process looks for every secret that it ever made in every text, so it would grow slow."""
    yield
    secret._known.clear()
    secret._pieces.clear()

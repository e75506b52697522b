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
    """A process forgets no secret, and looks for each in every text: tests would grow ever slower."""
    yield
    secret._known.clear()
    secret._pieces.clear()

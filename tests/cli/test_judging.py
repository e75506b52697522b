"""How long an image may hold up a run; the rest is tested by whole runs in tests/end_to_end."""

import pytest

from scangate.cli.judging import seconds_of


@pytest.mark.parametrize(("timeout", "seconds"), [(0, 60), (1, 16), (600, 615)])
def test_seconds_until_an_image_is_left_behind(timeout: float, seconds: float) -> None:
    assert seconds_of(timeout) == seconds

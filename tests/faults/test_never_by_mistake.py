"""No sequence of weathers lets a violating image pass, or a gate end without a report."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scangate.emulator import Arrival, Raw, Reply

from .leaks import leaks
from .running import PATIENCE, SECRET, SPEED, Gate
from .weather import FAIR, FOUL

WEATHERS = {**FAIR, **FOUL}
QUICK = sorted(WEATHERS.keys() - {"silence", "a byte a second"})
SEQUENCES = st.lists(st.none() | st.sampled_from(QUICK), max_size=12)
ENDS = {1, 3, 4, 5}


def outcome_under(weathers: Sequence[str | None], image: str, *options: str) -> tuple[int, int]:
    """Return the exit code, and how many scans were started."""

    def faults(arrival: Arrival) -> Reply | Raw | None:
        number = arrival.request.number - 1
        name = weathers[number] if number < len(weathers) else None
        if name is None:
            return None
        arrival.usual()
        return WEATHERS[name].answer(arrival)

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        gate = Gate(Path(folder), monkeypatch)
        with gate.emulator(faults) as emulator:
            outcome = gate.against(emulator, image, *options)
        monkeypatch.undo()
    outcome.assert_reports_agree()
    assert not leaks(outcome.everything, SECRET)
    assert outcome.seconds < PATIENCE / SPEED + 1.5
    return outcome.code, len(emulator.scans_started)


@settings(max_examples=40)
@given(SEQUENCES)
@example([None, "404", "404", "404"])
@example([None, None, "404"])
def test_a_violating_image_never_passes(weathers: list[str | None]) -> None:
    code, _ = outcome_under(weathers, "bad")
    assert code in ENDS


@settings(max_examples=25)
@given(SEQUENCES)
def test_one_scan_is_started_at_the_most(weathers: list[str | None]) -> None:
    code, scans = outcome_under(weathers, "clean", "--scan", "always")
    assert code in ENDS | {0}
    assert scans <= 1
    assert scans == 1 or code != 0


def test_in_fair_weather_it_is_a_violation() -> None:
    assert outcome_under([], "bad") == (1, 0)

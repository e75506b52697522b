"""Every weather at every step: the exit code, the time it takes, the scans that are started."""

import pytest

from scangate.emulator import Arrival, Raw, Reply

from .leaks import leaks
from .running import PATIENCE, SECRET, SPEED, Gate, Outcome
from .weather import FAIR, FOUL, STEPS, Step, Weather, status

ALWAYS = {**FAIR, **FOUL}
EXCEPTIONS = {
    ("400", "scan start"): 3,  # the service refuses to scan this image
    ("404", "operation get"): 0,  # the scan itself is seen, and decides
    ("nothing", "operation get"): 5,
}
FOR_EVER = 10**9


def assert_well_ended(outcome: Outcome, code: int) -> None:
    assert outcome.code == code, outcome.err
    assert outcome.seconds < PATIENCE / SPEED + 1.5
    outcome.assert_reports_agree()
    assert not leaks(outcome.everything, SECRET)
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_in_fair_weather_the_gate_passes(gate: Gate, step: Step) -> None:
    with gate.emulator() as emulator:
        outcome = gate.against(emulator, step.image, *step.options)
    assert_well_ended(outcome, step.fair)
    assert any(step.is_it(exchange.request) for exchange in emulator.requests)
    assert len(emulator.scans_started) == bool(step.options)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
@pytest.mark.parametrize("name", ALWAYS)
def test_weather_that_stays(gate: Gate, name: str, step: Step) -> None:
    weather = ALWAYS[name]
    with gate.emulator(weather.over(step, times=FOR_EVER)) as emulator:
        outcome = gate.against(emulator, step.image, *step.options)
    assert_well_ended(outcome, EXCEPTIONS.get((name, step.name), weather.code))
    assert len(emulator.scans_started) <= bool(step.options)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
@pytest.mark.parametrize("weather", FAIR.values(), ids=FAIR)
def test_weather_that_passes(gate: Gate, weather: Weather, step: Step) -> None:
    with gate.emulator(weather.over(step, times=1)) as emulator:
        outcome = gate.against(emulator, step.image, *step.options)
    assert_well_ended(outcome, step.fair)
    assert len(emulator.scans_started) == bool(step.options)


@pytest.mark.parametrize("step", [STEPS[1], STEPS[4]], ids=lambda step: step.name)
def test_a_server_that_says_tomorrow_is_not_waited_for(gate: Gate, step: Step) -> None:
    weather = Weather(status(429, Retry_After="86400"))
    with gate.emulator(weather.over(step, times=FOR_EVER)) as emulator:
        outcome = gate.against(emulator, step.image, *step.options)
    assert_well_ended(outcome, 5)
    assert len([each for each in emulator.requests if step.is_it(each.request)]) == 2


def test_a_token_that_is_refused_while_waiting(gate: Gate) -> None:
    weather = Weather(status(401))
    lists = [0]

    def faults(arrival: Arrival) -> Reply | Raw | None:
        lists[0] += STEPS[1].is_it(arrival.request)
        return weather.answer(arrival) if lists[0] > 1 else None

    with gate.emulator(faults) as emulator:
        outcome = gate.against(emulator, "running")
    assert_well_ended(outcome, 4)
    assert outcome.kinds == ["unauthenticated"]
    assert outcome.report["images"][0]["scan"]["id"] == "r1"

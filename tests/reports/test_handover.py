"""What later jobs get: nothing to deploy unless the run passed."""

import json

import msgspec
import pytest

from scangate.report import Verdict
from scangate.reports.dotenv import render
from scangate.reports.handover import facts

from .dotenv_reader import read
from .samples import HOSTILE, image, outcome, report, rule
from .situations import SITUATIONS

ONE = outcome(rule())
OTHER = msgspec.structs.replace(ONE, image=image("crp0/other"))
BAD = msgspec.structs.replace(OTHER, verdict=Verdict.FAIL)


def test_a_pass_names_what_to_deploy() -> None:
    told = facts(report(ONE))

    assert ONE.image is not None
    assert told["pinned-image"] == ONE.image.pinned
    assert told["image-digest"] == ONE.image.digest
    assert (told["verdict"], told["exit-code"]) == ("pass", "0")


def test_several_are_named_as_a_list() -> None:
    assert ONE.image is not None
    assert OTHER.image is not None
    told = facts(report(ONE, OTHER))

    assert json.loads(told["pinned-images"]) == [ONE.image.pinned, OTHER.image.pinned]


@pytest.mark.parametrize("images", [(BAD,), (ONE, BAD)], ids=["the image", "another image"])
def test_what_was_refused_leaves_nothing_to_deploy(images: tuple[object, ...]) -> None:
    told = facts(report(*images))  # type: ignore[arg-type]  # samples

    assert (told["pinned-image"], told["pinned-images"]) == ("", "")
    assert told["exit-code"] == "1"


def test_counts_are_sums_and_never_partial() -> None:
    unknown = msgspec.structs.replace(ONE, scan=None, findings=None)

    assert facts(report(ONE, ONE))["total"] == str(2 * int(facts(report(ONE))["total"]))
    assert facts(report(ONE, unknown))["total"] == ""


def test_a_hostile_name_is_not_handed_on() -> None:
    hostile = msgspec.structs.replace(ONE, image=image(HOSTILE))

    assert facts(report(hostile))["pinned-image"] == ""


def test_the_variables_do_not_steer_the_next_gate() -> None:
    assert all(name.startswith("GATE_") for name in read(render(SITUATIONS["pass"])))

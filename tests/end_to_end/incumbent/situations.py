"""The situations in which the usual job goes green, with its exit code and the gate's.

The README shows `markdown()`; a test sees to that. The rule is the job's own: nothing critical and
nothing high.
"""

from collections.abc import Mapping

from scangate.model import Value

TAG = "8b1a9953"
RULE = ("--fail-on", "high")


class Situation(Value, frozen=True):
    """What the registry says of the image, and what the job and the gate make of it.

    `answer` is the gate's, in words. `counts` are findings by severity; all have a row.
    """

    name: str
    job: int
    gate: int
    answer: str
    tags: tuple[str, ...] = (TAG,)
    denied: bool = False
    status: str = "READY"
    counts: Mapping[str, int] = {}


SITUATIONS = (
    Situation(
        name="every call is refused: PermissionDenied",
        denied=True,
        counts={"critical": 2},
        job=0,
        gate=4,
        answer="refused: which role is missing, and the command that grants it",
    ),
    Situation(
        name="the scan ended in ERROR",
        status="ERROR",
        job=0,
        gate=3,
        answer="no usable evidence",
    ),
    Situation(
        name="40 findings that are not rated yet (`UNDEFINED`)",
        counts={"undefined": 40},
        job=0,
        gate=1,
        answer="violation: unrated counts as high",
    ),
    Situation(
        name="2 criticals, and the commit's tag is the image's second",
        tags=("latest", TAG),
        counts={"critical": 2},
        job=0,
        gate=1,
        answer="violation",
    ),
    Situation(
        name="2 criticals and 1 high",
        counts={"critical": 2, "high": 1},
        job=1,
        gate=1,
        answer="violation",
    ),
    Situation(
        name="3 medium findings",
        counts={"medium": 3},
        job=0,
        gate=0,
        answer="pass",
    ),
)


def markdown() -> str:
    """The table as the README has it."""
    head = ["| situation | the job | scangate |", "|---|---|---|"]
    rows = [
        f"| {each.name} | {_light(each.job)} | {_light(each.gate)}: {each.answer} |"
        for each in SITUATIONS
    ]
    return "\n".join([*head, *rows])


def _light(code: int) -> str:
    return f"green, exit {code}" if code == 0 else f"red, exit {code}"

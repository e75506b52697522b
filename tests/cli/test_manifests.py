"""Which digest a reference is pinned to."""

import pytest

from scangate.cli.manifests import Deployment
from scangate.errors import EvidenceIncomplete
from scangate.manifests import read
from scangate.model import Image
from scangate.report import ImageOutcome, Verdict
from tests.test_report import report

REFERENCE = "cr.yandex/crp0/app:1"
ONE, TWO, INDEX = (f"sha256:{digit * 64}" for digit in "12a")


def outcome(digest: str, *, index: str = "", verdict: Verdict = Verdict.PASS) -> ImageOutcome:
    image = Image(id="x", host="cr.yandex", name="crp0/app", digest=digest, index_digest=index)
    return ImageOutcome(reference=REFERENCE, verdict=verdict, rules=(), image=image)


def pinned(*outcomes: ImageOutcome) -> str | None:
    manifest = read(f"kind: Pod\nimage: {REFERENCE}".encode(), file="app.yaml")
    return Deployment([manifest], []).pinned(report(*outcomes))


@pytest.mark.parametrize(
    ("outcomes", "digest"),
    [
        ([outcome(ONE)], ONE),
        ([outcome(ONE, verdict=Verdict.WARN)], ONE),
        ([outcome(ONE, index=INDEX), outcome(TWO, index=INDEX)], INDEX),
    ],
    ids=["an image", "a warning", "every platform of an index"],
)
def test_the_digest_is_the_one_to_deploy(outcomes: list[ImageOutcome], digest: str) -> None:
    assert pinned(*outcomes) == f"kind: Pod\nimage: cr.yandex/crp0/app@{digest}"


@pytest.mark.parametrize(
    "outcomes",
    [
        [outcome("")],
        [outcome(ONE), outcome(TWO)],
        [outcome(ONE), outcome("")],
        [ImageOutcome(reference=REFERENCE, verdict=Verdict.PASS, rules=())],
        [ImageOutcome(reference="another", verdict=Verdict.PASS, rules=())],
    ],
    ids=["none", "two", "one of two", "no image", "not judged"],
)
def test_without_one_digest_nothing_is_pinned(outcomes: list[ImageOutcome]) -> None:
    with pytest.raises(EvidenceIncomplete, match="without one digest"):
        pinned(*outcomes)


def test_a_violation_is_not_pinned() -> None:
    assert pinned(outcome(ONE), outcome(ONE, verdict=Verdict.FAIL)) is None

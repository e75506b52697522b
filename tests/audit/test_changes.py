"""What turned since an earlier audit."""

import json

import msgspec
import pytest

from scangate.audit.audit import describe
from scangate.audit.changes import compare
from scangate.audit.choosing import Selection
from scangate.audit.digested import Judged
from scangate.audit.earlier import Earlier, read_earlier
from scangate.audit.reports import json as written
from scangate.errors import ScanMissing, UsageError
from scangate.instant import Instant
from scangate.report import Verdict

from .fakes import TARGET, audit_of
from .samples import POLICY, everything, failing, lost, passing, unjudged

NONE = unjudged(3, ScanMissing, "never")
WARNS = msgspec.structs.replace(
    passing(2), outcome=msgspec.structs.replace(passing(2).outcome, verdict=Verdict.WARN)
)


def earlier(*images: Judged) -> Earlier:
    """What is read of the report of an audit of these images."""
    text = written.render(audit_of(POLICY, *images))
    return read_earlier(text.encode(), target=TARGET)


def as_if(image: Judged, other: Judged) -> Judged:
    """Return the image with the ending of another."""
    outcome = msgspec.structs.replace(
        other.outcome, reference=image.outcome.reference, image=image.outcome.image
    )
    return msgspec.structs.replace(other, outcome=outcome)


@pytest.mark.parametrize(
    ("was", "now", "where"),
    [
        pytest.param(passing(), failing(), "worse", id="pass to fail"),
        pytest.param(WARNS, failing(), "worse", id="warn to fail"),
        pytest.param(NONE, failing(), "worse", id="no verdict to fail"),
        pytest.param(failing(), passing(), "better", id="fail to pass"),
        pytest.param(failing(), WARNS, "better", id="fail to warn"),
        pytest.param(passing(), NONE, "lost", id="pass to no verdict"),
        pytest.param(failing(), NONE, "lost", id="fail to no verdict"),
        pytest.param(NONE, passing(), "found", id="no verdict to pass"),
        pytest.param(passing(), WARNS, "", id="pass to warn"),
        pytest.param(passing(), passing(), "", id="the same"),
        pytest.param(failing(), failing(), "", id="fails as before"),
    ],
)
def test_an_image_is_in_one_list_at_most(was: Judged, now: Judged, where: str) -> None:
    image = passing(8)
    before = earlier(as_if(image, was))
    after = as_if(image, now)
    changes = compare(before, [after], audit_of(POLICY, after).report, selection=())

    for name in ("worse", "better", "lost", "found"):
        found = [each.judged for each in getattr(changes, name)]
        assert found == ([after] if name == where else [])
    assert (changes.new, changes.removed, changes.notes) == ((), (), ())


def test_images_that_came_and_went_but_no_places() -> None:
    came = [passing(2), lost("cr.yandex/crp0/b")]
    report = audit_of(POLICY, *came).report
    changes = compare(earlier(failing(1), lost()), came, report, selection=())

    assert changes.new == (passing(2),)
    assert changes.removed == (failing(1).outcome.reference,)


@pytest.mark.parametrize("place", ["cr.yandex/crp0", "cr.yandex/crp0/app"])
def test_what_lay_in_a_place_that_is_lost_now_is_not_told_as_gone(place: str) -> None:
    reference = failing(1).outcome.reference
    assert reference.startswith("cr.yandex/crp0/app@")
    now = [lost(place)]

    assert (
        compare(earlier(failing(1)), now, audit_of(POLICY, *now).report, selection=()).removed == ()
    )


def test_a_limit_that_the_user_wrote_alike_is_the_same_limit() -> None:
    nights = [Selection(since=Instant.parse_date(day)) for day in ("2026-11-01", "2026-11-02")]

    assert len({tuple(describe(each, since="30d")) for each in nights}) == 1


def test_the_findings_that_did_it_are_those_that_were_not_there() -> None:
    before, after = failing(1, text="zlib"), failing(1, text="openssl")
    known = msgspec.structs.replace(
        before, outcome=msgspec.structs.replace(before.outcome, verdict=Verdict.ERROR)
    )
    both = msgspec.structs.replace(after, advisories=(*before.advisories, *after.advisories))
    changes = compare(earlier(known), [both], audit_of(POLICY, both).report, selection=())

    assert changes.worse[0].advisories == after.advisories


def test_other_circumstances_are_told() -> None:
    before = msgspec.structs.replace(
        earlier(passing()), policy_sha256="other", mode="warn-only", selection=("tag v*",)
    )
    notes = compare(before, [passing()], audit_of(POLICY, passing()).report, selection=()).notes

    assert notes == (
        "the earlier audit judged by another policy",
        "the earlier audit ran in another mode (warn-only)",
        "the earlier audit chose its images by other limits (tag v*)",
    )


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"null", b"[" * 100_000])
def test_what_is_no_report(data: bytes) -> None:
    with pytest.raises(UsageError, match="no JSON report of an audit"):
        read_earlier(data, target=TARGET)


def test_keys_that_a_later_version_adds_are_passed_over() -> None:
    document = json.loads(written.render(everything()))
    document["later"] = document["images"][0]["later"] = 1

    assert read_earlier(json.dumps(document).encode(), target=TARGET).verdicts

"""What a JSON report proves of an image that is to be deployed."""

import datetime as dt
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.errors import EvidenceIncomplete, Interrupted, ScanMissing
from scangate.model import ScanStatus
from scangate.reference import ImageReference
from scangate.report import GivenVex, ImageOutcome, PolicyIdentity, Report, Verdict
from scangate.reports import json as json_format
from scangate.reports.document import Document
from scangate.verify import Expected, read, verify
from tests.reports.samples import (
    DIGEST,
    NOW,
    broken,
    finding,
    image,
    no_verdict,
    outcome,
    report,
    rule,
    scan,
)

OTHER = "sha256:" + "f" * 64
INDEX = "sha256:" + "1" * 64
ENDPOINT = "container-registry.api.cloud.yandex.net"
PASSED = outcome(rule())
WARNED = outcome(rule(verdict=Verdict.WARN, count=1), verdict=Verdict.WARN)
FAILED = outcome(broken(finding()), verdict=Verdict.FAIL)


def judged(*images: ImageOutcome, **changes: object) -> Document:
    return document(report(*images, **{"endpoint": ENDPOINT, **changes}))


def document(written: Report) -> Document:
    return read("report.json", json_format.render(written).encode())


def expected(named: str = f"cr.yandex/crp0/app@{DIGEST}", **changes: object) -> Expected:
    plain = Expected(image=ImageReference.parse(named), max_age=dt.timedelta(hours=1))
    return msgspec.structs.replace(plain, **changes)


def doubts(told: Document, wanted: Expected | None = None, seconds: int = 0) -> str:
    now = NOW.plus(dt.timedelta(seconds=seconds))
    with pytest.raises(EvidenceIncomplete) as raised:
        verify(told, wanted or expected(), now=now)
    return raised.value.message


def hint(told: Document) -> str:
    with pytest.raises(EvidenceIncomplete) as raised:
        verify(told, expected(), now=NOW)
    return raised.value.hint


@pytest.mark.parametrize(
    ("images", "verdict"),
    [
        ([PASSED], Verdict.PASS),
        ([WARNED], Verdict.WARN),
        ([FAILED], Verdict.FAIL),
        ([PASSED, PASSED], Verdict.PASS),
        ([PASSED, FAILED], Verdict.FAIL),
        ([WARNED, PASSED], Verdict.WARN),
    ],
    ids=["pass", "warn", "fail", "the same twice", "the same, judged twice", "the worst holds"],
)
def test_the_verdict_is_that_of_the_report(images: list[ImageOutcome], verdict: Verdict) -> None:
    assert verify(judged(*images), expected(), now=NOW) is verdict


def test_what_it_says_of_other_images_does_not_count() -> None:
    other = outcome(broken(finding()), verdict=Verdict.FAIL, image=image(digest=OTHER))
    ended = no_verdict(Interrupted("interrupted"), reference="cr.yandex/crp0/web:1", image=None)

    assert verify(judged(PASSED, other, ended), expected(), now=NOW) is Verdict.PASS


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"mode": "warn-only"}, "its mode is warn-only"),
        ({"mode": "some-later-mode"}, "its mode is some-later-mode"),
        ({"evidence": "file"}, "it judged a saved scan"),
        ({"evidence": "some-later-word"}, "it judged a saved scan (evidence: some-later-word)"),
        ({"simulated_at": NOW}, "it judged as if it were 2026-11-22T12:05:00Z"),
        ({"endpoint_known": False}, f"{ENDPOINT} was asked, which is not an endpoint of yandex"),
        ({"endpoint": ""}, "what was asked is not an endpoint of yandex"),
        ({"endpoint": "evil.example"}, "evil.example was asked"),
        ({"endpoint": "evil.example/x.api.cloud.yandex.net"}, "evil.example/x"),
        ({"endpoint": "evil-api.cloud.yandex.net"}, "evil-api"),
        ({"endpoint": "container-registry.api.yandexcloud.kz"}, "not an endpoint of yandex"),
    ],
)
def test_a_report_that_proves_nothing_is_refused(changes: dict[str, object], why: str) -> None:
    assert why in doubts(judged(PASSED, **changes))


def test_every_reason_is_told_at_once() -> None:
    told = doubts(judged(PASSED, mode="warn-only", evidence="file", simulated_at=NOW), seconds=7200)

    assert len(told.splitlines()) == 4


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"enforced": False}, "its policy only warns"),
        ({"scan": None}, "no READY scan result"),
        ({"scan": scan(status=ScanStatus.RUNNING)}, "no READY scan result"),
        ({"rules": (broken(finding()),)}, "its verdict on the image, pass, is not what its rules"),
        ({"rules": (rule(verdict=Verdict.WARN),)}, "is not what its rules say"),
        ({"rules": (rule(), rule(verdict=None))}, "is not what its rules say"),
        ({"rules": ()}, "is not what its rules say"),
        ({"verdict": Verdict.ERROR}, "it reached no verdict"),
    ],
)
def test_an_entry_that_proves_nothing_is_refused(changes: dict[str, object], why: str) -> None:
    assert why in doubts(judged(msgspec.structs.replace(PASSED, **changes)))


@pytest.mark.parametrize("beside", [[], [PASSED]], ids=["alone", "beside a pass"])
def test_an_error_that_no_reason_is_given_for_is_no_pass(beside: list[ImageOutcome]) -> None:
    lost = no_verdict(ScanMissing("it was never scanned"), scan=scan())
    told = judged(*beside, lost)
    (*others, entry) = told.images
    bare = msgspec.structs.replace(entry, error=None)

    assert "its verdict on the image, error" in doubts(
        msgspec.structs.replace(told, images=(*others, bare))
    )


def test_one_entry_that_proves_nothing_spoils_the_other_ones() -> None:
    assert "its policy only warns" in doubts(
        judged(PASSED, msgspec.structs.replace(PASSED, enforced=False))
    )


def test_a_violation_holds_though_other_rules_could_not_be_judged() -> None:
    partly = outcome(broken(finding()), rule(verdict=None), verdict=Verdict.FAIL)

    assert verify(judged(partly), expected(), now=NOW) is Verdict.FAIL


def test_an_image_without_a_verdict_is_known_by_the_reference() -> None:
    named = f"cr.yandex/crp0/app:1.4@{DIGEST}"
    none = no_verdict(ScanMissing("it was never scanned"), reference=named, image=None)

    assert "it reached no verdict on the image: it was never scanned" in doubts(judged(none))


@pytest.mark.parametrize(
    ("seconds", "why"),
    [
        (3600, ""),
        (3601, "it is 1h 1s old, more than 1h"),
        (-300, ""),
        (-301, "which is still to come"),
    ],
)
def test_the_age_is_exact(seconds: int, why: str) -> None:
    if why:
        assert why in doubts(judged(PASSED), seconds=seconds)
    else:
        now = NOW.plus(dt.timedelta(seconds=seconds))
        assert verify(judged(PASSED), expected(), now=now) is Verdict.PASS


def test_a_time_that_nobody_can_read_is_no_age() -> None:
    told = msgspec.structs.replace(judged(PASSED), judged_at="yesterday")

    assert "when it judged cannot be told" in doubts(told)


def test_the_policy_is_compared_where_it_is_known() -> None:
    assert verify(judged(PASSED), expected(policy_sha256="ab" * 32), now=NOW) is Verdict.PASS
    assert "the policy production judged" in doubts(
        judged(PASSED), expected(policy_sha256="0" * 64)
    )


def test_what_was_given_beside_the_policy_has_to_be_allowed() -> None:
    given = PolicyIdentity(
        name="p",
        source="p.yaml",
        sha256="ab" * 32,
        vex=(GivenVex(file="v.json", sha256="cd" * 32),),
    )
    told = judged(PASSED, policy=given, baseline="cr.yandex/crp0/app:1.3")
    vex, baselines = frozenset({"cd" * 32}), frozenset({"cr.yandex/crp0/app:1.3"})
    other = frozenset({"0" * 64})

    assert len(doubts(told).splitlines()) == 2
    assert "the VEX document v.json was given beside the policy" in doubts(
        told, expected(vex=other, baselines=baselines)
    )
    assert "the baseline cr.yandex/crp0/app:1.3" in doubts(told, expected(vex=vex, baselines=other))
    assert verify(told, expected(vex=vex, baselines=baselines), now=NOW) is Verdict.PASS


@pytest.mark.parametrize(
    "named",
    [
        f"cr.yandex/crp0/app@{OTHER}",
        f"cr.yandex/crp0/other@{DIGEST}",
        f"cr.yandexcloud.kz/crp0/app@{DIGEST}",
        f"cr.yandex/crp0/app/x@{DIGEST}",
    ],
)
def test_another_image_is_not_the_one_that_was_judged(named: str) -> None:
    assert "it has not judged" in doubts(judged(PASSED), expected(named))


def test_the_repository_may_be_spelt_by_an_alias_as_the_gate_was_told() -> None:
    told = judged(msgspec.structs.replace(PASSED, reference="cr.yandex/shop/app:1.4"))

    assert verify(told, expected(f"cr.yandex/shop/app@{DIGEST}"), now=NOW) is Verdict.PASS


def test_what_an_option_accepts_need_not_be_judged_again() -> None:
    asked, other = judged(PASSED, endpoint_known=False), judged(PASSED, mode="warn-only")

    assert "with the option that is named" in hint(asked)
    assert "gate the digest" in hint(other)
    assert "gate the digest" in hint(msgspec.structs.replace(asked, mode="warn-only"))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8080"])
def test_an_endpoint_that_is_allowed_is_believed(host: str) -> None:
    told = judged(PASSED, endpoint="http://127.0.0.1:8080", endpoint_known=False)

    assert verify(told, expected(hosts=frozenset({host})), now=NOW) is Verdict.PASS
    assert "was asked" in doubts(told, expected(hosts=frozenset({"127.0.0.2"})))


def test_an_image_of_an_unknown_registry_needs_its_endpoint_allowed() -> None:
    mirrored = outcome(rule(), image=image(host="mirror.example"))
    wanted = expected(f"mirror.example/crp0/app@{DIGEST}")

    assert "mirror.example is not the registry of a known cloud" in doubts(judged(mirrored), wanted)


def test_an_index_is_proven_by_all_its_platforms() -> None:
    platforms = [
        outcome(rule(), image=image(digest=OTHER, index_digest=INDEX, platform="linux/amd64")),
        outcome(
            broken(finding()),
            verdict=Verdict.FAIL,
            image=image(index_digest=INDEX, platform="linux/arm64"),
        ),
    ]
    told = judged(*platforms)

    assert verify(told, expected(f"cr.yandex/crp0/app@{INDEX}"), now=NOW) is Verdict.FAIL
    assert verify(told, expected(f"cr.yandex/crp0/app@{OTHER}"), now=NOW) is Verdict.PASS


def changed(**keys: object) -> bytes:
    return json.dumps({**json.loads(json_format.render(report(PASSED))), **keys}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"version: 1",
        changed()[:-20],
        changed() + changed(),
        changed(schemaVersion="2"),
        changed(tool={"name": "other", "version": "1"}),
        changed(images=None),
        changed(images=[{}]),
        changed(verdict="passed"),
        changed().replace(b'"mode": "enforce"', b'"mode": "warn-only", "mode": "enforce"'),
    ],
)
def test_what_is_no_report_proves_nothing(data: bytes) -> None:
    with pytest.raises(EvidenceIncomplete):
        read("report.json", data)


def test_a_key_of_a_later_version_is_no_mistake() -> None:
    assert read("report.json", changed(later="x")).schema_version == "1"


REPORT_FAULTS: list[dict[str, object]] = [
    {"mode": "warn-only"},
    {"evidence": "file"},
    {"simulated_at": NOW},
    {"endpoint_known": False},
    {"endpoint": "evil.example"},
    {"judged_at": NOW.plus(dt.timedelta(days=-1))},
]
ENTRY_FAULTS: list[dict[str, object]] = [
    {"enforced": False},
    {"scan": scan(status=ScanStatus.ERROR)},
    {"rules": ()},
    {"image": image(digest=OTHER)},
]


@given(
    st.lists(
        st.tuples(st.sampled_from([PASSED, WARNED, FAILED]), st.sampled_from([{}, *ENTRY_FAULTS])),
        max_size=4,
    ),
    st.lists(st.sampled_from(REPORT_FAULTS), max_size=2),
)
def test_it_passes_only_what_is_whole(
    entries: list[tuple[ImageOutcome, dict[str, object]]], faults: list[dict[str, object]]
) -> None:
    images = [msgspec.structs.replace(entry, **fault) for entry, fault in entries]
    mine = [each for each in images if each.image and each.image.digest == DIGEST]
    whole = bool(mine) and not faults and not any(f for _, f in entries if "image" not in f)
    changes = {name: value for fault in faults for name, value in fault.items()}
    try:
        verdict = verify(judged(*images, **changes), expected(), now=NOW)
    except EvidenceIncomplete:
        assert not whole
        return
    assert whole
    assert (verdict is Verdict.FAIL) == any(each.verdict is Verdict.FAIL for each in mine)

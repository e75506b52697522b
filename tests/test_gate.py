"""The order of steps: what is asked for, when, and what is refused on the way."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from scangate import errors
from scangate.errors import ScangateError
from scangate.gate import Gathering, Plan, ScanWhen, Wanted
from scangate.history import ScanSettings
from scangate.instant import Instant
from scangate.model import Counts, Evidence, Image, ScanResult, ScanStatus, Severity, Vulnerability
from scangate.policy.evaluate import evaluate_all
from scangate.reference import ImageId, ImageReference, Target
from scangate.report import Verdict
from scangate.wait import Deadline, Waiting
from tests.fakes import (
    IMAGE,
    NOT_COVERED,
    NOW,
    REFERENCE,
    FakeClock,
    FakeSource,
    policy,
    result,
    unwatched,
)

PINNED = ImageReference.parse(IMAGE.pinned)
BY_ID = ImageId(text=IMAGE.id, host=IMAGE.host)
MOVED = msgspec.structs.replace(IMAGE, id="image-2", digest="sha256:" + "b" * 64)
READY = result()
RUNNING = result("scan-2", ScanStatus.RUNNING, scanned_at=None, counts=None)
STALE = result(scanned_at=NOW.plus(-dt.timedelta(days=9)))
LOW = Vulnerability(severity=Severity.LOW, id="CVE-1", package="a", fixed_version="2")
CRITICAL = Vulnerability(severity=Severity.CRITICAL, id="CVE-2", package="b")


class Gate:
    """A gathering over fakes, with plain settings unless they are given."""

    def __init__(self, *, timeout: float = 600, **given: Any) -> None:
        plan = {name: given.pop(name) for name in tuple(given) if name in Plan.__struct_fields__}
        self.wanted = Wanted(
            settings=given.pop("settings", ScanSettings()), list_rows=given.pop("list_rows", False)
        )
        self.clock = FakeClock()
        self.watched: list[Waiting] = []
        at = given.pop("at", None)
        self.source = FakeSource(self.clock, **given)
        self.gathering = Gathering(
            Plan(**plan),
            self.source,
            clock=self.clock,
            deadline=Deadline.after(timeout, self.clock),
            watch=self.watched.append,
            at=at,
        )

    def gather(self, target: Target = PINNED) -> tuple[Evidence, ...]:
        return self.gathering.prove(self.gathering.find(target), target, self.wanted)

    def refuses(self, error: type[ScangateError], target: Target = PINNED) -> ScangateError:
        with pytest.raises(error) as refused:
            self.gather(target)
        assert type(refused.value) is error
        return refused.value


def still(*history: ScanResult) -> Sequence[tuple[float, Sequence[ScanResult]]]:
    return [(0, history)]


class TestWhatIsAsked:
    def test_counts_alone_take_two_requests(self) -> None:
        gate = Gate(scans=still(READY))
        assert gate.gather(REFERENCE) == (Evidence(image=IMAGE, scan=READY),)
        assert gate.source.asked == ["find", "scans"]
        assert gate.gathering.waited == 0

    def test_every_poll_takes_one_more(self) -> None:
        gate = Gate(scans=[(0, [RUNNING]), (20, [READY])])
        gate.gather()
        polls = gate.source.asked.count("scans")
        assert gate.source.asked == ["find"] + ["scans"] * polls
        assert polls > 2

    def test_the_scan_policy_is_asked_at_the_first_empty_list_only(self) -> None:
        gate = Gate(scans=[(0, []), (30, [READY])])
        gate.gather()
        assert gate.source.asked[:3] == ["find", "scans", "push_scan"]
        assert gate.source.asked.count("push_scan") == 1

    def test_the_scan_policy_is_not_asked_while_a_scan_is_there(self) -> None:
        gate = Gate(scans=[(0, [RUNNING]), (5, [READY])])
        gate.gather()
        assert "push_scan" not in gate.source.asked

    def test_rows_are_listed_once_for_the_result_that_counts(self) -> None:
        older = result("older", scanned_at=NOW.plus(-dt.timedelta(hours=1)))
        gate = Gate(scans=still(older, READY), rows={"scan-1": [], "older": []}, list_rows=True)
        gate.gather()
        assert gate.source.asked == ["find", "scans", "vulnerabilities"]

    def test_ten_minutes_of_waiting_are_at_most_thirty_polls(self) -> None:
        gate = Gate(scans=still(RUNNING), timeout=600)
        gate.refuses(errors.ScanTimeout)
        assert gate.source.asked.count("scans") <= 30
        assert gate.clock.elapsed <= 600

    @pytest.mark.parametrize("takes", [24, 60, 119])
    def test_the_end_of_a_usual_scan_is_seen_soon(self, takes: float) -> None:
        gate = Gate(scans=[(0, []), (2, [RUNNING]), (takes, [READY])])
        gate.gather()
        assert gate.clock.elapsed - takes <= max(6, takes / 5)

    def test_whoever_watches_is_told_what_is_waited_for_and_until_when(self) -> None:
        gate = Gate(scans=[(0, []), (2, [RUNNING]), (5, [READY])], start_timeout=10, timeout=60)
        gate.gather()
        assert [waiting.what for waiting in gate.watched][:2] == [
            "a scan to appear",
            "a scan to appear",
        ]
        assert gate.watched[-1].what == "scan scan-2 (RUNNING)"
        assert gate.watched[0].remaining == 10
        assert gate.watched[-1].remaining == 60 - gate.watched[-1].waited


class TestFinding:
    def test_a_just_pushed_image_gets_a_moment_to_be_listed(self) -> None:
        gate = Gate(images=[(0, None), (29, IMAGE)], scans=still(READY))
        assert gate.gather()[0].image == IMAGE

    def test_it_gets_thirty_seconds(self) -> None:
        gate = Gate(images=[(0, None), (31, IMAGE)], scans=still(READY))
        gate.refuses(errors.ImageNotFound)
        assert gate.clock.elapsed == pytest.approx(30)

    def test_it_gets_no_more_than_the_start_timeout(self) -> None:
        gate = Gate(images=[(0, None), (6, IMAGE)], scans=still(READY), start_timeout=5)
        gate.refuses(errors.ImageNotFound)
        assert gate.clock.elapsed == pytest.approx(5)

    def test_its_wait_is_a_part_of_the_start_timeout(self) -> None:
        gate = Gate(images=[(0, None), (20, IMAGE)], scans=[(0, []), (45, [READY])])
        gate.gather()
        gate = Gate(
            images=[(0, None), (20, IMAGE)], scans=[(0, []), (45, [READY])], start_timeout=40
        )
        gate.refuses(errors.ScanMissing)
        assert gate.clock.elapsed == pytest.approx(40)

    @pytest.mark.parametrize("target", [REFERENCE, PINNED, BY_ID], ids=["tag", "digest", "id"])
    def test_an_image_that_is_nowhere_is_not_found(self, target: Target) -> None:
        error = Gate(images=[(0, None)], timeout=0).refuses(errors.ImageNotFound, target)
        assert target.text in error.message

    def test_an_error_of_the_source_is_not_swallowed(self) -> None:
        gate = Gate(images=[(0, errors.PermissionDenied("no role"))])
        gate.refuses(errors.PermissionDenied)
        assert gate.gathering.image is None

    def test_a_source_that_can_say_what_is_missing_is_asked_again(self) -> None:
        missing = errors.ImageNotFound("linux/arm64 of the index is not there")
        gate = Gate(images=((0, missing), (5, IMAGE)), scans=still(READY))
        gate.gather()
        assert gate.clock.elapsed >= 5
        assert Gate(images=((0, missing),)).refuses(errors.ImageNotFound) is missing

    def test_what_cannot_be_scanned_is_not_waited_for(self) -> None:
        gate = Gate(images=((0, errors.NotScannable("an index in an index")),))
        gate.refuses(errors.NotScannable)
        assert gate.clock.elapsed == 0


class TestStartTimeout:
    def test_a_scan_appears_in_the_last_moment(self) -> None:
        gate = Gate(scans=[(0, []), (120, [READY])])
        gate.gather()
        assert gate.clock.elapsed == pytest.approx(120)

    def test_a_scan_appears_too_late(self) -> None:
        gate = Gate(scans=[(0, []), (120.5, [READY])])
        gate.refuses(errors.ScanMissing)
        assert gate.clock.elapsed == pytest.approx(120)

    def test_a_repository_that_is_not_scanned_is_told_at_once_with_the_remedy(self) -> None:
        gate = Gate(push_scan=NOT_COVERED)
        error = gate.refuses(errors.ScanMissing)
        assert NOT_COVERED.why in error.message
        assert error.hint == NOT_COVERED.remedy
        assert gate.clock.elapsed == 0

    @pytest.mark.parametrize("timeout", [0, 1, 5])
    def test_the_timeout_ends_it_earlier(self, timeout: float) -> None:
        gate = Gate(timeout=timeout)
        gate.refuses(errors.ScanMissing)
        assert gate.clock.elapsed <= timeout

    def test_none_looks_once(self) -> None:
        gate = Gate(scans=[(0, []), (1, [READY])], start_timeout=0)
        gate.refuses(errors.ScanMissing)
        assert gate.source.asked == ["find", "scans", "push_scan"]


class TestTagMove:
    WAITS = ((0, [RUNNING]), (5, [READY]))

    def test_a_tag_that_moved_while_the_gate_waited(self) -> None:
        gate = Gate(images=[(0, IMAGE), (3, MOVED)], scans=self.WAITS)
        error = gate.refuses(errors.TagMoved, REFERENCE)
        assert MOVED.digest in error.message
        assert IMAGE.pinned in error.hint

    @pytest.mark.parametrize(("seconds", "asked_again"), [(2, False), (2.1, True), (60, True)])
    def test_a_tag_that_moved_in_a_slow_request(self, seconds: float, asked_again: bool) -> None:
        gate = Gate(images=[(0, IMAGE), (1, MOVED)], scans=[(0, [READY])])
        scans = gate.source.scans

        def slow(image: Image) -> Any:
            gate.clock.sleep(seconds)
            return scans(image)

        gate.source.scans = slow  # type: ignore[method-assign]  # a transport that tries again
        if asked_again:
            gate.refuses(errors.TagMoved, REFERENCE)
        else:
            assert gate.gather(REFERENCE)[0].image == IMAGE

    def test_a_tag_that_is_gone_after_the_wait(self) -> None:
        gate = Gate(images=[(0, IMAGE), (3, None)], scans=self.WAITS)
        assert "is gone" in gate.refuses(errors.TagMoved, REFERENCE).message

    @pytest.mark.parametrize(
        "other",
        [
            msgspec.structs.replace(IMAGE, id="image-2"),
            msgspec.structs.replace(IMAGE, digest=MOVED.digest),
        ],
        ids=["another id, the same digest", "the same id, another digest"],
    )
    def test_a_tag_that_names_half_the_image_moved(self, other: Any) -> None:
        gate = Gate(images=[(0, IMAGE), (3, other)], scans=self.WAITS)
        gate.refuses(errors.TagMoved, REFERENCE)

    def test_a_tag_that_got_company_did_not_move(self) -> None:
        tagged = msgspec.structs.replace(IMAGE, tags=("1.4", "latest"))
        gate = Gate(images=[(0, IMAGE), (3, tagged)], scans=self.WAITS)
        assert gate.gather(REFERENCE)[0].image == IMAGE

    def test_a_move_can_be_allowed_and_the_first_image_stays_the_one_judged(self) -> None:
        gate = Gate(images=[(0, IMAGE), (3, MOVED)], scans=self.WAITS, allow_tag_move=True)
        assert gate.gather(REFERENCE)[0].image == IMAGE
        assert gate.source.asked.count("find") == 1

    def test_waiting_for_the_image_counts_as_waiting(self) -> None:
        gate = Gate(images=[(0, None), (3, IMAGE), (4, MOVED)], scans=[(0, []), (6, [READY])])
        gate.refuses(errors.TagMoved, REFERENCE)

    def test_waiting_for_a_started_scan_counts_as_waiting(self) -> None:
        started = [(0, None), (4, result("started"))]
        gate = Gate(images=[(0, IMAGE), (3, MOVED)], started=started, scan_when=ScanWhen.ALWAYS)
        gate.refuses(errors.TagMoved, REFERENCE)

    @pytest.mark.parametrize("target", [PINNED, BY_ID], ids=["digest", "id"])
    def test_what_cannot_move_is_not_looked_up_again(self, target: Target) -> None:
        gate = Gate(images=[(0, IMAGE), (3, None)], scans=self.WAITS)
        gate.gather(target)
        assert gate.source.asked.count("find") == 1

    def test_a_tag_beside_a_digest_does_not_decide(self) -> None:
        both = ImageReference.parse(f"{IMAGE.repository}:1.4@{IMAGE.digest}")
        Gate(images=[(0, IMAGE), (3, MOVED)], scans=self.WAITS).gather(both)

    def test_without_a_wait_it_is_not_looked_up_again(self) -> None:
        gate = Gate(scans=still(READY))
        gate.gather(REFERENCE)
        assert gate.source.asked.count("find") == 1


class TestScanWhen:
    def gate(self, when: ScanWhen, history: Sequence[ScanResult], **given: Any) -> Gate:
        mine = [(0, None), (2, result("started", ScanStatus.RUNNING)), (5, result("started"))]
        return Gate(scans=still(*history), started=mine, scan_when=when, **given)

    @pytest.mark.parametrize(
        ("when", "history", "starts"),
        [
            (ScanWhen.NEVER, [READY], False),
            (ScanWhen.IF_MISSING, [READY], False),
            (ScanWhen.IF_MISSING, [STALE], False),
            (ScanWhen.IF_MISSING, [], True),
            (ScanWhen.IF_NEEDED, [READY], False),
            (ScanWhen.IF_NEEDED, [STALE], True),
            (ScanWhen.IF_NEEDED, [], True),
            (ScanWhen.IF_NEEDED, [result("e", ScanStatus.ERROR)], True),
            (ScanWhen.IF_NEEDED, [result("e", ScanStatus.CANCELLED)], True),
            (ScanWhen.IF_NEEDED, [result(scanned_at=None)], True),
            (ScanWhen.ALWAYS, [READY], True),
            (ScanWhen.ALWAYS, [], True),
            (ScanWhen.ALWAYS, [RUNNING], True),
        ],
    )
    def test_a_scan_is_started(
        self, when: ScanWhen, history: Sequence[ScanResult], starts: bool
    ) -> None:
        gate = self.gate(when, history)
        (evidence,) = gate.gather()
        assert gate.source.asked.count("start_scan") == starts
        assert (evidence.scan.id == "started") == starts

    @pytest.mark.parametrize(
        ("when", "history"),
        [
            (ScanWhen.NEVER, []),
            (ScanWhen.NEVER, [result("e", ScanStatus.ERROR)]),
            (ScanWhen.NEVER, [RUNNING]),
            (ScanWhen.IF_MISSING, [result("e", ScanStatus.ERROR)]),
            (ScanWhen.IF_MISSING, [RUNNING]),
            (ScanWhen.IF_NEEDED, [RUNNING]),
        ],
    )
    def test_a_scan_is_not_started(self, when: ScanWhen, history: Sequence[ScanResult]) -> None:
        gate = self.gate(when, history)
        with pytest.raises(errors.NoEvidence):
            gate.gather()
        assert "start_scan" not in gate.source.asked

    def test_if_missing_gives_the_pushs_own_scan_its_time(self) -> None:
        gate = self.gate(ScanWhen.IF_MISSING, [], start_timeout=60)
        gate.gather()
        assert gate.source.started_at == pytest.approx(60)

    def test_if_missing_starts_at_once_where_no_push_is_scanned(self) -> None:
        gate = self.gate(ScanWhen.IF_MISSING, [], push_scan=NOT_COVERED)
        gate.gather()
        assert gate.source.started_at == 0

    def test_only_the_started_scan_is_asked_for_afterwards(self) -> None:
        gate = self.gate(ScanWhen.ALWAYS, [READY, RUNNING])
        gate.gather()
        assert set(gate.source.asked[2:]) == {"started_scan"}
        assert gate.source.asked[:2] == ["find", "start_scan"]

    def test_the_time_for_it_is_what_is_left_of_the_timeout(self) -> None:
        gate = Gate(scan_when=ScanWhen.IF_MISSING, start_timeout=20, timeout=30)
        gate.refuses(errors.ScanTimeout)
        assert gate.clock.elapsed <= 30

    def test_a_refusal_to_scan_is_told(self) -> None:
        failed = [(0, errors.ScanFailed("the operation failed"))]
        gate = Gate(scan_when=ScanWhen.ALWAYS, started=failed)
        gate.refuses(errors.ScanFailed)


class TestAScanWithoutAName:
    """A service may start a scan and not tell its result's ID."""

    def test_the_result_that_the_source_names_is_taken(self) -> None:
        gate = Gate(scan_when=ScanWhen.ALWAYS, started=((0, None), (3, RUNNING), (6, READY)))
        gate.source.start_scan = lambda image: ""  # type: ignore[method-assign]
        [evidence] = gate.gather()
        assert evidence.scan is READY

    def test_while_it_has_no_name_it_is_still_told(self) -> None:
        gate = Gate(scan_when=ScanWhen.ALWAYS, timeout=9, started=((0, None),))
        gate.source.start_scan = lambda image: ""  # type: ignore[method-assign]
        refused = gate.refuses(errors.ScanTimeout)
        assert "the scan that was started is still RUNNING" in refused.message
        assert {each.what for each in gate.watched} == {"the scan that was started (RUNNING)"}


class TestForeign:
    @pytest.mark.parametrize("image_id", ["", "image-2", "IMAGE-1", "image-1 "])
    def test_a_result_of_another_image_is_never_used(self, image_id: str) -> None:
        gate = Gate(scans=still(READY, result("x", image_id=image_id)))
        error = gate.refuses(errors.BadResponse)
        assert error.code == 5

    def test_a_result_that_turns_foreign_while_the_gate_waits(self) -> None:
        gate = Gate(scans=[(0, [RUNNING]), (3, [result(image_id="image-2")])])
        gate.refuses(errors.BadResponse)

    @pytest.mark.parametrize(
        "answer",
        [result("started", image_id="image-2"), result("started", image_id=""), result("other")],
        ids=["another image", "no image", "another scan"],
    )
    def test_a_started_scan_must_come_back_as_itself(self, answer: ScanResult) -> None:
        gate = Gate(scan_when=ScanWhen.ALWAYS, started=[(0, answer)])
        gate.refuses(errors.BadResponse)

    def test_a_result_needs_an_id(self) -> None:
        Gate(scans=still(result(""))).refuses(errors.BadResponse)


class TestRows:
    """What is gathered, and what a policy without fixable limits says of it."""

    def judged(self, text: str, **given: Any) -> Verdict:
        gate = Gate(**given)
        judging = policy(text)
        _, judgement = evaluate_all(judging, gate.gather(), gate.gathering.now())
        return judgement.verdict

    def refused(self, text: str, **given: Any) -> ScangateError:
        with pytest.raises(errors.EvidenceIncomplete) as refused:
            self.judged(text, **given)
        return refused.value

    def test_rows_come_sorted_in_any_order_of_pages(self) -> None:
        counted = result(counts=Counts(critical=1, low=1))
        for rows in ([LOW, CRITICAL], [CRITICAL, LOW]):
            gate = Gate(scans=still(counted), rows={"scan-1": rows}, list_rows=True)
            assert gate.gather()[0].vulnerabilities == (CRITICAL, LOW)

    def test_no_counts_are_clean_if_the_list_proves_it(self) -> None:
        assert (
            self.judged("critical: 0", scans=still(result(counts=None)), rows={"scan-1": []})
            is Verdict.PASS
        )

    @pytest.mark.parametrize("rows", [[LOW], [CRITICAL]], ids=["low", "critical"])
    def test_no_counts_and_rows_do_not_add_up(self, rows: list[Vulnerability]) -> None:
        self.refused("critical: 0", scans=still(result(counts=None)), rows={"scan-1": rows})

    def test_no_counts_and_no_list_prove_nothing(self) -> None:
        self.refused("critical: 0", scans=still(result(counts=None)))

    def test_a_list_that_is_gone_proves_nothing_where_rows_decide(self) -> None:
        error = self.refused("high: {fixable: 0}", scans=still(READY), list_rows=True)
        assert "gone" in error.message

    def test_a_list_that_is_gone_proves_nothing_where_only_a_report_wants_it(self) -> None:
        self.refused("critical: 0", scans=still(READY), list_rows=True)

    def test_a_violation_by_counts_stands_though_the_list_is_gone(self) -> None:
        counted = still(result(counts=Counts(critical=1)))
        assert self.judged("critical: 0", scans=counted, list_rows=True) is Verdict.FAIL

    def test_a_violation_by_counts_stands_though_the_rows_do_not_add_up(self) -> None:
        counted = still(result(counts=Counts(critical=1)))
        rows = {"scan-1": [LOW]}
        assert self.judged("critical: 0", scans=counted, rows=rows, list_rows=True) is Verdict.FAIL

    @pytest.mark.parametrize(
        ("counts", "rows"),
        [
            (Counts(low=1), []),
            (Counts(), [LOW]),
            (Counts(low=2), [LOW]),
            (Counts(low=1), [LOW, LOW]),
            (Counts(critical=0, medium=1), [LOW]),
            (Counts(low=1), [CRITICAL]),
        ],
    )
    def test_rows_must_equal_the_counts(self, counts: Counts, rows: list[Vulnerability]) -> None:
        self.refused(
            "critical: 0",
            scans=still(result(counts=counts)),
            rows={"scan-1": rows},
            list_rows=True,
        )

    def test_an_error_in_the_middle_of_the_list_is_not_swallowed(self) -> None:
        class Torn(FakeSource):
            def vulnerabilities(self, scan: ScanResult) -> Any:
                yield LOW
                raise errors.Unavailable("the connection broke")

        clock = FakeClock()
        gathering = Gathering(
            Plan(),
            Torn(clock, scans=still(READY)),
            clock=clock,
            deadline=Deadline.after(10, clock),
            watch=unwatched,
        )
        wanted = Wanted(settings=ScanSettings(), list_rows=True)
        with pytest.raises(errors.Unavailable):
            gathering.prove(gathering.find(PINNED), PINNED, wanted)


class TestNow:
    LATER = NOW.plus(dt.timedelta(hours=1))
    EARLIER = NOW.plus(-dt.timedelta(hours=1))

    @pytest.mark.parametrize(
        ("served_at", "now"),
        [(None, NOW), (EARLIER, NOW), (LATER, LATER), (NOW, NOW)],
        ids=["not told", "behind", "ahead", "equal"],
    )
    def test_now_is_the_later_of_two_clocks(self, served_at: Instant | None, now: Instant) -> None:
        assert Gate(served_at=served_at).gathering.now() == now

    def test_a_time_that_is_given_stands_in_for_both(self) -> None:
        assert Gate(served_at=self.LATER, at=self.EARLIER).gathering.now() == self.EARLIER

    def test_a_runner_whose_clock_is_behind_does_not_make_a_result_fresh(self) -> None:
        nearly_stale = result(scanned_at=NOW.plus(-dt.timedelta(days=7, hours=23, minutes=30)))
        gate = Gate(scans=still(nearly_stale), served_at=self.LATER)
        with pytest.raises(errors.ScanStale):
            evaluate_all(policy("critical: 0"), gate.gather(), gate.gathering.now())


class TestHowFarItCame:
    def test_after_a_timeout_the_scan_that_was_waited_for_is_known(self) -> None:
        gate = Gate(scans=still(RUNNING), timeout=10)
        gate.refuses(errors.ScanTimeout)
        assert gate.gathering.image == IMAGE
        assert gate.gathering.scan == RUNNING
        assert gate.gathering.waited == pytest.approx(9)

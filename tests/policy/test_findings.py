"""What becomes of each row: its bucket, what the feeds say of it, and what is told on the way."""

import datetime as dt
import itertools
from typing import Any

import msgspec
import pytest

from scangate.errors import EvidenceIncomplete
from scangate.feeds import read_epss, read_kev
from scangate.instant import Instant
from scangate.model import Counts, Evidence, Image, Severity, Vulnerability
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Feeds, Policy
from scangate.policy.evaluate import Judgement, count_rows, evaluate
from scangate.policy.findings import Found, check_feeds, find
from scangate.report import Bucket, IgnoreState, Verdict
from tests.fakes import IMAGE, NOW, result
from tests.feeds.samples import epss, kev
from tests.policy.texts import read
from tests.vex.making import OTHER_DIGEST, openvex, said

COUNTED, IGNORED, VEX, UNSELECTED = Bucket
PASS, FAIL = Verdict.PASS, Verdict.FAIL
DAY = dt.timedelta(days=1)
LISTED = [{"cveID": "CVE-2026-1111"}]


def kev_of(date: Instant) -> bytes:
    return kev(dateReleased=str(date), count=1, vulnerabilities=LISTED)


def epss_of(date: Instant) -> bytes:
    rows = "CVE-2026-1111,0.5,0.9", "CVE-2026-2222,0.49999,0.8"
    return epss(*rows, comment=f"#model_version:v1,score_date:{date}")


KEV, EPSS = kev_of(NOW), epss_of(NOW)
BOTH = Feeds(kev=read_kev(KEV, file="kev.json"), epss=read_epss(EPSS, file="epss.csv"))


def row(advisory: str = "CVE-2026-1111", package: str = "zlib", **more: Any) -> Vulnerability:
    return Vulnerability(**{"severity": Severity.HIGH, "id": advisory, "package": package, **more})


def policy(text: str, *, vex: bytes | None = None, kev: bytes = KEV, epss: bytes = EPSS) -> Policy:
    whole = f"{text}\nvex: [vex.json]\n" if vex else f"{text}\n"
    texts: dict[str, str | bytes] = {"policy.yaml": whole, "kev.json": kev, "epss.csv": epss}
    return read(texts | ({"vex.json": vex} if vex else {}))


LIMIT = "thresholds: {high: 0}"
IGNORE = "ignore: [{id: CVE-2026-1111, reason: Not compiled in., expires: 2026-12-31}]"
NOT_AFFECTED = openvex(said(vulnerability="CVE-2026-1111"))
NONE_OF_IT = openvex(said(vulnerability="CVE-2026-1111", products=[{"@id": OTHER_DIGEST}]))


def judge(policy: Policy, *rows: Vulnerability, image: Image = IMAGE) -> Judgement:
    scan = result(counts=count_rows(rows))
    return evaluate(policy, Evidence(image=image, scan=scan, vulnerabilities=rows), NOW)


def buckets(judgement: Judgement) -> list[Bucket]:
    return [finding.bucket for finding in judgement.findings or ()]


class TestBuckets:
    @pytest.mark.parametrize(
        ("text", "vex", "bucket"),
        [
            (LIMIT, None, COUNTED),
            (f"{LIMIT}\n{IGNORE}", None, IGNORED),
            (LIMIT, NOT_AFFECTED, VEX),
            (f"{LIMIT}\n{IGNORE}", NOT_AFFECTED, IGNORED),
            (f"{LIMIT}\n{IGNORE}", NONE_OF_IT, IGNORED),
            (LIMIT, NONE_OF_IT, COUNTED),
            (f"{LIMIT}\n{IGNORE.replace('2026-12', '2025-12')}", None, COUNTED),
            (f"{LIMIT}\n{IGNORE.replace('2026-12', '2025-12')}", NOT_AFFECTED, VEX),
            ("thresholds: {critical: 0}", None, UNSELECTED),
            (f"thresholds: {{critical: 0}}\n{IGNORE}", None, IGNORED),
        ],
        ids=[
            "counted",
            "ignored",
            "vex",
            "ignored before vex",
            "ignored, and vex for another image",
            "vex for another image",
            "an expired ignore",
            "an expired ignore, and vex",
            "no rule is about it",
            "ignored though no rule is about it",
        ],
    )
    def test_of_one(self, text: str, vex: bytes | None, bucket: Bucket) -> None:
        judgement = judge(policy(text, vex=vex), row())
        assert buckets(judgement) == [bucket]
        assert judgement.verdict is (FAIL if bucket is COUNTED else PASS)
        assert judgement.rules[-1].count == (bucket is COUNTED)

    def test_each_finding_is_in_exactly_one_and_none_is_lost(self) -> None:
        vex = openvex(said(vulnerability="CVE-2026-2222"), said(vulnerability="CVE-2026-1111"))
        told = policy(f"{LIMIT}\n{IGNORE}", vex=vex)
        rows = [
            row(),
            row("CVE-2026-2222"),
            row("CVE-2026-3333"),
            row("CVE-2026-4444", severity=Severity.LOW),
            row("CVE-2026-1111", severity=Severity.LOW),
            row(described=False),
            row(""),
        ]
        expected = [IGNORED, VEX, COUNTED, UNSELECTED, IGNORED, COUNTED, COUNTED]
        for order in itertools.islice(itertools.permutations(range(len(rows))), 0, 5000, 500):
            judgement = judge(told, *(rows[number] for number in order))
            assert buckets(judgement) == [expected[number] for number in order]
            assert {rule.name: rule.count for rule in judgement.rules} == {
                "max-critical": 0,
                "max-high": 3,
            }
            assert [each.vulnerability for each in judgement.findings or ()] == [
                rows[number] for number in order
            ]

    def test_a_rule_lists_what_it_counts_and_a_finding_who_counts_it(self) -> None:
        text = f"{LIMIT}\nrules: [{{name: any, match: {{package: '*'}}, max: 9}}]\n{IGNORE}"
        judgement = judge(policy(text), row(), row("CVE-2026-3333"), row("CVE-2", severity=LOW))
        by_rule = {rule.name: rule.findings for rule in judgement.rules}
        assert [each.rules for each in judgement.findings or ()] == [
            (),
            ("any", "max-high"),
            ("any",),
        ]
        assert by_rule["max-high"] == (judgement.findings or ())[1:2]
        assert by_rule["any"] == (judgement.findings or ())[1:]

    def test_two_rows_that_are_alike_are_two_findings(self) -> None:
        judgement = judge(policy("thresholds: {high: 1}"), row(), row())
        assert buckets(judgement) == [COUNTED, COUNTED]
        assert (judgement.verdict, judgement.rules[-1].count) == (FAIL, 2)

    def test_why_it_is_not_counted(self) -> None:
        (finding,) = judge(policy(LIMIT, vex=NOT_AFFECTED), row()).findings or ()
        assert finding.suppression is not None
        assert (finding.suppression.by, finding.suppression.reason) == (
            "vex.json",
            "component_not_present",
        )


LOW = Severity.LOW


class TestVexOfTheFuture:
    """Dated far ahead, a statement would outdo every word that says otherwise."""

    @pytest.mark.parametrize(("days", "bucket"), [(0, VEX), (1, VEX), (2, COUNTED)])
    def test_it_does_not_apply(self, days: int, bucket: Bucket) -> None:
        date = str(NOW.plus(days * DAY))
        vex = openvex(said(vulnerability="CVE-2026-1111", timestamp=date))
        judgement = judge(policy(LIMIT, vex=vex), row())

        assert buckets(judgement) == [bucket]
        told = "vex.json is dated in the future, and does not apply"
        assert (told in judgement.notices) == (bucket is COUNTED)


class TestNotices:
    def test_a_vex_document_for_another_image_is_told(self) -> None:
        (notice,) = judge(policy(LIMIT, vex=NONE_OF_IT), row()).notices
        assert notice == (
            "vex.json: what it says of CVE-2026-1111 does not apply: "
            f"it is about another product, {OTHER_DIGEST}"
        )

    def test_an_ignore_that_misses_is_told(self) -> None:
        text = f"{LIMIT}\n{IGNORE.replace('reason', 'package: zlib-dev, reason')}"
        (notice,) = judge(policy(text), row()).notices
        assert notice == (
            "the ignore of CVE-2026-1111 (policy.yaml:3) does not apply: "
            "it is for zlib-dev, the finding is in zlib"
        )

    def test_no_notice_changes_a_verdict(self) -> None:
        assert judge(policy("thresholds: {high: 1}", vex=NONE_OF_IT), row()).verdict is PASS

    RULES = (
        "feeds: {kev: kev.json, epss: epss.csv}\n"
        "rules:\n"
        "  - {name: exploited, match: {kev: true}}\n"
        "  - {name: likely, match: {epss: '>=0.5'}}\n"
    )

    def test_of_what_the_feeds_do_not_know(self) -> None:
        rows = row("CVE-2026-2222"), row("GHSA-1"), row("GHSA-2"), row("CVE-2026-9999"), row("")
        judgement = judge(policy(self.RULES), *rows)
        assert judgement.notices == (
            "2 findings have no CVE ID, and the KEV catalog knows no others",
            "4 findings have no EPSS score; they count as the most probable",
        )
        counts = {rule.name: rule.count for rule in judgement.rules}
        assert counts == {"exploited": 1, "likely": 4}

    def test_not_of_findings_that_are_not_counted(self) -> None:
        ignore = "ignore: [{id: GHSA-1, reason: x, expires: never}]"
        assert judge(policy(self.RULES + ignore), row("GHSA-1")).notices == ()

    def test_not_where_no_rule_asks(self) -> None:
        text = f"{LIMIT}\nfeeds: {{kev: kev.json, epss: epss.csv}}"
        assert judge(policy(text), row("GHSA-1", severity=LOW)).notices == ()

    @pytest.mark.parametrize("rows", [(row("CVE-2026-2222", severity=LOW),), ()])
    def test_of_a_rule_that_is_skipped(self, rows: tuple[Vulnerability, ...]) -> None:
        skipped = "rules: [{name: exploited, match: {kev: true}, without_feed: skip}]"
        told = policy(f"{LIMIT}\n{skipped}")
        expected = ("the rule exploited is not judged: it needs a feed, and none is named",)
        assert judge(told, *rows).notices == expected

    def test_of_a_rule_that_is_skipped_where_the_counts_are_enough(self) -> None:
        skipped = "rules: [{name: exploited, match: {kev: true}, without_feed: skip}]"
        evidence = Evidence(image=IMAGE, scan=result(counts=Counts(low=1)))
        judgement = evaluate(policy(f"{LIMIT}\n{skipped}"), evidence, NOW)
        assert judgement.notices == (
            "the rule exploited is not judged: it needs a feed, and none is named",
        )


class TestFeeds:
    @pytest.mark.parametrize(
        ("advisory", "exploited", "score"),
        [
            ("CVE-2026-1111", True, 0.5),
            ("cve-2026-1111", True, 0.5),
            ("CVE-2026-2222", False, 0.49999),
            ("CVE-2026-3333", False, None),
            ("GHSA-1", False, None),
            ("", None, None),
        ],
    )
    def test_what_they_say(
        self, advisory: str, exploited: bool | None, score: float | None
    ) -> None:
        (finding,) = self.find(BOTH, row(advisory)).findings
        assert (finding.known_exploited, finding.epss) == (exploited, score)

    def test_where_there_are_none_nothing_is_said(self) -> None:
        (finding,) = self.find(Feeds(), row()).findings
        assert (finding.known_exploited, finding.epss, finding.new) == (None, None, None)

    def find(self, feeds: Feeds, *rows: Vulnerability) -> Found:
        told = policy(LIMIT).replace(feeds=feeds)
        return find(told, rows, IMAGE, now=NOW, baseline=None)

    @pytest.mark.parametrize(
        ("match", "advisory", "verdict"),
        [
            ("kev: true", "CVE-2026-1111", FAIL),
            ("kev: true", "CVE-2026-2222", PASS),
            ("kev: true", "", FAIL),
            ("kev: false", "CVE-2026-1111", PASS),
            ("kev: false", "CVE-2026-2222", FAIL),
            ("kev: false", "", FAIL),
            ("epss: '>=0.5'", "CVE-2026-1111", FAIL),
            ("epss: '>=0.5'", "CVE-2026-2222", PASS),
            ("epss: '>=0.49999'", "CVE-2026-2222", FAIL),
            ("epss: '>=1'", "CVE-2026-3333", FAIL),
            ("epss: '>=1'", "", FAIL),
        ],
    )
    def test_what_rules_make_of_it(self, match: str, advisory: str, verdict: Verdict) -> None:
        text = f"feeds: {{kev: kev.json, epss: epss.csv}}\nrules: [{{name: r, match: {{{match}}}}}]"
        assert judge(policy(text), row(advisory)).verdict is verdict


ASKS = {
    "kev": "rules: [{name: r, match: {kev: true}}]\n",
    "epss": "rules: [{name: r, match: {epss: '>=0.5'}}]\n",
}


class TestAgeOfFeeds:
    def judge(self, text: str, *, kev: Instant = NOW, epss: Instant = NOW) -> Judgement:
        named = text if "feeds" in text else f"{text}feeds: {{kev: kev.json, epss: epss.csv}}\n"
        told = policy(named, kev=kev_of(kev), epss=epss_of(epss))
        return judge(told, row("CVE-2026-2222"))

    @pytest.mark.parametrize("feed", ASKS)
    def test_thirty_days_and_no_longer(self, feed: str) -> None:
        oldest = NOW.plus(-30 * DAY)
        assert self.judge(ASKS[feed], **{feed: oldest}).verdict is PASS
        with pytest.raises(EvidenceIncomplete, match="is older than 30d") as error:
            self.judge(ASKS[feed], **{feed: oldest.plus(-dt.timedelta(seconds=1))})
        assert error.value.hint.endswith("feeds.max_age")

    @pytest.mark.parametrize("feed", ASKS)
    def test_dated_in_the_future(self, feed: str) -> None:
        with pytest.raises(EvidenceIncomplete, match="dated in the future"):
            self.judge(ASKS[feed], **{feed: NOW.plus(2 * DAY)})

    @pytest.mark.parametrize("feed", ASKS)
    def test_a_feed_that_no_rule_asks_may_be_of_any_age(self, feed: str) -> None:
        (other,) = ASKS.keys() - {feed}
        assert self.judge(ASKS[feed], **{other: NOW.plus(-900 * DAY)}).verdict is PASS

    @pytest.mark.parametrize(
        ("max_age", "days", "accepted"),
        [("1d", 1, True), ("1d", 2, False), ("any", 9000, True), ("60d", 60, True)],
    )
    def test_the_policy_says_how_old(self, max_age: str, days: int, accepted: bool) -> None:
        text = f"{ASKS['kev']}feeds: {{kev: kev.json, max_age: {max_age}}}\n"
        date = NOW.plus(-days * DAY)
        if accepted:
            assert self.judge(text, kev=date).verdict is PASS
        else:
            with pytest.raises(EvidenceIncomplete, match="is older than 1d"):
                self.judge(text, kev=date)

    def test_a_rule_of_an_override_asks_only_for_its_images(self) -> None:
        rule = "rules: [{name: r, match: {kev: true}}]"
        text = f"{LIMIT}\noverrides: [{{images: '%s', {rule}}}]\nfeeds: {{kev: kev.json}}\n"
        old = {"kev": kev_of(NOW.plus(-99 * DAY))}
        assert judge(policy(text % "other/*", **old)).verdict is PASS
        with pytest.raises(EvidenceIncomplete):
            judge(policy(text % "cr.yandex/*", **old))

    def test_no_feed_is_no_old_feed(self) -> None:
        check_feeds(policy(LIMIT).terms, Feeds(), NOW)


@pytest.mark.parametrize("vex", [NOT_AFFECTED, NONE_OF_IT], ids=["of it", "of another image"])
def test_where_there_is_vex_counts_alone_prove_nothing(vex: bytes) -> None:
    evidence = Evidence(image=IMAGE, scan=result(counts=Counts(high=1)))
    assert evaluate(policy(LIMIT), evidence, NOW).verdict is FAIL
    with pytest.raises(EvidenceIncomplete, match="could not be listed"):
        evaluate(policy(LIMIT, vex=vex), evidence, NOW)


class TestNew:
    RULE = "rules: [{name: r, match: {new: true}}]"

    @pytest.mark.parametrize(
        ("rows", "new", "count"),
        [
            ([row()], [False], 0),
            ([row(), row("CVE-2")], [False, True], 1),
            ([row(package="zlib-dev")], [True], 1),
            ([row(described=False)], [True], 1),
            ([row("")], [True], 1),
        ],
        ids=["known", "one of two", "another package", "not described", "no advisory"],
    )
    def test_against_a_baseline(
        self, rows: list[Vulnerability], new: list[bool], count: int
    ) -> None:
        evidence = Evidence(
            image=IMAGE, scan=result(counts=count_rows(rows)), vulnerabilities=tuple(rows)
        )
        baseline = Baseline.of([row(), row("")])
        judgement = evaluate(policy(self.RULE), evidence, NOW, baseline=baseline)
        assert [finding.new for finding in judgement.findings or ()] == new
        assert judgement.rules[0].count == count

    def test_without_a_baseline_everything_counts_as_new_and_as_not_new(self) -> None:
        told = judge(policy(self.RULE), row())
        assert (told.rules[0].count, (told.findings or ())[0].new) == (1, None)
        assert judge(policy(self.RULE.replace("true", "false")), row()).rules[0].count == 1


class TestExceptionsOutOfForce:
    """An expired or unused one never lowers a count."""

    @pytest.mark.parametrize(
        "ignore",
        [
            "id: CVE-2026-1111, reason: x, expires: 2026-11-21",
            "id: CVE-2026-2222, reason: x, expires: never",
            "id: cve-2026-1111, reason: x, expires: never",
            "id: CVE-2026-1111, reason: x, expires: never, package: zlib-dev",
            "id: CVE-2026-1111, reason: x, expires: never, images: other/*",
            "id: CVE-2026-1111, reason: x, expires: never, while_unfixed: true",
        ],
        ids=["expired", "another", "other case", "other package", "other scope", "a fix"],
    )
    def test_the_count_stays(self, ignore: str) -> None:
        judgement = judge(policy(f"{LIMIT}\nignore: [{{{ignore}}}]"), row(fixed_version="2"))
        assert (judgement.verdict, judgement.rules[-1].count) == (FAIL, 1)
        assert all(each.state is not IgnoreState.USED for each in judgement.ignores)
        assert all(each.count == 0 for each in judgement.ignores)

    def test_the_day_is_the_one_of_utc(self) -> None:
        text = f"{LIMIT}\n{IGNORE}"
        for moment, verdict in [
            ("2026-12-31T23:59:59.999999999Z", PASS),
            ("2027-01-01T02:59:59+03:00", PASS),
            ("2027-01-01T00:00:00Z", FAIL),
        ]:
            now = Instant.parse(moment)
            scan = result(counts=Counts(high=1), scanned_at=now)
            evidence = Evidence(image=IMAGE, scan=scan, vulnerabilities=(row(),))
            assert evaluate(policy(text), evidence, now).verdict is verdict

    def test_an_image_of_unknown_repository(self) -> None:
        nameless = msgspec.structs.replace(IMAGE, name="")
        scoped = policy(f"{LIMIT}\n{IGNORE.replace('reason', 'images: [x, y/*], reason')}")
        anywhere = policy(f"{LIMIT}\n{IGNORE}")
        assert judge(scoped, row(), image=nameless).verdict is FAIL
        assert judge(anywhere, row(), image=nameless).verdict is PASS

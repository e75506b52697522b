"""Markdown within the limits of its consumers: what is cut, and that it is told."""

import pytest

from scangate.errors import ScanMissing
from scangate.report import (
    Excess,
    Finding,
    FixPlan,
    IgnoreState,
    PolicyIdentity,
    Report,
    Verdict,
)
from scangate.reports import markdown
from scangate.reports.markdown import MOST_BYTES, MOST_BYTES_EVER
from scangate.reports.markdown.fitting import fit
from scangate.reports.markdown.markup import Markup

from .markdown_reader import Section, check_markdown, read
from .samples import (
    HOSTILE,
    broken,
    by_entry,
    draft,
    finding,
    ignore,
    ignored,
    image,
    no_verdict,
    outcome,
    report,
    rule,
    upgrade,
)

FULL = "see the full report"

MEGABYTE = "x" * 2**20
LONG = tuple(
    finding(number, package=f"{number} {HOSTILE * 4}", version="`|" * 500, fixed_version="|" * 1000)
    for number in range(20_000)
)


def big(number: int) -> Report:
    rules = (broken(*LONG), broken(*LONG[:10], name=HOSTILE, message=HOSTILE))
    worst = outcome(*rules, verdict=Verdict.FAIL, findings=LONG, reference="a/b/worst:1")
    rest = (outcome(rule(), reference=f"a/b/c{each}:1") for each in range(number - 1))
    return report(*rest, worst)


def test_20000_findings_fit_into_a_comment() -> None:
    text = markdown.render(big(1))
    assert MOST_BYTES / 2 < len(text.encode()) <= MOST_BYTES
    head, section, _ = read(text)
    assert head.title == "❌ FAIL: 1 image, exit code 1"
    (cut,) = [each for each in section.paragraphs if "more findings" in each]
    shown = len(section.tables["Package"])
    assert cut == f"… and {20_000 - shown} more findings, {FULL}"


def test_the_worst_image_does_not_starve_the_others() -> None:
    text = markdown.render(big(30))
    assert len(text.encode()) <= MOST_BYTES
    head, *told, _ = read(text)
    assert len(head.tables["Verdict"]) == 30
    assert len(told) == 30
    assert told[0].title == "❌ FAIL a/b/worst:1"
    assert len(told[0].tables["Package"]) > 1


@pytest.mark.parametrize(
    ("number", "most"),
    [
        pytest.param(300, MOST_BYTES, id="details-of-some"),
        pytest.param(2000, MOST_BYTES_EVER, id="as-many-as-can-be-told"),
    ],
)
def test_every_image_keeps_its_verdict(number: int, most: int) -> None:
    images = [outcome(rule(), reference=f"a/b/c{each}:1") for each in range(number)]
    text = markdown.render(report(*images))
    assert len(text.encode()) <= most
    head, *told, _ = read(text)
    rows = head.tables["Verdict"]
    assert [(row[0], row[1]) for row in rows] == [
        ("✅ PASS", f"a/b/c{each}:1") for each in range(number)
    ]
    untold = f"There was no room for the details of {number - len(told)} images, {FULL}."
    assert untold in (told[-1] if told else head).paragraphs


def test_images_that_are_too_many_for_any_consumer_are_counted() -> None:
    hostile = outcome(reference="|`" * 20, image=image(platform="|" * 40))
    text = markdown.render(report(*([hostile] * 2100), no_verdict(ScanMissing("none"))))
    assert len(text.encode()) <= MOST_BYTES_EVER
    rows = [line for line in text.splitlines() if line.startswith(("| ✅ PASS", "| ⛔ ERROR"))]
    assert rows[0].startswith("| ⛔ ERROR")
    assert f"\n\n… and {2101 - len(rows)} more images, {FULL}\n" in text
    assert len(rows) == 2000


def test_a_megabyte_in_every_place_is_cut() -> None:
    text = markdown.render(everywhere(MEGABYTE))
    check_markdown(everywhere(MEGABYTE), text)
    assert len(text.encode()) < MOST_BYTES // 2


def test_what_is_worst_to_write_leaves_the_verdict() -> None:
    told = everywhere("`|" * 1000)
    text = markdown.render(told)
    assert len(text.encode()) <= MOST_BYTES
    head, *_, foot = read(text)
    assert head.title.startswith("❌ FAIL")
    assert foot.title == "Judged by"


def everywhere(text: str) -> Report:
    row = finding(1, id=text, package=text, version=text, fixed_version=text, link=text)
    entry = by_entry(reason=text, by=text)
    return report(
        outcome(
            broken(row, name=text, title=text, message=text),
            reference=text,
            verdict=Verdict.FAIL,
            image=image(text, id=text, digest=text),
            findings=(row, ignored(2, why=entry, id=text, package=text)),
            notices=(text,),
            fix_plan=FixPlan(
                upgrades=(upgrade(row, package=text, versions=(text,), to=text),),
                remains=(Excess(rule=text, count=1, max=0),),
                drafts=(draft(id=text, package=text),),
            ),
        ),
        policy=PolicyIdentity(name=text, source=text, sha256=text, feeds=(text,)),
        version=text,
        endpoint=text,
        endpoint_known=False,
    )


def _crowded() -> str:
    """Of an image that leaves no room, by what there is to say of the run."""
    long = tuple("`|" * 250 for _ in range(20))
    none = ScanMissing(HOSTILE, hint="\n".join(long))
    told = no_verdict(none, gap=long[0], notices=long, reference="a/b/c:1")
    policy = PolicyIdentity(name="p", source="s", sha256="a", feeds=long)
    return markdown.render(
        report(told, policy=policy, baseline=long[0], endpoint=long[0], endpoint_known=False)
    )


def test_one_image_too_big_for_any_detail_keeps_its_verdict() -> None:
    text = _crowded()
    assert len(text.encode()) <= MOST_BYTES
    assert [section.title for section in read(text)[1:-1]] == ["⛔ ERROR a/b/c:1"]


def lines(most: int, *, has: int) -> Markup:
    return Markup("line\n" * min(most, has))


@pytest.mark.parametrize(
    ("has", "room", "wanted"),
    [
        pytest.param([1], 6, [None], id="no-room"),
        pytest.param([1], 7, [1], id="just-room"),
        pytest.param([500], 10_000, [200], id="never-more-than-the-limit"),
        pytest.param([500], 176, [20], id="below-a-level"),
        pytest.param([500], 177, [35], id="at-a-level"),
        pytest.param([100, 100], 64, [6, 6], id="shared"),
        pytest.param([100, 100], 94, [12, 6], id="the-first-has-more"),
        pytest.param([1, 100], 500, [1, 60], id="what-one-does-not-need"),
        pytest.param([9, 9, 9], 20, [1, 1, None], id="the-last-starves"),
    ],
)
def test_room_is_shared(has: list[int], room: int, wanted: list[int | None]) -> None:
    sections = [lambda most, has=each: lines(most, has=has) for each in has]
    written = fit(sections, room=room)
    assert [None if text is None else text.count("line") for text in written] == wanted


# What stands for the rest of a list


def section(told: object, **changes: object) -> Section:
    """The section of the only image."""
    return read(markdown.render(report(told, **changes)))[1]  # type: ignore[arg-type]  # samples


def _many(number: int) -> tuple[Finding, ...]:
    return tuple(
        ignored(each, why=by_entry(each), package=f"p{each}") for each in range(1, number + 1)
    )


@pytest.mark.parametrize(
    ("number", "more"),
    [pytest.param(200, [], id="at-the-limit"), pytest.param(203, [3], id="over")],
)
def test_of_each_list_the_rest_is_counted(number: int, more: list[int]) -> None:
    unused = tuple(ignore(each, state=IgnoreState.UNUSED) for each in range(number))
    plan = FixPlan(
        upgrades=tuple(upgrade(finding(1), package=f"p{each}") for each in range(number)),
        remains=tuple(Excess(rule=f"r{each}", count=1, max=0) for each in range(number)),
    )
    lists = (
        (outcome(notices=("plain words",) * number), "notices"),
        (outcome(findings=_many(number)), "not counted"),
        (outcome(fix_plan=FixPlan(upgrades=plan.upgrades)), "to upgrade"),
        (outcome(fix_plan=FixPlan(remains=plan.remains)), "still over their limit"),
        (outcome(fix_plan=FixPlan(removable=unused)), "to remove"),
    )
    for told, what in lists:
        found = section(told)
        rest = [each for each in (*found.items, *found.paragraphs) if each.startswith("… and")]
        assert rest == [f"… and {each} more {what}, {FULL}" for each in more]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        pytest.param(3, "CVE-2026-0001, CVE-2026-0002, CVE-2026-0003", id="three"),
        pytest.param(4, "CVE-2026-0001, CVE-2026-0002, CVE-2026-0003 and 1 more", id="four"),
    ],
)
def test_of_what_an_upgrade_clears_three_are_named(number: int, told: str) -> None:
    cleared = upgrade(*(finding(each) for each in range(1, number + 1)))
    ((*_, ids),) = section(outcome(fix_plan=FixPlan(upgrades=(cleared,)))).tables["Upgrade"]
    assert ids == told


@pytest.mark.parametrize(
    ("number", "more"), [pytest.param(8, [], id="at-the-limit"), pytest.param(9, [1], id="over")]
)
def test_feeds_that_are_too_many_are_counted(number: int, more: list[int]) -> None:
    feeds = tuple(f"feed {each}" for each in range(number))
    policy = PolicyIdentity(name="p", source="s", sha256="a", feeds=feeds)
    *_, foot = read(markdown.render(report(outcome(), policy=policy)))
    told = [item for item in foot.items if "feed" in item]
    assert told == [
        *(f"feed: {feed}" for feed in feeds[:8]),
        *(f"… and {each} more feeds, {FULL}" for each in more),
    ]


def test_of_a_hint_ten_steps_are_told() -> None:
    hint = "\n".join(f"step {number}" for number in range(12))
    told = section(no_verdict(ScanMissing("none", hint=hint))).items
    steps = [item for item in told if item.startswith("Next:")]
    assert steps == [f"Next: step {number}" for number in range(10)]


def test_the_verdict_is_told_where_there_is_no_room_for_anything_else() -> None:
    assert read(_crowded())[1].paragraphs == [f"There is no room for details here, {FULL}."]


def test_not_a_byte_of_the_room_is_wasted() -> None:
    """A page as long as it may be is whole; with one character more it is cut."""
    least = markdown.render(report(outcome(notices=_notices(0))))
    room = MOST_BYTES - len(least.encode())
    assert 0 < room < 200 * 200
    whole = markdown.render(report(outcome(notices=_notices(room))))
    assert len(whole.encode()) == MOST_BYTES
    assert "more notices" not in whole
    cut = markdown.render(report(outcome(notices=_notices(room + 1))))
    assert f"… and 50 more notices, {FULL}" in cut


def _notices(more: int) -> tuple[str, ...]:
    """As many as a list can have, with so many characters more among them all."""
    lengths = [250 + more // 200 + (place < more % 200) for place in range(200)]
    return tuple("x" * length for length in lengths)

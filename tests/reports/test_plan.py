"""A fix plan, as people read it and as they paste its entries."""

import datetime as dt

import pytest
import yaml
from hypothesis import given

from scangate.fixes import render_draft
from scangate.report import Excess, FixPlan, IgnoreDraft, IgnoreState, Upgrade
from scangate.reports.plan import advise
from scangate.reports.text import clean

from .readers import CONTROL, PROMISE, RUNNER_COMMAND
from .samples import HOSTILE, draft, finding, ignore, upgrade
from .strategies import fix_plans, unhurried

FIND = tuple(finding(number) for number in range(1, 9))
REMAINDER = Excess(rule="max-high", count=3, max=0)


def told(plan: FixPlan, *, most: int = 9, most_entries: int = 9) -> list[str]:
    return [each.text for each in advise(plan, most=most, most_entries=most_entries)]


def entries(plan: FixPlan, *, most_entries: int = 9) -> object:
    lines = [each.text for each in advise(plan, most=9, most_entries=most_entries) if each.verbatim]
    return yaml.safe_load("\n".join(lines))


@pytest.mark.parametrize(
    ("each", "line"),
    [
        pytest.param(
            upgrade(FIND[0]),
            "upgrade openssl 3.0.11-1 -> 3.0.13-1, clears 1 (CVE-2026-0001)",
            id="one",
        ),
        pytest.param(
            upgrade(*FIND[:3], versions=("1", "2")),
            "upgrade openssl 1, 2 -> 3.0.13-1, clears 3"
            " (CVE-2026-0001, CVE-2026-0002, CVE-2026-0003)",
            id="as-many-as-are-named",
        ),
        pytest.param(
            upgrade(*FIND[:5]),
            "upgrade openssl 3.0.11-1 -> 3.0.13-1, clears 5"
            " (CVE-2026-0001, CVE-2026-0002, CVE-2026-0003 and 2 more)",
            id="more",
        ),
        pytest.param(
            upgrade(FIND[0], finding(1, version="2")),
            "upgrade openssl 3.0.11-1 -> 3.0.13-1, clears 2 (CVE-2026-0001)",
            id="one-advisory-twice",
        ),
        pytest.param(
            upgrade(finding(id=""), versions=("", "")),
            "upgrade openssl -> 3.0.13-1, clears 1",
            id="neither-id-nor-version",
        ),
        pytest.param(
            upgrade(FIND[0], package="a\n::error::b\x1b[31m"),
            "upgrade a ::error::b 3.0.11-1 -> 3.0.13-1, clears 1 (CVE-2026-0001)",
            id="hostile",
        ),
    ],
)  # fmt: skip
def test_upgrade(each: Upgrade, line: str) -> None:
    assert told(FixPlan(upgrades=(each,))) == [line, PROMISE]


def test_packages_of_one_name_are_told_apart() -> None:
    upgrades = (
        upgrade(FIND[0], package="zlib", type="debian"),
        upgrade(FIND[1], package="zlib", type="npm"),
        upgrade(FIND[2], package="zlib", type=""),
        upgrade(FIND[3], package="curl", type="debian"),
    )
    names = [line.split(" 3.0")[0] for line in told(FixPlan(upgrades=upgrades))[:4]]
    assert names == [
        *("upgrade zlib (debian)", "upgrade zlib (npm)"),
        *("upgrade zlib", "upgrade curl"),
    ]


@pytest.mark.parametrize(
    ("plan", "outlook"),
    [
        pytest.param(FixPlan(upgrades=(upgrade(FIND[0]),)), [PROMISE], id="all-is-well"),
        pytest.param(
            FixPlan(upgrades=(upgrade(FIND[0]),), remains=(REMAINDER,)),
            ["then max-high would still be at 3, 0 allowed"],
            id="not-enough",
        ),
        pytest.param(
            FixPlan(remains=(REMAINDER,)),
            ["no upgrade helps max-high: it stays at 3, 0 allowed"],
            id="no-upgrade",
        ),
        pytest.param(FixPlan(), [], id="nothing-to-do"),
    ],
)
def test_outlook(plan: FixPlan, outlook: list[str]) -> None:
    assert told(plan)[len(plan.upgrades) :] == outlook


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param(
            {"state": IgnoreState.EXPIRED},
            "remove the ignore of CVE-2026-0001 (scangate.yaml:12): it expired on 2026-12-31",
            id="expired",
        ),
        pytest.param(
            {"package": "zlib*"},
            "remove the ignore of CVE-2026-0001 in zlib* (scangate.yaml:12):"
            " it takes nothing out of the count",
            id="unused",
        ),
        pytest.param(
            {"written": "", "id": "x\n##[error]"},
            "remove the ignore of x # #[error]: it takes nothing out of the count",
            id="hostile",
        ),
        pytest.param(
            {"id": "x" * 10_000, "package": "y" * 10_000},
            f"remove the ignore of {'x' * 199}… in {'y' * 199}… (scangate.yaml:12):"
            " it takes nothing out of the count",
            id="endless",
        ),
    ],
)
def test_removal(changes: dict[str, object], line: str) -> None:
    assert told(FixPlan(removable=(ignore(**changes),))) == [line]  # type: ignore[arg-type]  # fields of the sample


def test_drafts_are_entries_to_paste() -> None:
    first, second, *_ = drafted = (draft(3), draft(4, package="yes"))
    assert entries(FixPlan(drafts=drafted)) == [
        {
            "id": each.id,
            "package": each.package,
            "while_unfixed": True,
            "reason": "",
            "expires": dt.date(2026, 12, 22),
        }
        for each in (first, second)
    ]


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(draft(id=HOSTILE), id="hostile"),
        pytest.param(draft(package="##[error]"), id="command"),
        pytest.param(draft(package="[[ATTACHMENT|/etc/passwd]]"), id="attachment"),
        pytest.param(draft(id="x" * 600), id="endless"),
    ],
)
def test_an_entry_that_cannot_be_shown_as_it_is_is_only_counted(bad: IgnoreDraft) -> None:
    plan = FixPlan(drafts=(bad, draft(4)))
    assert entries(plan) == yaml.safe_load(render_draft(draft(4)))
    assert told(FixPlan(drafts=(bad,))) == ["… and 1 more to accept: `-o json` has all"]
    assert told(plan)[-1] == "… and 1 more to accept: `-o json` has all"


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        pytest.param(
            FixPlan(upgrades=tuple(map(upgrade, FIND)), remains=(REMAINDER,)),
            [*("upgrade openssl",) * 2, "… and 6 more to upgrade", "then max-high"],
            id="upgrades",
        ),
        pytest.param(
            FixPlan(remains=(REMAINDER,) * 3),
            [*("no upgrade helps max-high",) * 2, "… and 1 more still over their limit"],
            id="remains",
        ),
        pytest.param(
            FixPlan(removable=(ignore(),) * 5),
            [*("remove the ignore of CVE-2026-0001",) * 2, "… and 3 more to remove"],
            id="removable",
        ),
        pytest.param(
            FixPlan(drafts=(draft(),) * 3),
            [
                "to accept",
                "  - id",
                "    p",
                "    w",
                "    r",
                "    e",
                "… and 2 more to accept: `-o json` has all",
            ],
            id="drafts",
        ),
        pytest.param(
            FixPlan(removable=(ignore(),) * 2),
            ["remove the ignore of CVE-2026-0001"] * 2,
            id="at-the-limit",
        ),
    ],
)
def test_long_lists_are_cut(plan: FixPlan, lines: list[str]) -> None:
    written = told(plan, most=2, most_entries=1)
    assert len(written) == len(lines)
    assert [a for a, b in zip(written, lines, strict=True) if not a.startswith(b)] == []


@unhurried
@given(fix_plans)
def test_every_line_is_harmless_and_every_entry_means_its_draft(plan: FixPlan) -> None:
    for line in told(plan):
        assert not CONTROL.search(line)
        assert not RUNNER_COMMAND.search(line)
        assert len(line) <= 1500
    known = {(each.id, each.package, each.expires) for each in plan.drafts}
    pasted = entries(plan) or []
    assert isinstance(pasted, list)
    assert {(each["id"], each["package"], each["expires"]) for each in pasted} <= known


def test_control_a_drafts_text_alone_is_not_harmless() -> None:
    text = render_draft(draft(package="##[error]"))
    assert clean(text) != text
    assert RUNNER_COMMAND.search(text)

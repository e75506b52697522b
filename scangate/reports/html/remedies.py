"""What to do about findings, and what was decided not to do: the fix plan and the exceptions."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from scangate.fixes import render_draft
from scangate.report import (
    Bucket,
    Excess,
    FixPlan,
    IgnoreDraft,
    IgnoreOutcome,
    IgnoreState,
    ImageOutcome,
    Suppression,
    Upgrade,
)
from scangate.reports.html.markup import (
    COMMA,
    NOTHING,
    SPACE,
    Markup,
    joined,
    lines,
    short,
    tag,
    text,
)
from scangate.reports.html.parts import listed, table
from scangate.reports.text import clean

PROMISE = "With these upgrades the verdict would pass."

_MOST_IDS = 10
_LONGEST_ENTRY = 2000


def fix_plan(plan: FixPlan) -> Markup:
    """Say what to upgrade, what would remain, what could be accepted and what can go."""
    return joined(
        (
            _upgrades(plan.upgrades),
            _outlook(plan),
            _entries(plan.drafts),
            _removals(plan.removable),
        )
    )


def _upgrades(upgrades: Sequence[Upgrade]) -> Markup:
    if not upgrades:
        return NOTHING
    columns = ("Package", "Installed", "Upgrade to", "Clears", "Advisories")
    caption = "Upgrades, needed together; the one that clears most first"
    return table("upgrades", caption, columns=columns, rows=map(_upgrade, upgrades))


def _upgrade(upgrade: Upgrade) -> Sequence[str]:
    kind = tag("small", short(upgrade.type)) if upgrade.type else NOTHING
    return (
        joined((short(upgrade.package) or text("(no package named)"), kind), by=SPACE),
        short(", ".join(filter(None, upgrade.versions))),
        short(upgrade.to),
        str(len(upgrade.findings)),
        _ids(upgrade),
    )


def _ids(upgrade: Upgrade) -> Markup:
    told = dict.fromkeys(finding.vulnerability.id for finding in upgrade.findings)
    ids = [short(each) for each in told if each]
    more = len(ids) - _MOST_IDS
    tail = [text(f"and {more} more, listed below")] if more > 0 else []
    return joined([*ids[:_MOST_IDS], *tail], by=COMMA)


def _outlook(plan: FixPlan) -> Markup:
    """Say what the rules would say after the upgrades."""
    if plan.upgrades and not plan.remains:
        return tag("p", PROMISE, class_="promise")
    then = "With these upgrades" if plan.upgrades else "No upgrade helps:"
    return listed((_remainder(each, then) for each in plan.remains), class_="remains")


def _remainder(excess: Excess, then: str) -> Markup:
    tail = f"would still be at {excess.count}, {excess.max} allowed."
    return joined((then, tag("b", short(excess.rule)), tail), by=SPACE)


def _entries(drafts: Sequence[IgnoreDraft]) -> Markup:
    """Write drafts as entries of the policy.

    One that could be shown only altered would be for something else, so it is left out.
    """
    written = [text for text in map(render_draft, drafts) if _whole(text)]
    more = len(drafts) - len(written)
    why = "To accept what has no fix for a while, add to the policy's ignore list, with a reason:"
    left_out = f"{more} more cannot be shown here as they are; the JSON report has all."
    return joined(
        (
            joined((tag("p", why), tag("pre", lines("".join(written))))) if written else NOTHING,
            tag("p", left_out) if more else NOTHING,
        )
    )


def _whole(entry: str) -> bool:
    return len(entry) <= _LONGEST_ENTRY and clean(entry) == entry


def _removals(removable: Sequence[IgnoreOutcome]) -> Markup:
    if not removable:
        return NOTHING
    return joined(
        (
            tag("p", "Ignore entries that do nothing and can be removed:"),
            listed(map(_removal, removable), class_="removable"),
        )
    )


def _removal(ignore: IgnoreOutcome) -> Markup:
    package = f"in {ignore.package}" if ignore.package else ""
    why = "it takes nothing out of the count"
    if ignore.state is IgnoreState.EXPIRED:
        why = f"it expired on {ignore.expires}" if ignore.expires else "it has expired"
    parts = (tag("b", short(ignore.id)), short(package), short(ignore.written))
    return joined((*filter(None, parts), text(f"({why})")), by=SPACE)


def exceptions(outcome: ImageOutcome) -> Markup:
    """Show the ignore entries in whose scope the image is, and the VEX statements that apply."""
    return joined((_ignores(outcome.ignores), _statements(outcome)))


def _ignores(ignores: Sequence[IgnoreOutcome]) -> Markup:
    if not ignores:
        return NOTHING
    columns = (
        *("Advisory", "State", "Takes out", "Package", "Reason", "Last day (UTC)"),
        *("Owner", "Ticket", "Written in"),
    )
    caption = "Ignore entries of the policy"
    return table("ignores", caption, columns=columns, rows=map(_ignore, ignores))


def _ignore(ignore: IgnoreOutcome) -> Sequence[str]:
    return (
        short(ignore.id),
        tag("b", ignore.state.value),
        str(ignore.count),
        short(ignore.package) or "any",
        text(ignore.reason),
        _last_day(ignore.expires),
        short(ignore.owner),
        short(ignore.ticket),
        short(ignore.written),
    )


def _last_day(expires: dt.date | None) -> str:
    return "never ends" if expires is None else expires.isoformat()


def _statements(outcome: ImageOutcome) -> Markup:
    why = (finding.suppression for finding in outcome.findings or ())
    told = Counter(each for each in why if each is not None and each.bucket is Bucket.VEX)
    if not told:
        return NOTHING
    columns = ("Statement of", "Takes out", "Reason", "Last day (UTC)")
    caption = "VEX statements that apply"
    rows = (_statement(each, count) for each, count in told.items())
    return table("statements", caption, columns=columns, rows=rows)


def _statement(why: Suppression, count: int) -> Sequence[str]:
    return (short(why.by), str(count), text(why.reason), _last_day(why.expires))

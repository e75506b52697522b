"""What to do about findings, and what was decided not to do: the fix plan and the exceptions."""

from collections import Counter
from collections.abc import Sequence

from scangate.fixes import render_draft
from scangate.report import (
    Excess,
    FixPlan,
    IgnoreDraft,
    IgnoreOutcome,
    IgnoreState,
    Upgrade,
)
from scangate.reports.buckets import Exempt, ExemptList
from scangate.reports.markdown.markup import (
    COMMA,
    NOTHING,
    Markup,
    bullets,
    code,
    details,
    fenced,
    joined,
    paragraphs,
    prose,
    table,
)
from scangate.reports.markdown.parts import folded, more, number
from scangate.reports.text import clean

PROMISE = "With these upgrades the verdict would pass."

_MOST_IDS = 3
_LONGEST_ENTRY = 500


def fix_plan(plan: FixPlan, *, most: int) -> Markup:
    """Say what to upgrade, what would remain, what could be accepted and what can go.

    At most so many of each kind are shown.
    """
    return paragraphs(
        (
            _upgrades(plan.upgrades, most),
            _outlook(plan, most),
            _entries(plan.drafts, most),
            _removals(plan.removable, most),
        )
    )


def _upgrades(upgrades: Sequence[Upgrade], most: int) -> Markup:
    if not upgrades:
        return NOTHING
    names = Counter(each.package for each in upgrades)

    def write(rows: Sequence[Upgrade]) -> Markup:
        cells = [_upgrade(each, alone=names[each.package] == 1) for each in rows]
        columns = ("Upgrade", "Installed", "To", "Clears", "Vulnerabilities")
        return table(columns, cells, numbers=("Clears",))

    shown = folded(upgrades[:most], "to upgrade", write)
    return paragraphs((shown, more(len(upgrades) - most, "to upgrade")))


def _upgrade(upgrade: Upgrade, *, alone: bool) -> Sequence[str]:
    """Tell the type only where two packages have one name."""
    name = code(upgrade.package)
    kind = code(upgrade.type)
    return (
        joined((name, Markup(f"({kind})"))) if kind and not alone else name,
        code(", ".join(filter(None, upgrade.versions))),
        code(upgrade.to),
        number(len(upgrade.findings)),
        _ids(upgrade),
    )


def _ids(upgrade: Upgrade) -> Markup:
    told = dict.fromkeys(finding.vulnerability.id for finding in upgrade.findings)
    ids = [code(each) for each in told if each]
    left_out = len(ids) - _MOST_IDS
    tail = f"and {left_out} more" if left_out > 0 else ""
    return joined((joined(ids[:_MOST_IDS], by=COMMA), tail))


def _outlook(plan: FixPlan, most: int) -> Markup:
    """Say what the rules would say after the upgrades."""
    if plan.upgrades and not plan.remains:
        return prose(PROMISE)
    then = "With these upgrades" if plan.upgrades else "No upgrade helps:"
    shown = [_remainder(each, then) for each in plan.remains[:most]]
    return bullets([*shown, more(len(plan.remains) - most, "still over their limit")])


def _remainder(excess: Excess, then: str) -> Markup:
    tail = f"would still be at {number(excess.count)}, {number(excess.max)} allowed."
    return joined((then, code(excess.rule), Markup(tail)))


def _entries(drafts: Sequence[IgnoreDraft], most: int) -> Markup:
    """Write drafts as entries of the policy.

    One that could be shown only altered would be for something else, so it is left out.
    """
    written = [text for text in map(render_draft, drafts) if _whole(text)][:most]
    left_out = more(len(drafts) - len(written), "to accept")
    if not written:
        return left_out
    why = prose("Add them to the ignore list of the policy, and say why:")
    content = paragraphs((why, fenced("".join(written)), left_out))
    return details("To accept for a while what has no fix", content)


def _whole(entry: str) -> bool:
    return len(entry) <= _LONGEST_ENTRY and clean(entry) == entry


def _removals(removable: Sequence[IgnoreOutcome], most: int) -> Markup:
    if not removable:
        return NOTHING
    why = prose("Entries of the ignore list that can be removed:")
    shown = [*map(_removal, removable[:most]), more(len(removable) - most, "to remove")]
    return paragraphs((why, bullets(shown)))


def _removal(ignore: IgnoreOutcome) -> Markup:
    package, written = code(ignore.package), code(ignore.written)
    scope = joined(("in", package)) if package else NOTHING
    where = Markup(f"({written})") if written else NOTHING
    why = "takes nothing out of the count"
    if ignore.state is IgnoreState.EXPIRED:
        why = f"expired on {ignore.expires}" if ignore.expires else "has expired"
    return joined((code(ignore.id), scope, where, Markup(why)))


def exceptions(found: ExemptList) -> Markup:
    """Show what somebody takes out of the count, who and until when; nothing if nobody does."""
    if not found.lines:
        return NOTHING
    shown = folded(found.lines, "not counted", _exempt)
    return paragraphs((shown, more(found.left_out, "not counted")))


def _exempt(lines: Sequence[Exempt]) -> Markup:
    columns = ("Not counted", "Severity", "Package", "Expires", "By", "Reason")
    return table(columns, map(_exempt_row, lines))


def _exempt_row(each: Exempt) -> Sequence[str]:
    return (
        code(each.line.id),
        each.line.severity.value,
        code(each.line.name_packages(100)),
        Markup(each.expires),
        code(each.by),
        each.reason,
    )

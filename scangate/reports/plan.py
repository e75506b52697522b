"""A fix plan as lines to read: what to upgrade, what to accept for a while, what can go.

What follows from the plan is decided in `fixes`, not here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from scangate.fixes import render_draft
from scangate.model import Value
from scangate.report import Excess, FixPlan, IgnoreDraft, IgnoreOutcome, IgnoreState, Upgrade
from scangate.reports.text import clean, clean_line

_LONGEST = 500
_LONGEST_PART = 200
_MOST_IDS = 3


class Advice(Value, frozen=True):
    """A harmless line. `verbatim` is for lines of YAML, which are to be copied as they are."""

    text: str
    verbatim: bool = False


def advise(plan: FixPlan, *, most: int, most_entries: int) -> Iterator[Advice]:
    """Say what to do, in at most so many lines of each kind and so many entries to copy."""
    for text in _upgrades(plan.upgrades, most):
        yield Advice(text=text)
    for text in _outlook(plan, most):
        yield Advice(text=text)
    yield from _entries(plan.drafts, most_entries)
    for text in _removals(plan.removable, most):
        yield Advice(text=text)


def _upgrades(upgrades: Sequence[Upgrade], most: int) -> Iterator[str]:
    names = Counter(each.package for each in upgrades)
    for each in upgrades[:most]:
        yield _upgrade(each, alone=names[each.package] == 1)
    yield from _more(len(upgrades) - most, "to upgrade")


def _upgrade(upgrade: Upgrade, *, alone: bool) -> str:
    kind = "" if alone or not upgrade.type else f" ({_part(upgrade.type)})"
    installed = _part(", ".join(filter(None, upgrade.versions)))
    name = f"{_part(upgrade.package)}{kind} {installed}".rstrip()
    return f"upgrade {name} -> {_part(upgrade.to)}, clears {len(upgrade.findings)}{_ids(upgrade)}"


def _ids(upgrade: Upgrade) -> str:
    told = dict.fromkeys(finding.vulnerability.id for finding in upgrade.findings)
    ids = [_part(each) for each in told if each]
    more = len(ids) - _MOST_IDS
    tail = f" and {more} more" if more > 0 else ""
    return f" ({', '.join(ids[:_MOST_IDS])}{tail})" if ids else ""


def _outlook(plan: FixPlan, most: int) -> Iterator[str]:
    """Say what the rules would say after the upgrades."""
    if plan.upgrades and not plan.remains:
        yield "then the verdict would pass"
    for each in plan.remains[:most]:
        yield _remainder(each, upgraded=bool(plan.upgrades))
    yield from _more(len(plan.remains) - most, "still over their limit")


def _remainder(excess: Excess, *, upgraded: bool) -> str:
    rule, at = _part(excess.rule), f"at {excess.count}, {excess.max} allowed"
    if upgraded:
        return f"then {rule} would still be {at}"
    return f"no upgrade helps {rule}: it stays {at}"


def _entries(drafts: Sequence[IgnoreDraft], most: int) -> Iterator[Advice]:
    """Write drafts as entries of the policy.

    One that could be shown only altered would be for something else, so it is left out.
    """
    written = map(render_draft, drafts)
    whole = [text for text in written if len(text) <= _LONGEST and clean(text) == text][:most]
    if whole:
        why = "to accept what has no fix for a while, add to the policy's `ignore`, with a reason:"
        yield Advice(text=why)
    for entry in whole:
        for line in entry.splitlines():
            yield Advice(text=f"  {line}", verbatim=True)
    for text in _more(len(drafts) - len(whole), "to accept: `-o json` has all"):
        yield Advice(text=text)


def _removals(removable: Sequence[IgnoreOutcome], most: int) -> Iterator[str]:
    for each in removable[:most]:
        yield _removal(each)
    yield from _more(len(removable) - most, "to remove")


def _removal(ignore: IgnoreOutcome) -> str:
    package = f" in {_part(ignore.package)}" if ignore.package else ""
    where = f" ({_part(ignore.written)})" if ignore.written else ""
    why = "it takes nothing out of the count"
    if ignore.state is IgnoreState.EXPIRED:
        why = f"it expired on {ignore.expires}" if ignore.expires else "it has expired"
    return f"remove the ignore of {_part(ignore.id)}{package}{where}: {why}"


def _part(text: str) -> str:
    """Make foreign text harmless and so short that the rest of its line is still read."""
    return clean_line(text, most=_LONGEST_PART)


def _more(left_out: int, what: str) -> Iterator[str]:
    if left_out > 0:
        yield f"… and {left_out} more {what}"

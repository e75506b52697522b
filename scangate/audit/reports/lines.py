"""Facts and sentences of an audit that more than one of its formats tells, so all tell them alike.

What stands here may hold foreign text; each format makes it harmless in its own way.
"""

from collections.abc import Iterator, Sequence

from scangate.audit.audit import Audit
from scangate.audit.changes import Changes, Turned
from scangate.audit.digested import Advisory, Judged
from scangate.audit.summary import Ending, Package
from scangate.model import Counts, Severity, Value
from scangate.report import WORST_FIRST
from scangate.reports.wording import BROKEN, caveats, counts_of, excess, failure_of

_MOST_IDS = 5


class Section(Value, frozen=True):
    """A list of images, each with a word on it, under a title of scangate's own."""

    title: str
    entries: tuple[tuple[str, str], ...]


def name_of(judged: Judged) -> str:
    """Name an image by its tag, which people know, or by its digest where it has none."""
    image = judged.outcome.image
    if image is None or not image.tags:
        return judged.outcome.reference
    return f"{image.repository}:{image.tags[0]}"


def why(judged: Judged) -> str:
    """Say why an image has no verdict, or which rules it breaks and by what."""
    failure = failure_of(judged.outcome)
    if failure is not None:
        return f"{failure.message} ({failure.kind})"
    broken = "; ".join(excess(rule) for rule in judged.outcome.rules if rule.verdict in BROKEN)
    found = findings(judged.advisories, more=judged.more)
    return f"{broken}: {found}" if found else broken


def findings(advisories: Sequence[Advisory], *, more: int = 0) -> str:
    """Name the first findings and count the others; empty without any."""
    named = list(dict.fromkeys(each.id for each in advisories if each.id))
    more += len(advisories) - sum(each.id in named[:_MOST_IDS] for each in advisories)
    tail = f" and {more} more" if more else ""
    return ", ".join(named[:_MOST_IDS]) + tail if named else ""


def extent(audit: Audit) -> str:
    """Say how much was seen: `12 of 40 images in 3 repositories`."""
    seen = audit.extent
    images = _number(seen.listed, "image")
    chosen = images if seen.chosen == seen.listed else f"{seen.chosen} of {images}"
    return f"{chosen} in {_number(seen.repositories, 'repository', 'repositories')}"


def tally(audit: Audit) -> str:
    """Say how many there are of each verdict: `2 fail, 1 error, 9 pass`."""
    verdicts = audit.summary.verdicts
    return ", ".join(f"{verdicts[it]} {it.value}" for it in WORST_FIRST if verdicts.get(it))


def notes(audit: Audit) -> Iterator[str]:
    """Say what a reader must know before trusting the verdict."""
    yield from caveats(audit.report)
    if audit.selection and audit.extent.chosen < audit.extent.listed:
        yield f"not every image was judged: only {', '.join(audit.selection)}"
    if audit.summary.believed:
        believed = _number(audit.summary.believed, "image")
        yield (
            f"{believed} passed by counts alone, where check would list the vulnerabilities, too: "
            "--rows lists them"
        )
    if audit.extent.gone:
        gone = _number(audit.extent.gone, "image")
        yield f"{gone} with scans could not be found: deleted, says the registry"


def prospect(audit: Audit) -> str:
    """Say what the upgrades come to; empty where there are none."""
    summary = audit.summary
    if not summary.packages:
        return ""
    images = _number(len(summary.violating), "violating image")
    return f"with all upgrades {summary.fixable} of {images} would pass"


def package_of(package: Package) -> str:
    """Name a package with its type."""
    return f"{package.name} ({package.type})" if package.type else package.name


def ending_of(ending: Ending) -> str:
    """Say what ends: `the ignore of CVE-1 in zlib ends on 2026-12-01`."""
    ignore = ending.ignore
    package = f" in {ignore.package}" if ignore.package else ""
    ends = "ended" if ending.expired else "ends"
    answers = ", ".join(filter(None, (ignore.owner, ignore.ticket)))
    who = f", {answers}" if answers else ""
    return f"the ignore of {ignore.id}{package} {ends} on {ignore.expires} ({ignore.written}{who})"


def worst(audit: Audit) -> Section:
    """Return the violating images, with how much is in them."""
    entries = (
        (name_of(each), f"{_numbers(each)}; {why(each)}") for each in audit.summary.violating
    )
    return Section(title="Worst images", entries=tuple(entries))


def _numbers(judged: Judged) -> str:
    counts = counts_of(judged.outcome) or Counts()
    shown = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.UNDEFINED)
    told = [f"{counts.of(it)} {it.value}" for it in shown if counts.of(it)]
    return ", ".join(told) or "none of a higher severity"


def unjudged(audit: Audit) -> Iterator[Section]:
    """Yield what has no verdict, by the reason why."""
    summary = audit.summary
    yield Section(title="Without a scan", entries=_told(summary.unscanned))
    yield Section(title="Stale scans", entries=_told(summary.stale))
    unknown = ((name_of(each), _what_next(each)) for each in summary.unknown)
    yield Section(title="Not known", entries=tuple(unknown))


def _told(images: Sequence[Judged]) -> tuple[tuple[str, str], ...]:
    return tuple((name_of(each), why(each)) for each in images)


def _what_next(judged: Judged) -> str:
    failure = failure_of(judged.outcome)
    hint = f"; next: {failure.hint}" if failure and failure.hint else ""
    return why(judged) + hint


def turned(changes: Changes) -> Iterator[Section]:
    """Yield what is different since the earlier audit."""
    yield Section(title="Turned to fail", entries=tuple(map(_turned, changes.worse)))
    yield Section(title="Without a verdict now", entries=tuple(map(_turned, changes.lost)))
    yield Section(title="Pass again", entries=tuple(map(_turned, changes.better)))
    yield Section(title="Judged again", entries=tuple(map(_turned, changes.found)))
    new = tuple((name_of(each), each.outcome.verdict.value) for each in changes.new)
    yield Section(title="New images", entries=new)
    removed = tuple((reference, "deleted, or not chosen now") for reference in changes.removed)
    yield Section(title="No longer judged", entries=removed)


def compared(changes: Changes) -> str:
    """Say in a line what is different."""
    numbers = [f"{len(section.entries)} {section.title.lower()}" for section in turned(changes)]
    return f"since {changes.since}: {', '.join(numbers)}"


def _turned(each: Turned) -> tuple[str, str]:
    found = findings(each.advisories, more=each.judged.more)
    broken = why(each.judged) if not found else f"by {found}"
    tail = f": {broken}" if broken else ""
    return name_of(each.judged), f"was {each.was.value}{tail}"


def _number(number: int, word: str, several: str = "") -> str:
    return f"{number} {word if number == 1 else several or f'{word}s'}"

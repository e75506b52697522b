"""The words of a page, made anew from the values that it tells of."""

from scangate.report import (
    Bucket,
    Finding,
    IgnoreOutcome,
    IgnoreState,
    ImageOutcome,
    RuleOutcome,
    Suppression,
    Upgrade,
)
from scangate.reports.text import clean_line
from scangate.reports.wording import BROKEN

from .html_page import spaced

BUCKETS = {
    Bucket.COUNTED: "counted",
    Bucket.IGNORED: "ignored",
    Bucket.VEX: "by VEX",
    Bucket.UNSELECTED: "by no rule",
}
LONG = 2000
_SHORT = 200
_REASON = 500


def shown(text: str, most: int = LONG) -> str:
    """A foreign text as the page has it."""
    line = clean_line(text, most=2 * len(text) + 2)
    return spaced(line if len(line) <= most else f"{line[:most]}… (cut)")


def brief(text: str) -> str:
    """A name, a version or a place as the page has it."""
    return shown(text, _SHORT)


def image_words(outcome: ImageOutcome) -> str:
    platform = outcome.image.platform if outcome.image else ""
    return spaced(
        f"{brief(outcome.reference) or '(no name)'} {f'({platform})' if platform else ''}"
    )


def rule_row(rule: RuleOutcome) -> list[str]:
    about = rule.message if rule.verdict in BROKEN else rule.title
    return [
        spaced(f"{brief(rule.name) or '(no name)'} {shown(about)}"),
        "not judged" if rule.verdict is None else rule.verdict.value.upper(),
        "-" if rule.count is None else str(rule.count),
        str(rule.max),
        brief(str(rule.place)) if rule.place else "",
    ]


def upgrade_row(upgrade: Upgrade) -> list[str]:
    ids = dict.fromkeys(each.vulnerability.id for each in upgrade.findings)
    told = [brief(each) for each in ids if each]
    tail = [f"and {len(told) - 10} more, listed below"] if len(told) > 10 else []
    return [
        spaced(f"{brief(upgrade.package) or '(no package named)'} {brief(upgrade.type)}"),
        brief(", ".join(filter(None, upgrade.versions))),
        brief(upgrade.to),
        str(len(upgrade.findings)),
        spaced(", ".join([*told[:10], *tail])),
    ]


def removal_words(ignore: IgnoreOutcome) -> str:
    why = "it takes nothing out of the count"
    if ignore.state is IgnoreState.EXPIRED:
        why = f"it expired on {ignore.expires}" if ignore.expires else "it has expired"
    package = brief(f"in {ignore.package}") if ignore.package else ""
    return spaced(f"{brief(ignore.id)} {package} {brief(ignore.written)} ({why})")


def last_day(it: IgnoreOutcome | Suppression) -> str:
    return str(it.expires or "never ends")


def finding_row(finding: Finding) -> list[str]:
    row = finding.vulnerability
    word = f" ({row.severity_word})" if row.severity_word else ""
    where = ", ".join(filter(None, (brief(row.type), brief(row.origin))))
    fix = "not told" if row.fixable is None else brief(row.fixed_version) or "no fix yet"
    return [
        spaced(f"{brief(row.id) or '(no ID)'} {brief(row.link) if not linked(row.link) else ''}"),
        brief(f"{row.severity.value}{word}"),
        spaced(f"{brief(row.package) or '(no package named)'} {where}"),
        brief(row.version),
        fix,
        _story(finding),
        remarks(finding),
    ]


def linked(link: str) -> bool:
    """Of the links that tests make."""
    return link.startswith("https://avd.example/")


def _story(finding: Finding) -> str:
    why = finding.suppression
    word = BUCKETS[finding.bucket]
    if why is None:
        return spaced(f"{word} {', '.join(map(brief, finding.rules))}")
    until = f"until {why.expires}" if why.expires else "for ever"
    return spaced(f"{word} {until} {shown(why.reason, _REASON)} {brief(why.by)}")


def remarks(finding: Finding) -> str:
    new = "new" if finding.new else ""
    exploited = "known exploited" if finding.known_exploited else ""
    epss = "" if finding.epss is None else f"EPSS {finding.epss:.4g}"
    return ", ".join(filter(None, (new, exploited, epss)))


def ignore_row(ignore: IgnoreOutcome) -> list[str]:
    return [
        *(brief(ignore.id), ignore.state.value, str(ignore.count), brief(ignore.package) or "any"),
        *(shown(ignore.reason), last_day(ignore), brief(ignore.owner), brief(ignore.ticket)),
        brief(ignore.written),
    ]

"""GitLab's container scanning report: what is in the images, for its security dashboard.

The dashboard tells what was found, so every finding is in it, whether a rule counts it or not, and
says which. Only what an ignore entry or a VEX statement takes out is left out and told in a
message: GitLab's own analyzer drops what its allowlist names, and has no mark for an accepted risk.

The facts are of the schema (gitlab-org/security-products/security-report-schemas), of GitLab's
"Security scanner integration" and of its parser (lib/gitlab/ci/parsers/security/common.rb).
"""

import re
import uuid
from collections.abc import Iterator

import msgspec

from scangate.model import Severity, Vulnerability
from scangate.report import Finding, ImageOutcome, Report
from scangate.reports.gitlab.scan import scan_of
from scangate.reports.identity import Identities
from scangate.reports.names import Names, repository_of
from scangate.reports.text import clean_line

# GitLab takes a report whose version it has a schema of, so an old one suits most instances. What
# is written here is valid by the later ones too, up to 15.2.1
_VERSION = "15.0.7"
_SEVERITIES = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.NEGLIGIBLE: "Info",  # what GitLab ranks below Low
    Severity.UNDEFINED: "Unknown",  # to GitLab as here: it may be anything, look into it
}
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "scangate.finding")
_MOST_FINDINGS = 50_000  # GitLab takes 100,000, but of a file no more than 100 MB by default
_LONGEST = 1000
_LONGEST_NAME = 255

# Nearly all names and versions are like this, and then need no cleaning
_ORDINARY = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:~_-]{0,199}")
_LINK = re.compile(r"https?://[A-Za-z0-9][!#-;=?-Z_a-z~]{0,2000}")
_ADVISORY = re.compile(r"(CVE|GHSA|RHSA|ELSA|USN)-[0-9A-Za-z:-]{1,40}")
_ADVISORY_PAGES = {
    "CVE": "https://www.cve.org/CVERecord?id=",
    "GHSA": "https://github.com/advisories/",
    "RHSA": "https://access.redhat.com/errata/",
    "ELSA": "https://linux.oracle.com/errata/",
    "USN": "https://ubuntu.com/security/notices/",
}
# GitLab finds references, mentions and links in a title, but no Markdown that could contain them
_ACTIVE_IN_TITLE = re.compile(r"[^\w .:()+-]")


def render(report: Report) -> str:
    """Write the report as GitLab reads it from `artifacts:reports:container_scanning`."""
    document = msgspec.json.encode(_document(report))
    return msgspec.json.format(document, indent=2).decode() + "\n"


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the document; what is not known is left out."""


class _Identifier(_Part, frozen=True, kw_only=True):
    type: str
    name: str
    value: str
    url: str = ""


class _Link(_Part, frozen=True, kw_only=True):
    url: str


class _Entry(_Part, frozen=True, kw_only=True):
    id: str
    name: str
    description: str = ""
    severity: str
    solution: str = ""
    identifiers: tuple[_Identifier, ...]
    links: tuple[_Link, ...] = ()
    details: dict[str, dict[str, object]]
    location: dict[str, object]


class _Found(msgspec.Struct, frozen=True):
    """A finding, the image that it is in, and the part of its identity that stands for that."""

    finding: Finding
    image: str
    scope: str


def _document(report: Report) -> dict[str, object]:
    found = list(_found(report))
    left_out = len(found) - _MOST_FINDINGS
    if left_out > 0:
        found = sorted(found, key=_severity)[:_MOST_FINDINGS]
    identities = Identities()
    return {
        "version": _VERSION,
        "scan": scan_of(report, left_out=max(0, left_out)),
        "vulnerabilities": [_entry(each, identities) for each in found],
    }


def _found(report: Report) -> Iterator[_Found]:
    scopes = Names()
    for outcome in report.images:
        scope, image = scopes.give(repository_of(outcome)), _image(outcome)
        for finding in outcome.findings or ():
            if finding.suppression is None:
                yield _Found(finding, image, scope)


def _severity(found: _Found) -> int:
    return list(Severity).index(found.finding.vulnerability.severity)


def _image(outcome: ImageOutcome) -> str:
    """Name the image by its digest: what was judged.

    GitLab knows a finding again by the image, without its tag or digest, and the package; but a
    tag that looks like a version it leaves on, and so takes every release for another image. The
    report cannot know of `default_branch_image`, the image's name on another branch.
    """
    image = outcome.image
    known = image is not None and image.repository and image.digest
    told = f"{image.repository}@{image.digest}" if image and known else outcome.reference
    return clean_line(told, most=_LONGEST) or "(no name)"


def _entry(found: _Found, identities: Identities) -> _Entry:
    finding, row = found.finding, found.finding.vulnerability
    advisory, package, version = _shown(row.id), _shown(row.package), _shown(row.version)
    key = str(uuid.uuid5(_NAMESPACE, identities.give(found.scope, advisory, package)))
    link = row.link if _LINK.fullmatch(row.link) and "##" not in row.link else ""
    return _Entry(
        id=key,
        name=_ACTIVE_IN_TITLE.sub("_", advisory) or "Vulnerability without an ID",
        description=_description(row),
        severity=_SEVERITIES[row.severity],
        solution=_solution(package, version, _shown(row.fixed_version)),
        identifiers=(_identifier(advisory, link, key),),
        links=(_Link(url=link),) if link else (),
        details=_details(finding),
        location={
            "image": found.image,
            "operating_system": _operating_system(row),
            "dependency": {
                "package": {"name": package or "(no package named)"},
                "version": version,
            },
        },
    )


def _identifier(advisory: str, link: str, key: str) -> _Identifier:
    """Name the advisory. GitLab takes findings of a package with the same one for the same."""
    if not advisory:
        return _Identifier(type="scangate", name="No advisory ID", value=key)
    known = _ADVISORY.fullmatch(advisory)
    if known is None:
        return _Identifier(type="advisory", name=advisory, value=advisory, url=link)
    page = _ADVISORY_PAGES[known[1]] + advisory
    return _Identifier(type=known[1].lower(), name=advisory, value=advisory, url=page)


def _operating_system(row: Vulnerability) -> str:
    """Tell the distribution, whose release the service does not; `Unknown` for other packages.

    That is what Trivy's template for GitLab writes where it knows none.
    """
    return (_shown(row.type) if row.origin == "os" else "") or "Unknown"


def _description(row: Vulnerability) -> str:
    """Say what no other field does. GitLab renders it, and the solution, as Markdown."""
    told = []
    if not row.described:
        told.append("The scan tells neither the advisory nor the package.")
    word = _shown(row.severity_word)
    if word:
        told.append(f"The scan rates it {_code(word)}, a word that scangate does not know.")
    return " ".join(told)


def _solution(package: str, version: str, fixed: str) -> str:
    if not fixed:
        return ""
    what = f" {_code(package)}" if package else ""
    since = f" from {_code(version)}" if version else ""
    return f"Upgrade{what}{since} to {_code(fixed)}."


def _details(finding: Finding) -> dict[str, dict[str, object]]:
    """Tell what the policy knows, as fields that GitLab shows without rendering them."""
    rules = ", ".join(filter(None, map(_shown, finding.rules)))
    kind = _shown(finding.vulnerability.type)
    details: dict[str, dict[str, object]] = {"gate": _text("Counted by", rules or "no rule")}
    if kind:
        details["package_type"] = _text("Package type", kind)
    if finding.known_exploited is not None:
        details["known_exploited"] = _value("Known to be exploited", finding.known_exploited)
    if finding.epss is not None:
        details["epss"] = _value("Probability of exploitation (EPSS)", finding.epss)
    if finding.new is not None:
        details["new"] = _value("Not in the baseline", finding.new)
    return details


def _text(name: str, text: str) -> dict[str, object]:
    return {"name": name, "type": "text", "value": text}


def _value(name: str, value: float) -> dict[str, object]:
    return {"name": name, "type": "value", "value": value}


def _shown(text: str) -> str:
    if _ORDINARY.fullmatch(text):
        return text
    return clean_line(text[: _LONGEST_NAME * 10], most=_LONGEST_NAME)


def _code(shown: str) -> str:
    """Write it as code, in which Markdown finds no mention, reference, link or HTML."""
    return "`" + shown.replace("`", "'") + "`"

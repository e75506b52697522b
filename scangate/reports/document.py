"""The JSON report as types: its keys, their meaning, and so its JSON Schema.

Every key is always present; what is not known is null, and a list that was not read is null too,
never empty. Later versions may add keys within `schemaVersion` 1.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Natural = Annotated[int, Meta(ge=0)]
Probability = Annotated[float, Meta(ge=0, le=1)]
VerdictWord = Literal["pass", "warn", "fail", "error"]
RuleVerdictWord = Literal["pass", "warn", "fail", "skipped"]
SeverityWord = Literal["critical", "high", "medium", "low", "negligible", "undefined"]


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of the document."""


class Tool(Part, frozen=True):
    """What wrote the report."""

    name: Literal["scangate"]
    version: str


class GivenVex(Part, frozen=True):
    """A VEX document that the option --vex named."""

    file: str
    sha256: Annotated[str, Meta(description="The digest of the file.")]


class AppliedPolicy(Part, frozen=True):
    """The policy that judged, to be compared with the expected one."""

    name: str
    source: Annotated[str, Meta(description="A file, or the name of a built-in policy.")]
    sha256: Annotated[str, Meta(description="As the option --policy-sha256 takes it.")]
    feeds: Annotated[tuple[str, ...], Meta(description="What it judges by, each with its date.")]
    vex: Annotated[
        tuple[GivenVex, ...],
        Meta(description="Given beside it: its digest does not tell them."),
    ]


class SeverityCounts(Part, frozen=True):
    """The number of findings of each severity."""

    critical: Natural
    high: Natural
    medium: Natural
    low: Natural
    negligible: Natural
    undefined: Annotated[Natural, Meta(description="Those without a rating.")]
    total: Natural


class Scan(Part, frozen=True):
    """The scan result that was judged or, without a verdict, the last one looked at."""

    id: str
    status: Annotated[
        Literal["QUEUED", "RUNNING", "READY", "ERROR", "CANCELLED", "UNKNOWN"],
        Meta(description="Only a READY result is ever judged."),
    ]
    scanned_at: Annotated[str | None, Meta(description="RFC 3339 in UTC, to the nanosecond.")]
    waited_seconds: Annotated[float, Meta(description="How long the gate waited for it.")]
    counts: Annotated[SeverityCounts | None, Meta(description="Null when they are not known.")]


class Ignored(Part, frozen=True):
    """Why a finding is not counted."""

    reason: str
    expires: Annotated[str | None, Meta(description="The last day in UTC; null: never.")]
    by: Annotated[str, Meta(description="What says so: the policy or a VEX document.")]


class Counted(Part, frozen=True):
    """How many findings are in each bucket: every one is in exactly one."""

    counted: Annotated[Natural, Meta(description="A rule counts them.")]
    ignored: Annotated[Natural, Meta(description="An ignore entry of the policy takes them out.")]
    vex: Annotated[Natural, Meta(description="A VEX statement takes them out.")]
    unselected: Annotated[Natural, Meta(description="No rule is about them.")]


class Finding(Part, frozen=True):
    """An advisory that affects one package of the image."""

    id: str | None
    severity: Annotated[
        SeverityWord, Meta(description="A word that scangate does not know counts as critical.")
    ]
    package: Annotated[str | None, Meta(description="Null when the service named none.")]
    version: str | None
    fixed_by: Annotated[str | None, Meta(description="The version without it; null: none yet.")]
    type: str | None
    origin: str | None
    link: str | None
    new: Annotated[bool | None, Meta(description="Not in the baseline; null without one.")]
    known_exploited: Annotated[
        bool | None, Meta(description="In the KEV catalog; null where none was asked.")
    ]
    epss: Annotated[
        Probability | None, Meta(description="The probability of exploitation; null if not known.")
    ]
    bucket: Annotated[
        Literal["counted", "ignored", "vex", "unselected"],
        Meta(description="What became of it: counted by a rule, or why not."),
    ]
    rules: Annotated[tuple[str, ...], Meta(description="The names of the rules that count it.")]
    ignored: Annotated[
        Ignored | None, Meta(description="Null unless it is taken out of the count.")
    ]


class Rule(Part, frozen=True):
    """What a rule of the policy says of the image."""

    name: str
    verdict: Annotated[RuleVerdictWord, Meta(description="Skipped: it could not be judged.")]
    count: Annotated[Natural | None, Meta(description="Null when it could not be judged.")]
    max: Annotated[Natural, Meta(description="The most findings that the rule allows.")]
    findings: Annotated[
        tuple[Finding, ...] | None, Meta(description="Those it counts; null when not listed.")
    ]
    message: Annotated[str, Meta(description="What the policy says to whoever violates it.")]


class Ignore(Part, frozen=True):
    """An accepted risk of the policy, and what became of it."""

    id: str
    package: str | None
    reason: str
    expires: Annotated[str | None, Meta(description="The last day in UTC; null: never.")]
    owner: str | None
    ticket: str | None
    state: Literal["used", "unused", "expired"]
    count: Annotated[Natural, Meta(description="How many findings it takes out of the count.")]
    by: Annotated[str, Meta(description="Where it is written.")]


class Upgrade(Part, frozen=True):
    """A package to upgrade, and what that clears."""

    package: str
    type: Annotated[str | None, Meta(description="It tells packages of one name apart.")]
    versions: Annotated[tuple[str, ...], Meta(description="The installed versions.")]
    to: Annotated[str, Meta(description="The lowest version that clears them.")]
    clears: Annotated[tuple[str, ...], Meta(description="The IDs of the advisories it clears.")]


class Remainder(Part, frozen=True):
    """A rule that would still be violated after all upgrades."""

    rule: str
    count: Natural
    max: Natural


class IgnoreDraft(Part, frozen=True):
    """An ignore entry that could be written, if somebody has a reason."""

    id: str
    package: str
    while_unfixed: Literal[True]
    expires: Annotated[str, Meta(description="The last day in UTC.")]


class FixPlan(Part, frozen=True):
    """What to do about violated rules."""

    upgrades: Annotated[
        tuple[Upgrade, ...], Meta(description="Needed together; the one that clears most first.")
    ]
    remains: Annotated[
        tuple[Remainder, ...], Meta(description="Empty if the upgrades would turn the verdict.")
    ]
    drafts: Annotated[
        tuple[IgnoreDraft, ...], Meta(description="For findings that no upgrade clears.")
    ]
    removable: Annotated[
        tuple[str, ...], Meta(description="Where ignore entries are written that do nothing.")
    ]


class Error(Part, frozen=True):
    """Why no verdict could be reached."""

    kind: Annotated[str, Meta(description="A stable word, such as scan-missing.")]
    message: str
    hint: Annotated[str, Meta(description="What to do next; empty when that is not known.")]


class JudgedImage(Part, frozen=True):
    """One image that was gated."""

    reference: Annotated[str, Meta(description="As the user named it.")]
    image_id: Annotated[str | None, Meta(description="Null when the image was not found.")]
    digest: Annotated[str | None, Meta(description="The digest that was judged.")]
    platform: Annotated[
        str | None, Meta(description="Of several platforms, the one that was judged.")
    ]
    index_digest: Annotated[
        str | None, Meta(description="The digest of the index that names the platforms.")
    ]
    pinned: Annotated[
        str | None, Meta(description="The reference by digest to deploy: what was judged.")
    ]
    verdict: VerdictWord
    scan: Annotated[Scan | None, Meta(description="Null when no scan was seen.")]
    rules: tuple[Rule, ...]
    findings: Annotated[
        tuple[Finding, ...] | None, Meta(description="The worst first; null when not listed.")
    ]
    buckets: Annotated[Counted | None, Meta(description="Null when the findings were not listed.")]
    ignores: Annotated[
        tuple[Ignore, ...], Meta(description="The entries in whose scope the image is.")
    ]
    fix_plan: Annotated[
        FixPlan | None, Meta(description="Null when there is nothing to plan, or to plan from.")
    ]
    enforced: Annotated[bool, Meta(description="False where violations are only warned of.")]
    error: Annotated[Error | None, Meta(description="Null when there is a verdict.")]
    notices: Annotated[tuple[str, ...], Meta(description="Remarks that never change a verdict.")]


class Document(Part, frozen=True):
    """The verdict of scangate on one or more container images."""

    schema_version: Literal["1"]
    tool: Tool
    judged_at: Annotated[str, Meta(description="RFC 3339 in UTC: when it was judged.")]
    simulated_at: Annotated[
        str | None, Meta(description="The time that counted as now instead, given by --at.")
    ]
    mode: Annotated[
        str, Meta(description="enforce, warn (by the policy) or warn-only (by the option).")
    ]
    endpoint: Annotated[str, Meta(description="The API that was asked.")]
    endpoint_known: Annotated[bool, Meta(description="Whether it is one of a known cloud.")]
    api: str
    evidence: Annotated[str, Meta(description="registry, or file for a saved scan.")]
    baseline: Annotated[str | None, Meta(description="What --baseline named; null without one.")]
    policy: AppliedPolicy
    verdict: Annotated[VerdictWord, Meta(description="The worst of all images.")]
    exit_code: Annotated[Natural, Meta(description="0 only if every image passed.")]
    images: tuple[JudgedImage, ...]

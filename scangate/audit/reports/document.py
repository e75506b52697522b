"""The JSON of an audit as types: its keys, their meaning, and so its JSON Schema.

What an audit and a check both tell has the same name and meaning in both. Every key is always
present; what is not known is null. Later versions may add keys within `schemaVersion` 1.
"""

from typing import Annotated, Literal

from msgspec import Meta

from scangate.reports.document import (
    AppliedPolicy,
    Error,
    Natural,
    Part,
    RuleVerdictWord,
    SeverityCounts,
    SeverityWord,
    Tool,
    VerdictWord,
)


class Extent(Part, frozen=True):
    """What was audited, and how much of it there was."""

    target: str
    selection: Annotated[tuple[str, ...], Meta(description="By which limits images were chosen.")]
    repositories: Natural
    listed: Annotated[Natural, Meta(description="Images that the registry lists.")]
    chosen: Annotated[Natural, Meta(description="Those of them that were to be judged.")]
    gone: Annotated[Natural, Meta(description="Deleted images that still have scans.")]


class Verdicts(Part, frozen=True, rename={"passed": "pass"}):
    """The number of images, and of places without known images, of each verdict."""

    fail: Natural
    error: Natural
    warn: Natural
    passed: Annotated[Natural, Meta(description="Those that are within all limits.")]


class Package(Part, frozen=True):
    """A package whose upgrade helps violating images."""

    name: str
    type: str | None
    to: Annotated[str, Meta(description="The highest of the versions that are needed.")]
    images: Annotated[Natural, Meta(description="Violating images that need it to pass.")]
    alone: Annotated[Natural, Meta(description="Those of them that need nothing else.")]
    clears: Annotated[Natural, Meta(description="Findings that go with it.")]


class Ending(Part, frozen=True):
    """An ignore entry that ends within 14 days, or has ended."""

    id: str
    package: str | None
    expires: str
    expired: bool
    owner: str | None
    ticket: str | None
    by: str
    images: Annotated[Natural, Meta(description="Images in which it takes a finding out.")]


class Summary(Part, frozen=True):
    """What it comes to. The images themselves are in `images`."""

    verdicts: Verdicts
    counts: Annotated[SeverityCounts, Meta(description="Over all images with known counts.")]
    unscanned: Natural
    stale: Natural
    fixable: Annotated[Natural, Meta(description="Violating images that upgrades would mend.")]
    passed_by_counts: Annotated[
        Natural,
        Meta(description="Images that passed by counts alone, where check would list rows, too."),
    ]
    packages: tuple[Package, ...]
    endings: tuple[Ending, ...]


class Advisory(Part, frozen=True):
    """A finding that a violated rule counts."""

    id: str
    package: str
    severity: SeverityWord


class Rule(Part, frozen=True):
    """A rule of the policy. `count` is null where the counts alone settled it."""

    name: str
    verdict: RuleVerdictWord
    count: Natural | None
    max: Natural


class Scan(Part, frozen=True):
    """The scan result that was judged or, without a verdict, the newest one."""

    id: str
    status: str
    scanned_at: str | None
    counts: SeverityCounts | None


class Image(Part, frozen=True):
    """An image. `reference` is by digest, and so names it for ever."""

    reference: str
    image_id: str
    digest: str
    tags: tuple[str, ...]
    created_at: str | None
    verdict: VerdictWord
    scan: Scan | None
    rules: tuple[Rule, ...]
    advisories: Annotated[
        tuple[Advisory, ...], Meta(description="The worst findings of violated rules, if listed.")
    ]
    more_advisories: Annotated[Natural, Meta(description="How many of them are left out.")]
    fixable: bool
    error: Error | None
    notices: tuple[str, ...]


class Unknown(Part, frozen=True):
    """A place of the registry whose images are not known, or not all of them."""

    place: str
    error: Error | None


class Turned(Part, frozen=True):
    """An image whose verdict has changed, and the findings that are new among what did it."""

    reference: str
    tags: tuple[str, ...]
    was: VerdictWord
    now: VerdictWord
    rules: Annotated[tuple[str, ...], Meta(description="The names of the violated rules.")]
    advisories: tuple[Advisory, ...]


class Changes(Part, frozen=True):
    """What is different since an earlier audit; images are named by their references."""

    since: str
    worse: tuple[Turned, ...]
    better: tuple[Turned, ...]
    lost: Annotated[tuple[Turned, ...], Meta(description="Had a verdict, and have none.")]
    found: Annotated[tuple[Turned, ...], Meta(description="Had no verdict, and are good.")]
    new: tuple[str, ...]
    removed: tuple[str, ...]
    notes: tuple[str, ...]


class Document(Part, frozen=True):
    """What was found, and what the policy says of it: everything that the audit knows."""

    schema_version: Literal["1"]
    kind: Literal["audit"]
    tool: Tool
    judged_at: str
    simulated_at: str | None
    mode: str
    endpoint: str
    endpoint_known: bool
    api: str
    evidence: str
    baseline: str | None
    policy: AppliedPolicy
    verdict: VerdictWord
    exit_code: int
    audit: Extent
    summary: Summary
    changes: Changes | None
    unknown: tuple[Unknown, ...]
    images: tuple[Image, ...]

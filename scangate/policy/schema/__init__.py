"""Version 1 of the policy language, as types: what may stand in a policy file.

The strict reader, the effective policy and the JSON Schema for editors all come from here. What
the values mean is told in `terms`, `thresholds` and `ignores`. A key that is absent is UNSET
where a parent may give it.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from scangate.instant import DURATION_PATTERN
from scangate.policy.schema.ignore import Ignore
from scangate.policy.schema.limits import Thresholds
from scangate.policy.schema.rules import Rule
from scangate.policy.schema.section import Glob, GlobList, Section, globs, text

MaxAge = Annotated[
    str,
    Meta(
        pattern=f"{DURATION_PATTERN}|^any$",
        description="The oldest READY result accepted (90s, 10m, 2h, 7d); `any` switches it off.",
        extra={"expects": "a duration such as 8d (units s, m, h, d), or any"},
    ),
]


class Scan(Section, frozen=True):
    """Which scan results may be judged."""

    max_age: MaxAge = "8d"
    on_failed: Annotated[
        Literal["fail", "use-last-ready"],
        Meta(description="What to do when the newest scan failed."),
    ] = "fail"
    on_running: Annotated[
        Literal["wait", "use-last-ready"],
        Meta(description="What to do while a scan is in progress."),
    ] = "wait"


PathGlob = Annotated[
    str, text("A path relative to this file; `*` stands for a part of a name, `**` for folders.")
]
Path = Annotated[str, text("A path relative to this file.")]


class Feeds(Section, frozen=True):
    """What is known about advisories beside the scan."""

    kev: Annotated[
        Path | UnsetType,
        Meta(description="CISA's Known Exploited Vulnerabilities, JSON, plain or gzip."),
    ] = UNSET
    epss: Annotated[Path | UnsetType, Meta(description="EPSS scores, CSV, plain or gzip.")] = UNSET
    max_age: Annotated[
        MaxAge | UnsetType, Meta(description="The oldest feed accepted (30d), by its own date.")
    ] = UNSET


class Override(Section, frozen=True):
    """What differs for some images. Later ones win, every matching one applies."""

    images: Annotated[
        Glob | GlobList,
        globs("The repositories, as host/registry-id/name; the tag is no part of it."),
    ]
    mode: Literal["enforce", "warn"] | UnsetType = UNSET
    scan: Scan | UnsetType = UNSET
    thresholds: Thresholds | UnsetType = UNSET
    rules: tuple[Rule, ...] | UnsetType = UNSET


LockWord = Literal["thresholds", "rules", "ignore", "overrides", "vex", "feeds", "mode", "scan"]


class PolicyFile(Section, frozen=True):
    """A policy: what may reach production."""

    version: Annotated[Literal[1], Meta(description="The version of the policy language.")]
    name: Annotated[str, text("How reports call the policy.")] | UnsetType = UNSET
    description: Annotated[str, Meta(description="For the reader.")] = ""
    extends: (
        Annotated[
            str,
            text("The policy that this one changes: a built-in's name, or a path beside it."),
        ]
        | UnsetType
    ) = UNSET
    locked: Annotated[
        tuple[LockWord, ...],
        Meta(
            description="What a policy that extends this one may tighten, never loosen. Any lock "
            "holds mode, scan, vex, overrides and the feeds that it judges by, too."
        ),
    ] = ()
    mode: Annotated[
        Literal["enforce", "warn"],
        Meta(description="`warn` reports violations and lets them pass."),
    ] = "enforce"
    scan: Scan = Scan()
    thresholds: Thresholds = Thresholds()
    rules: tuple[Rule, ...] = ()
    ignore: tuple[Ignore, ...] = ()
    vex: Annotated[
        tuple[PathGlob, ...],
        Meta(description="VEX documents (OpenVEX, CycloneDX) as globs relative to this file."),
    ] = ()
    feeds: Feeds = Feeds()
    overrides: tuple[Override, ...] = ()

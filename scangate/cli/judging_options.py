"""The options of every command that judges: by what, whom to ask, and how much to tell."""

import argparse
from typing import Any

from scangate.cli.options import Parser, moment
from scangate.cli.shelves import LOCAL
from scangate.clouds import CLOUDS, Cloud, Endpoints, endpoints
from scangate.instant import Instant
from scangate.model import RANKED, Severity, Value
from scangate.reports import FORMATS

APIS = ("auto", "container-registry", "cloud-registry")


class JudgingOptions(Value, frozen=True):
    """What such a command was asked to do. `policy_by_environment`: a variable names the policy."""

    policy: str | None
    policy_by_environment: bool
    policy_sha256: str | None
    fail_on: Severity | None
    baseline: str | None
    vex: tuple[str, ...]
    kev: str | None
    epss: str | None
    outputs: tuple[str, ...]
    at: Instant | None
    warn_only: bool
    cloud: str | None
    api: str
    endpoint: str | None
    registry_endpoint: str | None
    iam_endpoint: str | None
    token_exchange_endpoint: str | None
    token_file: str | None
    verbose: bool
    quiet: bool
    colour: str

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that they name, or may name: a report must not replace one."""
        policy = LOCAL if self.policy is None else self.policy
        named = (policy, self.token_file, self.baseline, self.kev, self.epss, *self.vex)
        return tuple(name for name in named if name)

    def endpoints_of(self, cloud: Cloud) -> Endpoints:
        """Return the addresses to ask. Raises UsageError."""
        return endpoints(
            cloud,
            base=self.endpoint,
            registry=self.registry_endpoint,
            iam=self.iam_endpoint,
            token_exchange=self.token_exchange_endpoint,
        )


def shared(values: argparse.Namespace, reader: Parser) -> dict[str, Any]:
    """Return the fields of JudgingOptions from what `reader` has read."""
    return {
        "policy": values.policy,
        "policy_by_environment": "policy" in reader.by_environment,
        "policy_sha256": values.policy_sha256,
        "fail_on": Severity(values.fail_on) if values.fail_on else None,
        "baseline": values.baseline,
        "vex": tuple(values.vex or ()),
        "kev": values.kev,
        "epss": values.epss,
        "outputs": tuple(values.output or ("table",)),
        "at": values.at,
        "warn_only": bool(values.warn_only),
        "cloud": values.cloud,
        "api": values.api or "auto",
        "endpoint": values.endpoint,
        "registry_endpoint": values.registry_endpoint,
        "iam_endpoint": values.iam_endpoint,
        "token_exchange_endpoint": values.token_exchange_endpoint,
        "token_file": values.token_file,
        "verbose": bool(values.verbose),
        "quiet": bool(values.quiet),
        "colour": values.color or "auto",
    }


def add_policy(it: Parser) -> None:
    """Declare what to judge by, and how to tell of it."""
    it.option(
        "-p",
        "--policy",
        env=True,
        help="a built-in's name (scangate policy list), a path, or git:REF:PATH, which reads it "
        "and all that it names from that revision; default: scangate.yaml here if present, else "
        "the built-in default",
    )
    it.option(
        "--fail-on",
        metavar="SEVERITY",
        type=str.lower,
        choices=[severity.value for severity in RANKED],
        help="without a policy file: no finding of that severity or above",
    )
    it.option(
        "--policy-sha256", metavar="HEX", env=True, help="refuse a policy whose digest is another"
    )
    it.option(
        "--vex",
        metavar="PATH",
        action="append",
        help="a VEX document (OpenVEX, CycloneDX) beside those of the policy; repeatable",
    )
    it.option("--kev", metavar="PATH", help="CISA's KEV catalog, for rules that ask `kev`")
    it.option("--epss", metavar="PATH", help="EPSS scores, for rules that ask `epss`")
    formats = ", ".join(FORMATS)
    it.option(
        "-o",
        "--output",
        metavar="FORMAT[=PATH]",
        action="append",
        env=True,
        help=f"{formats}; repeatable; without PATH to stdout (default: table)",
    )
    it.option(
        "--warn-only", action="store_true", help="report violations as warnings: 0 instead of 1"
    )
    it.option(
        "--at",
        metavar="DATE",
        type=moment,
        help="judge as if it were that date (midnight UTC) or RFC 3339 time; every report says so",
    )


def add_cloud(it: Parser) -> None:
    """Declare which service to ask, and as whom."""
    it.option(
        "--cloud", env=True, choices=list(CLOUDS), help="the cloud (default: by the image's host)"
    )
    it.option("--api", env=True, choices=APIS, help="the API to ask (default: auto)")
    it.option("--endpoint", metavar="HOST|URL", help="base of the API hosts, or one URL for all")
    it.option("--registry-endpoint", metavar="URL", help="where the registry's API is")
    it.option("--iam-endpoint", metavar="URL", help="where tokens are issued")
    it.option("--token-exchange-endpoint", metavar="URL", help="where CI identities are exchanged")
    it.option("--token-file", metavar="PATH", help="an IAM token in a file; - is stdin")


def add_terminal(it: Parser) -> None:
    """Declare how much is told, and in which colours."""
    it.option("-v", "--verbose", action="store_true", env=True, help="tell what is done")
    it.option("-q", "--quiet", action="store_true", env=True, help="only reports and errors")
    it.option(
        "--color",
        env=True,
        choices=["auto", "always", "never"],
        help="colour the table (default: auto)",
    )

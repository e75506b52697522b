"""The options of `scangate check`, and their values with the defaults filled in."""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence

from scangate.cli.options import Parser, duration, moment
from scangate.clouds import CLOUDS
from scangate.gate import ScanWhen
from scangate.instant import Instant
from scangate.model import RANKED, Severity, Value
from scangate.reports import FORMATS

APIS = ("auto", "container-registry", "cloud-registry")

_EPILOG = """\
exit codes:
  0  every image passed (warnings allowed)
  1  the policy is violated by at least one image
  2  usage: bad arguments, an invalid policy, an unparsable reference
  3  no usable evidence: image not found, no scan, scan failed, stale, timed out, inconsistent
  4  refused: no credentials, 401, 403
  5  unavailable: network, TLS, timeouts, 429 and 5xx after retries, malformed answers
  6  a defect in scangate
  130, 143  interrupted, terminated

durations: 90s, 10m, 2h, 7d

examples:
  scangate check cr.yandex/<registry-id>/<name>@sha256:<digest>
  scangate check -p strict -o table -o junit=junit.xml cr.yandex/<registry-id>/<name>:1.4.2
  scangate check --fail-on high --scan if-missing cr.yandex/<registry-id>/<name>:1.4.2
  helm template . | scangate check -f - --pin | kubectl apply -f -
"""


class CheckOptions(Value, frozen=True):
    """What `check` was asked to do."""

    images: tuple[str, ...]
    manifests: tuple[str, ...]
    pin: bool
    allow_unscanned: tuple[str, ...]
    images_from: str | None
    image_ids: tuple[str, ...]
    from_files: tuple[str, ...]
    baseline: str | None
    vex: tuple[str, ...]
    kev: str | None
    epss: str | None
    require_digest: bool
    policy: str | None
    policy_by_environment: bool
    fail_on: Severity | None
    policy_sha256: str | None
    outputs: tuple[str, ...]
    scan_when: ScanWhen
    timeout: dt.timedelta
    start_timeout: dt.timedelta
    allow_tag_move: bool
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


@functools.cache
def parser() -> Parser:
    """Return the parser, which is also the help and the list of the environment's variables."""
    it = Parser(
        prog="scangate check",
        description="Gate images on their registry's scan results. IMAGE is "
        "host/registry-id/name[:tag][@sha256:...].",
        epilog=_EPILOG,
    )
    it.add_argument("images", metavar="IMAGE", nargs="*", help="an image reference")
    _add_images(it)
    add_policy(it)
    _add_waiting(it)
    add_cloud(it)
    add_terminal(it)
    return it


def _add_images(it: Parser) -> None:
    it.option(
        "-f",
        "--manifest",
        metavar="FILE",
        action="append",
        help="gate every image that Kubernetes, Helm-rendered or Compose YAML names; - is stdin; "
        "repeatable",
    )
    it.option(
        "--pin",
        action="store_true",
        help="with -f: if the exit code is 0, write the manifest with every gated image by its "
        "digest to stdout, else nothing",
    )
    it.option(
        "--allow-unscanned",
        metavar="GLOB",
        action="append",
        help="with -f: images of other registries that pass unjudged, as docker.io/library/*; "
        "repeatable",
    )
    it.option("--images-from", metavar="FILE", help="references, a line each; - is stdin")
    it.option(
        "--image-id", metavar="ID", action="append", help="gate an image ID directly; repeatable"
    )
    it.option(
        "--from-file",
        metavar="PATH",
        action="append",
        help="judge a saved scan instead of asking a registry: the registry's JSON, Trivy's or "
        "Grype's; - is stdin; repeatable for a result and its list",
    )
    it.option(
        "--baseline",
        metavar="IMAGE|PATH",
        help="what `match: {new: true}` compares with: an image of the registry, a saved JSON "
        "report, or a saved scan as for --from-file",
    )
    it.option(
        "--require-digest", env=True, action="store_true", help="refuse references without a digest"
    )


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


def _add_waiting(it: Parser) -> None:
    it.option(
        "--scan",
        metavar="WHEN",
        env=True,
        choices=[when.value for when in ScanWhen],
        help="start a scan, which is billed: never, if-missing, if-needed, always (default: never)",
    )
    it.option(
        "--timeout",
        type=duration,
        env=True,
        help="for everything done for one image (default: 10m); 0 looks once",
    )
    it.option(
        "--start-timeout",
        metavar="TIMEOUT",
        type=duration,
        env=True,
        help="wait for a scan to appear (default: 2m)",
    )
    it.option(
        "--allow-tag-move",
        action="store_true",
        help="accept that the tag moves to another image while the gate waits",
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


def parse(argv: Sequence[str], environment: Mapping[str, str]) -> CheckOptions:
    """Read the command line and the environment. Raises UsageError."""
    reader = parser()
    values = reader.read(argv, environment)
    return CheckOptions(
        images=tuple(values.images),
        manifests=tuple(values.manifest or ()),
        pin=bool(values.pin),
        allow_unscanned=tuple(values.allow_unscanned or ()),
        images_from=values.images_from,
        image_ids=tuple(values.image_id or ()),
        from_files=tuple(values.from_file or ()),
        baseline=values.baseline,
        vex=tuple(values.vex or ()),
        kev=values.kev,
        epss=values.epss,
        require_digest=bool(values.require_digest),
        policy=values.policy,
        policy_by_environment="policy" in reader.by_environment,
        fail_on=Severity(values.fail_on) if values.fail_on else None,
        policy_sha256=values.policy_sha256,
        outputs=tuple(values.output or ("table",)),
        scan_when=ScanWhen(values.scan or "never"),
        timeout=dt.timedelta(minutes=10) if values.timeout is None else values.timeout,
        start_timeout=(
            dt.timedelta(minutes=2) if values.start_timeout is None else values.start_timeout
        ),
        allow_tag_move=bool(values.allow_tag_move),
        at=values.at,
        warn_only=bool(values.warn_only),
        cloud=values.cloud,
        api=values.api or "auto",
        endpoint=values.endpoint,
        registry_endpoint=values.registry_endpoint,
        iam_endpoint=values.iam_endpoint,
        token_exchange_endpoint=values.token_exchange_endpoint,
        token_file=values.token_file,
        verbose=bool(values.verbose),
        quiet=bool(values.quiet),
        colour=values.color or "auto",
    )

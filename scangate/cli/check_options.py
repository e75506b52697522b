"""The options of `scangate check`, and their values with the defaults filled in."""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence

from scangate.cli.judging_options import (
    JudgingOptions,
    add_cloud,
    add_policy,
    add_terminal,
    shared,
)
from scangate.cli.options import Parser, duration
from scangate.gate import ScanWhen

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


class CheckOptions(JudgingOptions, frozen=True):
    """What `check` was asked to do."""

    images: tuple[str, ...]
    manifests: tuple[str, ...]
    pin: bool
    allow_unscanned: tuple[str, ...]
    images_from: str | None
    image_ids: tuple[str, ...]
    from_files: tuple[str, ...]
    require_digest: bool
    scan_when: ScanWhen
    timeout: dt.timedelta
    start_timeout: dt.timedelta
    allow_tag_move: bool


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
        require_digest=bool(values.require_digest),
        scan_when=ScanWhen(values.scan or "never"),
        timeout=dt.timedelta(minutes=10) if values.timeout is None else values.timeout,
        start_timeout=(
            dt.timedelta(minutes=2) if values.start_timeout is None else values.start_timeout
        ),
        allow_tag_move=bool(values.allow_tag_move),
        **shared(values, reader),
    )

"""`scangate doctor`: what of the way from here to a verdict works, and what does not.

It asks what `check` would ask, one thing after the other, and says what to do about each.
"""

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from scangate.cli import console, policies
from scangate.cli.clock import SYSTEM
from scangate.cli.judging_options import add_cloud, add_terminal
from scangate.cli.network import Network, connect
from scangate.cli.options import Parser
from scangate.clouds import CLOUDS, Endpoints, cloud_of, endpoints
from scangate.documents import DocumentError
from scangate.errors import ExitCode, ImageNotFound, ScangateError
from scangate.gate import Source
from scangate.history import Judge, ScanSettings, Wait, check_fresh, choose
from scangate.instant import Instant, write_duration
from scangate.model import Image, Value
from scangate.policy.effective import Policy
from scangate.reference import ImageReference
from scangate.swallowed import GITLAB, WORKFLOWS, find_in
from scangate.transport import InvalidRequest, NotFound
from scangate.wait import Clock, Deadline

_SECONDS = 60.0
_SKEW = dt.timedelta(minutes=5)
_NEWEST = 3


class Finding(Value, frozen=True):
    """What one look showed: good when `code` is 0 and there is no `hint`, a warning with one."""

    subject: str
    what: str
    hint: str = ""
    code: ExitCode = ExitCode.PASS
    looked: bool = True

    @property
    def mark(self) -> str:
        """The word that begins the line."""
        if self.code is not ExitCode.PASS:
            return "FAIL"
        if not self.looked:
            return "skip"
        return "warn" if self.hint else "ok"


class _Options(Value, frozen=True):
    """What `doctor` was asked to look at. `policy` None: it could not be read."""

    image: ImageReference | None
    where: Endpoints
    api: str
    policy: Policy | None
    policy_finding: Finding
    token_file: str | None
    verbose: bool
    quiet: bool


def parser() -> Parser:
    """Return the command's parser."""
    it = Parser(
        prog="scangate doctor",
        description="Look at everything that a verdict needs: policy, cloud, credentials, image, "
        "scans, scan policy, clock, pipeline files. The exit codes are those of check.",
    )
    it.add_argument("image", metavar="IMAGE", nargs="?", help="the image that will be gated")
    it.option("-p", "--policy", env=True, help="the policy that check will be given")
    add_cloud(it)
    add_terminal(it)
    return it


def run(
    argv: Sequence[str], environment: Mapping[str, str] = os.environ, clock: Clock = SYSTEM
) -> int:
    """Print a line for each look and return the highest code of them."""
    options = _parse(argv, environment)
    network = connect(
        options, options.where, environment=environment, clock=clock, seconds=_SECONDS
    )
    worst = ExitCode.PASS
    for finding in _findings(options, network, clock):
        console.write_out(f"{finding.mark:<5} {finding.subject}: {_line(finding.what)}\n")
        if finding.hint:
            console.write_out(f"      next: {_line(finding.hint)}\n")
        worst = max(worst, finding.code)
    return int(worst)


def _parse(argv: Sequence[str], environment: Mapping[str, str]) -> _Options:
    values = parser().read(argv, environment)
    image = ImageReference.parse(values.image) if values.image else None
    named = values.cloud or (None if image else "yandex")
    policy, policy_finding = _policy(values.policy)
    return _Options(
        api=values.api or "auto",
        policy=policy,
        policy_finding=policy_finding,
        image=image,
        where=endpoints(
            cloud_of([image], named=named) if image else CLOUDS[named or "yandex"],
            base=values.endpoint,
            registry=values.registry_endpoint,
            iam=values.iam_endpoint,
            token_exchange=values.token_exchange_endpoint,
        ),
        token_file=values.token_file,
        verbose=bool(values.verbose),
        quiet=bool(values.quiet),
    )


def _policy(named: str | None) -> tuple[Policy | None, Finding]:
    try:
        policy = policies.find(named)
    except ScangateError as error:
        return None, _failed("policy", error)
    who = policy.identity
    return policy, Finding(subject="policy", what=f"{who.name} ({who.source}), sha256 {who.sha256}")


def _line(text: str) -> str:
    return " ".join(console.harmless(text).split())


def _findings(options: _Options, network: Network, clock: Clock) -> Iterator[Finding]:
    yield options.policy_finding
    yield _cloud(options.where)
    credentials = _looked("credentials", lambda: _credentials(network, clock))
    yield credentials
    if credentials.code is ExitCode.PASS:
        yield from _service_findings(options, network, clock)
    yield from _pipelines(Path())


def _service_findings(options: _Options, network: Network, clock: Clock) -> Iterator[Finding]:
    if options.image is None:
        yield _looked("service", lambda: _service(options.where, network, clock))
    else:
        registry = _registry(options, network, clock)
        now = clock.now()
        yield from _image_findings(options.image, registry, policy=options.policy, now=now)
    yield _clock(network, clock)


def _looked(subject: str, look: Callable[[], Finding]) -> Finding:
    """An error is what a look may show."""
    try:
        return look()
    except ScangateError as error:
        return _failed(subject, error)


def _failed(subject: str, error: ScangateError) -> Finding:
    return Finding(subject=subject, what=error.message, hint=error.hint, code=error.code)


def _cloud(where: Endpoints) -> Finding:
    what = f"{where.cloud.name}, its registry at {where.registry}, tokens from {where.iam}"
    if where.known:
        return Finding(subject="cloud", what=what)
    hint = "an address is not a known cloud's: every report says so, and verify refuses it"
    return Finding(subject="cloud", what=what, hint=hint)


def _credentials(network: Network, clock: Clock) -> Finding:
    facts = network.tokens.facts()
    if facts.expires is None:
        return Finding(subject="credentials", what=f"{facts.source}; expiry unknown")
    left = write_duration(facts.expires.since(clock.now()))
    return Finding(
        subject="credentials", what=f"{facts.source}; expires {facts.expires}, in {left}"
    )


def _service(where: Endpoints, network: Network, clock: Clock) -> Finding:
    """Without an image: ask for a list of nothing, which only who is let in is told to be wrong."""
    transport = network.transport.within(Deadline.after(_SECONDS, clock))
    with contextlib.suppress(InvalidRequest, NotFound):
        transport.get(f"{where.registry}/container-registry/v1/images")
    what = "it answers and accepts the token; name an IMAGE to look further"
    return Finding(subject="service", what=what)


def _registry(options: _Options, network: Network, clock: Clock) -> Source:
    from scangate.registries import open_registry

    transport = network.transport.within(Deadline.after(_SECONDS, clock))
    host = options.image.host if options.image else ""
    return open_registry(host, transport, options.where, api=options.api)


def _image_findings(
    reference: ImageReference, source: Source, *, policy: Policy | None, now: Instant
) -> Iterator[Finding]:
    try:
        image = _find(reference, source)
        settings = policy.terms_for(image.repository).scan if policy else ScanSettings()
    except ScangateError as error:
        yield _failed("image", error)
        return
    what = f"{image.id}, {image.digest}, tags {', '.join(image.tags) or '(none)'}"
    hint = "" if reference.digest else f"gate the digest, a tag can move: {image.pinned}"
    yield Finding(subject="image", what=what, hint=hint)
    for each in image.platforms or (image,):
        yield _looked("scans", partial(_scans, each, source, settings=settings, now=now))
        yield _looked("scan on push", partial(_coverage, each, source))


def _find(reference: ImageReference, source: Source) -> Image:
    image = source.find(reference)
    if image is None:
        raise ImageNotFound(
            f"no image {reference.text} is in the registry",
            hint="check the name and the tag; was it pushed to this registry?",
        )
    return image


def _scans(image: Image, source: Source, *, settings: ScanSettings, now: Instant) -> Finding:
    """Tell what `check` would take, and whether it could."""
    results = source.scans(image)
    newest = sorted(results, key=lambda result: result.scanned_at or Instant(0), reverse=True)
    told = [f"{each.id} {each.status_word} {each.scanned_at or '-'}" for each in newest[:_NEWEST]]
    what = f"{len(results)}, newest first: {'; '.join(told)}" if results else "none"
    choice = choose(results, settings)
    if isinstance(choice, Judge):
        for result in choice.results:
            check_fresh(result, max_age=settings.max_age, now=now)
        return Finding(subject="scans", what=what)
    if isinstance(choice, Wait):
        return Finding(subject="scans", what=what, hint="one is in progress; check waits for it")
    remedy = "start one: scangate check --scan if-needed (scans are billed)"
    return Finding(subject="scans", what=what, hint=remedy, code=ExitCode.NO_EVIDENCE)


def _coverage(image: Image, source: Source) -> Finding:
    push_scan = source.push_scan(image)
    if push_scan.covered:
        return Finding(subject="scan on push", what=f"covers {image.name}")
    return Finding(subject="scan on push", what=push_scan.why, hint=push_scan.remedy)


def _clock(network: Network, clock: Clock) -> Finding:
    served_at = network.transport.served_at()
    if served_at is None:
        return Finding(subject="clock", what="not compared, the service told no time", looked=False)
    skew = abs(clock.now().since(served_at))
    what = f"this machine and the service differ by {write_duration(skew)}"
    hint = "set this machine's clock: tokens and ages depend on it" if skew > _SKEW else ""
    return Finding(subject="clock", what=what, hint=hint)


def _pipelines(folder: Path) -> Iterator[Finding]:
    """A swallowed exit code is a mistake in how the gate is used: 2."""
    workflows = folder / WORKFLOWS
    files = [*sorted(workflows.glob("*.yml")), *sorted(workflows.glob("*.yaml")), folder / GITLAB]
    present = [path for path in files if path.is_file()]
    bad = [finding for path in present for finding in _pipeline(path)]
    yield from bad
    if present and not bad:
        yield Finding(subject="pipeline", what=f"{len(present)} read, none swallows the exit code")


def _pipeline(path: Path) -> Iterator[Finding]:
    try:
        swallows = find_in(path.read_bytes(), file=str(path))
    except (DocumentError, OSError) as error:
        yield Finding(subject="pipeline", what=f"{path} cannot be read", hint=str(error))
        return
    for swallow in swallows:
        yield Finding(
            subject="pipeline",
            what=f"{swallow.place}: {swallow.what}",
            hint="let the gate's exit code end the job",
            code=ExitCode.USAGE,
        )

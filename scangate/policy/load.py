"""From the text of a policy, and of all that it extends and names, to the policy that is applied.

Where the texts come from (a folder, a git revision, the built-ins) is the shell's business: it
passes them in as a `Shelf`. Every mistake of a file is told at once.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence

from msgspec import UNSET

from scangate.documents import DocumentError, Problem
from scangate.errors import PolicyError, UsageError
from scangate.feeds import describe
from scangate.model import Severity
from scangate.policy.effective import Feeds, Ignore, Override, Policy, Text
from scangate.policy.layers import Layer, read_layers
from scangate.policy.lock import accepts_older
from scangate.policy.schema.ignore import Ignore as IgnoreSection
from scangate.policy.shelf import LooseText, Shelf, Unreadable
from scangate.policy.supplies import Supplies, named_feeds, supplies_of
from scangate.policy.terms import KEYS, age_of, globs_of, terms_of
from scangate.policy.written import merge, only
from scangate.report import PolicyIdentity

_NOTHING = Feeds()


def load(
    path: str, *, shelf: Shelf, builtins: Shelf, given: Feeds = _NOTHING, name: str = ""
) -> Policy:
    """Read the policy at `path`. `name` serves where it gives none.

    The feeds that are `given` stand before those that it names.

    Raises PolicyError with every mistake, each as `file:line:column: path: what is wrong`, and
    UsageError when there is no such text.
    """
    try:
        layers = read_layers(path, shelf=shelf, builtins=builtins)
        return _built(layers, given=given, name=name)
    except Unreadable as error:
        raise UsageError(f"the policy {error}") from error
    except DocumentError as error:
        raise PolicyError([str(problem) for problem in error.problems]) from error


def load_text(data: bytes, *, source: str, name: str, local: bool = True) -> Policy:
    """Read a policy that stands alone, from its text. `local`: `source` is a file of the user's."""
    shelf = LooseText(source=source, data=data, local=local)
    return load(source, shelf=shelf, builtins=shelf, name=name)


def fail_on(severity: Severity) -> Policy:
    """Return the policy of `--fail-on`: no finding of that severity or above."""
    text = f"version: 1\nname: fail-on {severity.value}\nthresholds: {{{severity.value}: 0}}\n"
    source = f"--fail-on {severity.value}"
    return load_text(text.encode(), source=source, name="", local=False)


def _built(layers: Sequence[Layer], *, given: Feeds, name: str) -> Policy:
    feeds = given.named.union(*map(named_feeds, layers))
    texts = tuple(_text(layer.name, layer.data) for layer in layers)
    policy: Policy | None = None
    for layer in reversed(layers):
        under = policy.feeds if policy else Feeds(max_age=given.max_age)
        problems = list(_forbidden(policy, layer, given)) if policy else []
        if problems:
            raise DocumentError(problems)
        supplies = supplies_of(layer, under=under, given=given)
        policy = _extended(policy, layer, supplies, feeds=feeds)
        texts += supplies.texts
    if policy is None:
        raise AssertionError("a policy has at least one layer")
    return _completed(policy, layers[0], texts, name=name)


def _extended(
    parent: Policy | None, layer: Layer, supplies: Supplies, *, feeds: frozenset[str]
) -> Policy:
    """Return the policy that a layer makes of its parent."""
    own = only(layer.tree, KEYS)
    sections = merge(parent.sections, own) if parent else own
    policy = Policy(
        identity=PolicyIdentity(name="", source=layer.name, sha256=""),
        terms=terms_of(sections, feeds=feeds),
        sections=sections,
        description=layer.file.description,
        overrides=(*(parent.overrides if parent else ()), *_overrides(layer)),
        ignores=(*(parent.ignores if parent else ()), *_ignores(layer)),
        vex=(*(parent.vex if parent else ()), *supplies.vex),
        feeds=supplies.feeds,
        available=feeds,
        parent=parent,
        locked=frozenset(layer.file.locked) | (parent.locked if parent else frozenset()),
    )
    policy.check()
    return policy


def _completed(policy: Policy, layer: Layer, texts: tuple[Text, ...], *, name: str) -> Policy:
    """Give the policy its identity, and refuse it if there is nothing that it would refuse."""
    policy.refuse_toothless()
    own = layer.file.name
    identity = PolicyIdentity(
        name=name if own is UNSET else own,
        source=layer.name,
        sha256=_digest(texts),
        feeds=tuple(describe(feed) for feed in (policy.feeds.kev, policy.feeds.epss) if feed),
    )
    return policy.replace(identity=identity, texts=texts)


def _digest(texts: Sequence[Text]) -> str:
    """One text has its own digest; of several it is the one of their digests, a line each."""
    if len(texts) == 1:
        return texts[0].sha256
    return hashlib.sha256("".join(f"{text.sha256}\n" for text in texts).encode()).hexdigest()


def _text(name: str, data: bytes) -> Text:
    return Text(name=name, sha256=hashlib.sha256(data).hexdigest())


def _overrides(layer: Layer) -> Iterator[Override]:
    for number, section in enumerate(layer.file.overrides):
        tree = layer.tree.at("overrides", number)
        yield Override(
            images=globs_of(section.images),
            sections=only(tree, KEYS),
            path=("overrides", number),
        )


def _ignores(layer: Layer) -> Iterator[Ignore]:
    for number, section in enumerate(layer.file.ignore):
        yield _ignore(section, layer, number)


def _ignore(section: IgnoreSection, layer: Layer, number: int) -> Ignore:
    place = layer.place("ignore", number)
    return Ignore(
        id=section.id,
        reason=section.reason,
        expires=None if section.expires == "never" else dt.date.fromisoformat(section.expires),
        written=f"{place.file}:{place.line}",
        package="" if section.package is UNSET else section.package,
        while_unfixed=section.while_unfixed,
        owner=section.owner,
        ticket=section.ticket,
        images=None if section.images is UNSET else globs_of(section.images),
        place=place if place.local else None,
    )


def _forbidden(parent: Policy, layer: Layer, given: Feeds) -> Iterator[Problem]:
    """Tell of what a locked policy may not have added to it, whatever it says."""
    held = f"{parent.identity.source} locks"
    if "ignore" in parent.locked:
        for number in range(len(layer.file.ignore)):
            yield layer.problem(
                f"an ignore entry more lets more pass, and {held} ignore", "ignore", number
            )
    if "overrides" in parent.locked:
        for number in range(len(layer.file.overrides)):
            yield layer.problem(f"another override, and {held} overrides", "overrides", number)
    if parent.locked and layer.file.vex:
        what = (
            f"a VEX document more lets more pass, which any lock of {parent.identity.source} holds"
        )
        yield layer.problem(what, "vex")
    if parent.locked:
        for name in sorted((named_feeds(layer) & parent.held_feeds) - given.named):
            what = f"another {name} feed may let more pass, and {held} what it is judged by"
            yield layer.problem(what, "feeds", name)
    max_age = layer.file.feeds.max_age
    if parent.locked and parent.held_feeds and max_age is not UNSET:
        older = accepts_older(parent.feeds.max_age, age_of(max_age))
        if older:
            yield layer.problem(f"it {older}, which {held}", "feeds", "max_age")

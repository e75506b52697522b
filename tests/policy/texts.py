"""Policies of several texts, in memory: a shelf, and chains of policies that extend each other."""

import posixpath
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from scangate.model import Value
from scangate.policy.effective import Feeds, Policy
from scangate.policy.load import load
from scangate.policy.shelf import Unreadable

CHAIN = ("policy.yaml", "parent.yaml", "grandparent.yaml", "ancestor.yaml")
NO_FEEDS = Feeds()


class Texts(Value, frozen=True):
    """A shelf of texts by their paths."""

    texts: Mapping[str, bytes]
    local: bool = True

    def read(self, path: str, *, limit: int) -> bytes:
        if path not in self.texts:
            raise Unreadable(f"{self.show(path)} cannot be read: it is not there")
        return self.texts[path][: limit + 1]

    def beside(self, path: str, named: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(path), named))

    def matching(self, path: str, pattern: str) -> Sequence[str]:
        wanted = self.beside(path, pattern)
        return sorted(each for each in self.texts if fnmatchcase(each, wanted))

    def show(self, path: str) -> str:
        return path if self.local else f"built-in {path}"


def shelf(texts: Mapping[str, str | bytes], *, local: bool = True) -> Texts:
    """Put texts on a shelf; a policy of it need not say its version."""
    return Texts(texts={path: _bytes(path, text) for path, text in texts.items()}, local=local)


def _bytes(path: str, text: str | bytes) -> bytes:
    if isinstance(text, bytes):
        return text
    return f"version: 1\n{text}".encode() if path.endswith(".yaml") else text.encode()


def read(
    texts: Mapping[str, str | bytes],
    *,
    builtins: Mapping[str, str] | None = None,
    given: Feeds = NO_FEEDS,
    name: str = "given",
) -> Policy:
    """Read `policy.yaml` of these texts."""
    standard = {path: f"version: 1\n{text}".encode() for path, text in (builtins or {}).items()}
    return load(
        CHAIN[0],
        shelf=shelf(texts),
        builtins=Texts(texts=standard, local=False),
        given=given,
        name=name,
    )


def chain(*texts: str, **others: str | bytes) -> Policy:
    """Read a policy that extends the second text, which extends the third, and so on.

    A text begins in line 3 of its file, the last one in line 2. The `others` lie beside them,
    `kev_json` as `kev.json`.
    """
    return read(chained(*texts) | {name.replace("_", "."): text for name, text in others.items()})


def chained(*texts: str) -> dict[str, str | bytes]:
    """Return the texts of a chain by their paths."""
    heads = [f"extends: ./{name}\n" for name in CHAIN[1 : len(texts)]] + [""]
    return {name: head + text for name, head, text in zip(CHAIN, heads, texts, strict=False)}

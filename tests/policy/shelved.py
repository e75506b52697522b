"""A shelf of texts, for policies that extend one another or name documents."""

import fnmatch
from collections.abc import Mapping, Sequence

from scangate.cli.shelves import BuiltIns
from scangate.model import Value
from scangate.policy.effective import Policy
from scangate.policy.layers import Layer, read_layers
from scangate.policy.load import load
from scangate.policy.shelf import Unreadable


class Texts(Value, frozen=True):
    """Texts by name."""

    texts: Mapping[str, bytes]
    local: bool = True

    def read(self, path: str, *, limit: int) -> bytes:
        if path not in self.texts:
            raise Unreadable(f"{path} does not exist")
        return self.texts[path]

    def beside(self, path: str, named: str) -> str:
        return named

    def matching(self, path: str, pattern: str) -> Sequence[str]:
        return sorted(fnmatch.filter(self.texts, pattern))

    def show(self, path: str) -> str:
        return path if self.local else f"git:main:{path}"


def shelf(
    text: str, others: Mapping[str, str | bytes] | None = None, *, local: bool = True
) -> Texts:
    """Return a shelf with `policy.yaml`, of which the version need not be written, and others."""
    whole = {"policy.yaml": f"version: 1\n{text}", **(others or {})}
    texts = {
        name: each if isinstance(each, bytes) else each.encode() for name, each in whole.items()
    }
    return Texts(texts=texts, local=local)


def layer_of(texts: Texts) -> Layer:
    return read_layers("policy.yaml", shelf=texts, builtins=BuiltIns.of_this_version())[0]


def policy_of(texts: Texts) -> Policy:
    built_ins = BuiltIns.of_this_version()
    return load("policy.yaml", shelf=texts, builtins=built_ins, name="policy")

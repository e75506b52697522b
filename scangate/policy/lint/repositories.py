"""Image globs that no repository can match.

They are held against `host/registry-id/name`, as the service names a repository: in small
letters, without a scheme, a tag or a digest. What stands before the first slash is a host if it
has a dot or a port, or is `localhost`, as for Docker; `shop/api` names none.
"""

import re
from collections.abc import Iterator

from scangate.documents import Problem
from scangate.documents.nodes import Path
from scangate.policy.layers import Layer
from scangate.policy.select import Globs
from scangate.policy.terms import globs_of

_NO_HOST = "begins with no host"
_DOUBTS = (
    (re.compile(r"://"), "has a scheme"),
    (re.compile(r"@|sha256:"), "has a digest"),
    # A host may have a port, which stands before the first slash
    (re.compile(r"/[^/]*:[^/]*$"), "has a tag"),
    (re.compile(r"\A/|/\Z"), "begins or ends with a slash"),
    (re.compile(r"[A-Z](?![^\[]*\])"), "has capital letters"),
    (re.compile(r"\s|\\"), "has a character that no repository has"),
    (re.compile(r"\A(?!localhost/)[^*?\[/.:]*(?:/|\Z)"), _NO_HOST),
    # A wildcard other than the star stands for one character, which may be a slash
    (re.compile(r"\A[^*?\[/]*(?:[?\[/][^*?\[/]*)?\Z"), "has too few parts"),
)


def doubt(glob: str) -> str:
    """Say why no repository can match; empty where one can."""
    return next((why for wrong, why in _DOUBTS if wrong.search(glob)), "")


def scope_warnings(images: str | Globs, layer: Layer, path: Path) -> Iterator[Problem]:
    """Tell of each glob that is for nothing; `path` is where they are written."""
    for number, glob in enumerate(globs_of(images)):
        why = doubt(glob)
        if why:
            where = path if isinstance(images, str) else (*path, number)
            meant = f"; did you mean {'*/' + glob!r}?" if why == _NO_HOST else ""
            what = f"{glob!r} matches no repository: it {why}; they are host/registry-id/name"
            yield layer.problem(f"{what}{meant}", *where)

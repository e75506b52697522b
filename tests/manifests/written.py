"""Draws manifests as people and tools write them, with the places of their images known.

A document is drawn as lines in which `⟦n⟧` stands for the n-th image, so that the text as written
and the text as it must be once pinned come from the same lines.
"""

import hashlib
import re
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

from scangate.clouds import IMAGE_HOSTS
from scangate.model import Value

Lines = list[str]
_HOLE = re.compile("⟦([0-9]+)⟧")
_PATHS = {
    "Pod": ("spec",),
    "Deployment": ("spec", "template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    "SomeCustomResource": ("spec", "workers", "pod"),
}
_NOISE = (
    "# image: cr.yandex/crp0/in-a-comment:1",
    "",
    "plain: a text # with a remark, naïve 😀",
    "'quoted ''key''': \"escaped \\u00e9 \\\" \\\\ cr\\x2eyandex\"",
    "folded: >\n  several\n  lines\n\n  # no comment",
    "kept: |2+\n    indented 😀\n\n",
    "spaced   :    [a,   b , {c: d}]   ",
    'tabs:\t"a\tb"\t# after a tab',
    "url: https://example.com/cr.yandex",
    "empty:",
)


class Drawn(Value, frozen=True):
    """A manifest, what it names in the order of its text, and the text with these digests."""

    text: str
    references: tuple[str, ...]
    pinned: str


def digest_of(reference: str) -> str:
    """Return the digest that stands for what a reference means."""
    _, at, digest = reference.partition("@")
    return digest if at else f"sha256:{hashlib.sha256(reference.encode()).hexdigest()}"


def by_digest(reference: str) -> str:
    """Return how a reference is to be written once it is pinned."""
    if "@" in reference:
        return reference
    host, _, path = reference.partition("/")
    return f"{host}/{path.partition(':')[0]}@{digest_of(reference)}"


_names = st.sampled_from(["app", "a/b", "x-y/z_1", "crp0000000000000test/web"])
_tags = st.sampled_from(["1", "1.4.2-rc_1", "latest", "A" * 128])
_repositories = st.builds(
    lambda host, name: f"{host}/crp0/{name}", st.sampled_from(sorted(IMAGE_HOSTS)), _names
)
_tagged = st.builds(lambda name, tag: f"{name}:{tag}", _repositories, _tags)
_fixed = st.builds(lambda name: f"{name}@sha256:{'0a' * 32}", st.one_of(_repositories, _tagged))
_embeddable = st.one_of(_tagged, _fixed)
_anything = st.one_of(_repositories, _embeddable)


class _Writer:
    """Writes one manifest; each image gets its hole when it is written."""

    def __init__(self, draw: Callable[..., object]) -> None:
        self.references: list[str] = []
        self._draw = draw
        self._anchors: list[str] = []

    def pick(self, among: Sequence[str]) -> str:
        return str(self._draw(st.sampled_from(among)))

    def hole(self, references: st.SearchStrategy[str]) -> str:
        self.references.append(str(self._draw(references)))
        return f"⟦{len(self.references) - 1}⟧"

    def image(self) -> str:
        """Write an image as a value, whose next lines are two columns further in."""
        styles = ["{}", "'{}'", '"{}"', "!!str {}", '!!str "{}"', "{}  # cr.yandex/crp0/c:9"]
        styles += [">-\n  {}", "|-\n\n  {}\n", ">-  # a remark\n     {}", "\n  {}", "&"]
        styles += ["*"] if self._anchors else []
        style = self.pick(styles)
        if style == "*":
            return f"*{self.pick(self._anchors)}"
        if style == "&":
            hole = self.hole(_embeddable)
            self._anchors.append(f"a{len(self._anchors)}")
            return f"&{self._anchors[-1]} {hole}"
        # A block that begins with an empty line would have it in its text
        return style.replace("|-\n\n", "|-\n").format(self.hole(_anything))

    def text(self) -> str:
        """Write another text that has images in it."""
        style = self.pick(
            [
                "--sidecar={}",
                '"{}"',
                '\'{{"image":"{}","other":"{}"}}\'',
                "|\n  # a script\n  docker run {}\n\n  docker run '{}'; true",
                ">+\n  {}\n  {}\n\n",
                '"first {},\\n  second (docker://{})"',
                "a text\n  of lines, {}\n  and more",
            ]
        )
        return style.format(*(self.hole(_embeddable) for _ in range(style.count("{}"))))

    def container(self) -> Lines:
        noise = self.pick(["name: c", "name: 'c' # cr.yandex/crp0/c:9", "env: []"])
        form = self.pick(["block", "flow", "json"])
        if form == "flow":
            return [f"{{ {noise.partition('#')[0].strip()} , image: {self.hole(_anything)} }}  # x"]
        if form == "json":
            return [f'{{"name":"c","image":"{self.hole(_anything)}", "args":[]}}']
        args = _indented([f"- {self.text()}"], 2)
        value = f"image: {self.image()}"
        parts = [[value], [noise], ["args:", *args]]
        return _split([line for part in parts for line in part])

    def containers(self) -> Lines:
        lines = []
        for key in ("initContainers", "containers"):
            lines.append(f"{key}:")
            for _ in range(int(self.pick("12"))):
                lines += _item(self.container())
        return lines

    def document(self) -> Lines:
        self._anchors.clear()
        form = self.pick([*_PATHS, "List", "Compose"])
        if form == "Compose":
            services = [*["web:"], *_indented(self.container_block(), 2)]
            return ["name: x", *self.noise(), "services:", *_indented(services, 2)]
        if form == "List":
            inner = [self.object(self.pick(list(_PATHS))) for _ in range(2)]
            return ["kind: List", "items:", *(line for each in inner for line in _item(each))]
        return self.object(form)

    def container_block(self) -> Lines:
        return _split([f"image: {self.image()}", f"command: {self.hole(_embeddable)}"])

    def object(self, kind: str) -> Lines:
        lines = self.containers()
        for key in reversed(_PATHS[kind]):
            lines = [f"{key}:", *_indented(lines, int(self.pick("24")))]
        return [f"kind: {kind}", *self.noise(), *lines]

    def noise(self) -> Lines:
        chosen = self._draw(st.lists(st.sampled_from(_NOISE), max_size=3, unique=True))
        assert isinstance(chosen, list)
        return _split(chosen)


def _split(lines: Lines) -> Lines:
    return [line for each in lines for line in each.split("\n")]


def _indented(lines: Lines, width: int) -> Lines:
    return [" " * width + line if line else "" for line in _split(lines)]


def _item(lines: Lines) -> Lines:
    first, *rest = lines
    return [f"- {first}", *_indented(rest, 2)]


@st.composite
def manifests(draw: Callable[..., object]) -> Drawn:
    """Draw a stream of documents."""
    writer = _Writer(draw)
    lines = _split([writer.pick(["# Source: chart/templates/a.yaml", "---", "--- # first", ""])])
    for place in range(int(writer.pick("12"))):
        separator = writer.pick(["---", "---  ", "...\n---", "--- # cr.yandex/crp0/c:9"])
        lines += [*_split([separator] if place else []), *writer.document()]
    text = writer.pick(["\n", "\r\n"]).join(_split(lines)) + writer.pick(["\n", "", "\n\n"])
    references = tuple(writer.references)
    return Drawn(
        text=_HOLE.sub(lambda hole: references[int(hole[1])], text),
        references=tuple(references[int(number)] for number in _HOLE.findall(text)),
        pinned=_HOLE.sub(lambda hole: by_digest(references[int(hole[1])]), text),
    )

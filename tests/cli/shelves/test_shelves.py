"""Policies on disk and the built-ins: what a policy may name, and what it must not reach."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scangate.cli.shelves import BuiltIns, Folder, naming, open_shelf
from scangate.policy.shelf import Shelf, Unreadable

LIMIT = 1 << 20


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a policy, in which we work; a stranger's policy lies outside."""
    top = (tmp_path / "top").resolve()
    for folder in (".git", "policies/vex", "policies/vex/old", "feeds"):
        (top / folder).mkdir(parents=True)
    for file in ("policies/mine.yaml", "policies/base.yaml", "root.yaml", ".git/hidden.yaml"):
        (top / file).write_text(file)
    for file in ("b.json", "a.json", "old/c.json", "old/d.JSON", ".dot.json", "a1.json", "x[1].js"):
        (top / "policies/vex" / file).write_text(file)
    (tmp_path / "outside.yaml").write_text("a stranger's")
    (tmp_path / "top-secret").mkdir()
    (tmp_path / "top-secret/p.yaml").write_text("a neighbour's")
    monkeypatch.chdir(top)
    return top


def read(shelf: Shelf, path: str) -> str:
    return shelf.read(path, limit=LIMIT).decode()


def shown(shelf: Folder, pattern: str) -> list[str]:
    return [shelf.show(each) for each in shelf.matching(shelf.first, pattern)]


def refusal(action: Callable[[], object]) -> str:
    with pytest.raises(Unreadable) as caught:
        action()
    return str(caught.value)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("base.yaml", "policies/base.yaml"),
        ("./base.yaml", "policies/base.yaml"),
        ("vex//./a.json", "policies/vex/a.json"),
        ("../root.yaml", "root.yaml"),
        ("../policies/../root.yaml", "root.yaml"),
        ("../../top/root.yaml", "root.yaml"),
    ],
)
def test_a_name_is_relative_to_the_policy(top: Path, named: str, expected: str) -> None:
    shelf = Folder.of("policies/mine.yaml")

    there = shelf.beside("policies/mine.yaml", named)

    assert shelf.show(there) == expected
    assert read(shelf, there) == expected.removeprefix("policies/vex/")


def test_a_name_is_relative_to_the_policy_that_says_it(top: Path) -> None:
    shelf = Folder.of("policies/mine.yaml")

    parent = shelf.beside("policies/mine.yaml", "../root.yaml")

    assert shelf.show(shelf.beside(parent, "feeds/x.csv")) == "feeds/x.csv"


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("", "names no file"),
        (" ", "names no file"),
        (".", "names no file"),
        ("./", "names no file"),
        ("/etc/passwd", "is absolute"),
        ("//etc/passwd", "is absolute"),
        ("~/policy.yaml", "is no path"),
        ("~root/policy.yaml", "is no path"),
        ("..\\outside.yaml", "has a backslash"),
        ("a\0.yaml", "cannot be seen"),
        ("a\n.yaml", "cannot be seen"),
        ("a\x9b.yaml", "cannot be seen"),
        ("a\udcff.yaml", "cannot be seen"),
        ("https://example.com/p.yaml", "policies are not fetched"),
        ("file:///etc/passwd", "policies are not fetched"),
        ("../../outside.yaml", "leads out of"),
        ("../../top-secret/p.yaml", "leads out of"),
        ("../..", "leads out of"),
        ("missing/../../../outside.yaml", "leads out of"),
        ("../.git/hidden.yaml", "git's own folder"),
        ("../.GIT/hidden.yaml", "git's own folder"),
        ("/".join(["a"] * 65), "more than 64 parts"),
    ],
)
def test_a_name_that_is_refused(top: Path, named: str, why: str) -> None:
    shelf = Folder.of("policies/mine.yaml")

    assert why in refusal(lambda: shelf.beside(shelf.first, named))
    assert why in refusal(lambda: shelf.matching(shelf.first, named))


def test_a_refusal_says_what_was_written_on_one_line(top: Path) -> None:
    shelf = Folder.of("policies/mine.yaml")

    told = refusal(lambda: shelf.beside(shelf.first, "x\x1b[2J\n" * 100))

    assert told.startswith("'x\\x1b[2J\\n")
    assert len(told) < 600
    assert told.isprintable()


def test_a_link_may_lead_inside(top: Path) -> None:
    Path("policies/link.yaml").symlink_to("../root.yaml")
    shelf = Folder.of("policies/mine.yaml")

    there = shelf.beside(shelf.first, "link.yaml")

    assert (shelf.show(there), read(shelf, there)) == ("root.yaml", "root.yaml")


@pytest.mark.parametrize("target", ["../../outside.yaml", "/etc/passwd", "../.git/hidden.yaml"])
def test_a_link_may_not_lead_outside(top: Path, target: str) -> None:
    Path("policies/link.yaml").symlink_to(target)
    shelf = Folder.of("policies/mine.yaml")

    for name in ("link.yaml", "link.*", "**/link.yaml"):
        assert "leads" in refusal(lambda name=name: shelf.matching(shelf.first, name))  # type: ignore[misc]
    assert "leads" in refusal(lambda: shelf.beside(shelf.first, "link.yaml"))


def test_a_folder_that_is_a_link_may_not_lead_outside(top: Path) -> None:
    Path("policies/up").symlink_to("../..")
    shelf = Folder.of("policies/mine.yaml")

    for name in ("up/outside.yaml", "up/*.yaml", "*/outside.yaml", "u?/**"):
        assert "leads out" in refusal(lambda name=name: shelf.matching(shelf.first, name))  # type: ignore[misc]
    assert "leads out" in refusal(lambda: shelf.beside(shelf.first, "up/outside.yaml"))


def test_a_loop_hides_no_way_out(top: Path) -> None:
    """What follows a loop is not resolved, and still must not be followed."""
    Path("policies/loop").symlink_to("loop")
    Path("policies/out.yaml").symlink_to("../../outside.yaml")
    shelf = Folder.of("policies/mine.yaml")

    there = shelf.beside(shelf.first, "loop/../out.yaml")

    assert "leads out" in refusal(lambda: read(shelf, there))
    assert "Too many levels" in refusal(lambda: read(shelf, f"{top}/policies/loop/../out.yaml"))


def test_a_link_that_is_laid_after_the_check(top: Path) -> None:
    shelf = Folder.of("policies/mine.yaml")
    there = shelf.beside(shelf.first, "base.yaml")
    Path("policies/base.yaml").unlink()
    Path("policies/base.yaml").symlink_to("../../outside.yaml")

    assert "'policies/base.yaml' leads out" in refusal(lambda: read(shelf, there))


def test_only_what_was_asked_of_the_shelf_is_read(top: Path) -> None:
    assert "leads out" in refusal(lambda: read(Folder.of("root.yaml"), "/etc/passwd"))


def test_a_circle_can_be_seen(top: Path) -> None:
    Path("policies/again.yaml").symlink_to("mine.yaml")
    Path("policies/here").symlink_to(".")
    shelf = Folder.of("policies/mine.yaml")

    for name in ("mine.yaml", "again.yaml", "../policies/mine.yaml", "here/here/mine.yaml"):
        assert shelf.beside(shelf.first, name) == shelf.first
    base = shelf.beside(shelf.first, "base.yaml")
    assert shelf.beside(base, "here/here/base.yaml") == base
    assert shelf.beside(base, "mine.yaml") == shelf.first


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.symlink_to(path.name), "Too many levels"),
        (lambda path: path.symlink_to("odd.yaml.not"), "No such file"),
        (lambda path: path.mkdir(), "directory"),
        (os.mkfifo, "no regular file"),
        (lambda path: None, "No such file"),
    ],
    ids=["loop", "dangling", "folder", "pipe", "missing"],
)
@pytest.mark.parametrize("first", [True, False], ids=["first", "named"])
def test_what_cannot_be_read(
    top: Path, first: bool, make: Callable[[Path], None], why: str
) -> None:
    make(Path("odd.yaml"))
    shelf = Folder.of("odd.yaml" if first else "root.yaml")

    told = refusal(lambda: read(shelf, shelf.beside(shelf.first, "odd.yaml")))

    assert told.startswith("odd.yaml")
    assert " cannot be read: " in told
    assert why in told


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("../outside.yaml", "a stranger's"),
        ("link.yaml", "a stranger's"),
        ("./policies/../root.yaml", "root.yaml"),
        (".git/hidden.yaml", ".git/hidden.yaml"),
    ],
)
def test_the_first_policy_may_lie_anywhere_and_is_called_as_it_was(
    top: Path, path: str, expected: str
) -> None:
    Path("link.yaml").symlink_to("../outside.yaml")
    shelf, named = open_shelf(path)

    assert (read(shelf, named), shelf.show(named)) == (expected, path)


def test_a_text_is_read_up_to_its_limit(top: Path) -> None:
    Path("large.yaml").write_bytes(b"x" * 10_000_000)
    for shelf in (Folder.of("large.yaml"), Folder.of("root.yaml")):
        there = shelf.beside(shelf.first, "large.yaml")
        assert shelf.read(there, limit=LIMIT) == b"x" * (LIMIT + 1)
        assert len(shelf.read(there, limit=10_000_000)) == 10_000_000


def test_a_first_policy_that_is_a_link_names_what_lies_beside_the_link(top: Path) -> None:
    Path("policies/link.yaml").symlink_to("../../outside.yaml")
    shelf = Folder.of("policies/link.yaml")

    assert shelf.root == top
    assert read(shelf, shelf.beside(shelf.first, "base.yaml")) == "policies/base.yaml"
    assert "leads out" in refusal(lambda: shelf.beside(shelf.first, "../../outside.yaml"))


@pytest.mark.parametrize("git", ["folder", "file"])
def test_the_root_is_the_nearest_repository(top: Path, git: str) -> None:
    if git == "folder":
        Path("policies/.git").mkdir()
    else:
        Path("policies/.git").write_text("gitdir: elsewhere")  # as in a worktree
    shelf = Folder.of("policies/mine.yaml")

    assert shelf.root == top / "policies"
    assert "leads out" in refusal(lambda: shelf.beside(shelf.first, "../root.yaml"))


@pytest.mark.parametrize(
    ("working", "policy", "root"),
    [
        (".", "policies/mine.yaml", "."),
        (".", "root.yaml", "."),
        ("policies", "../root.yaml", "."),
        ("feeds", "../policies/mine.yaml", "policies"),
        ("feeds", "../link/a.json", "policies/vex"),
        ("/", "policies/mine.yaml", "policies"),
    ],
)
def test_the_root_without_a_repository(
    top: Path, monkeypatch: pytest.MonkeyPatch, working: str, policy: str, root: str
) -> None:
    (top / ".git/hidden.yaml").unlink()
    (top / ".git").rmdir()
    (top / "link").symlink_to("policies/vex")
    monkeypatch.chdir(top / working)

    shelf = Folder.of(str(top / policy) if working == "/" else policy)

    assert shelf.root == top / root


def test_show_is_relative_to_the_working_folder_if_it_can_be(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Folder.of(str(top / "policies/mine.yaml"))
    assert shelf.show(shelf.first) == str(top / "policies/mine.yaml")
    assert shelf.show(shelf.beside(shelf.first, "base.yaml")) == "policies/base.yaml"

    monkeypatch.chdir("feeds")
    shelf = Folder.of("../policies/mine.yaml")
    there = shelf.beside(shelf.first, "base.yaml")
    assert shelf.show(shelf.first) == "../policies/mine.yaml"
    assert shelf.show(there) == str(top / "policies/base.yaml")


def test_without_a_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    assert "p.yaml cannot be read" in refusal(lambda: Folder.of("p.yaml"))


GLOBS = [
    ("vex/a.json", ["a.json"]),
    ("vex/*.json", [".dot.json", "a.json", "a1.json", "b.json"]),
    ("vex/?.json", ["a.json", "b.json"]),
    ("vex/a*", ["a.json", "a1.json"]),
    ("vex/*", [".dot.json", "a.json", "a1.json", "b.json", "x[1].js"]),
    ("*/a.json", ["a.json"]),
    ("v*/*/c.json", ["old/c.json"]),
    ("**/c.json", ["old/c.json"]),
    ("vex/**/*.json", [".dot.json", "a.json", "a1.json", "b.json", "old/c.json"]),
    ("**/old/**/c.json", ["old/c.json"]),
    ("vex/old/**", ["old/c.json", "old/d.JSON"]),
    ("vex/./*/c.json", ["old/c.json"]),
    ("vex/old/../?.json", ["a.json", "b.json"]),
    ("vex/x[1].js", ["x[1].js"]),
    ("vex/x[1].j?", ["x[1].js"]),
    ("vex/[ab].j*", []),
    ("vex/*.xml", []),
    ("vex/*/missing", []),
    ("missing/*.json", []),
    ("mine.yaml/*.json", []),
    ("vex/ol?", []),
]


@pytest.mark.parametrize(("pattern", "expected"), GLOBS, ids=[each for each, _ in GLOBS])
def test_a_glob(top: Path, pattern: str, expected: list[str]) -> None:
    found = shown(Folder.of("policies/mine.yaml"), pattern)

    assert found == [f"policies/vex/{each}" for each in expected]


@pytest.mark.parametrize("pattern", [p for p, _ in GLOBS if "[" not in p and p[-2:] != "**"])
def test_a_glob_is_one_of_pathlib(top: Path, pattern: str) -> None:
    theirs = {path.resolve() for path in Path("policies").glob(pattern) if path.is_file()}

    assert set(shown(Folder.of("policies/mine.yaml"), pattern)) == {
        str(path.relative_to(top)) for path in theirs
    }


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("missing.json", "'missing.json' does not exist"),
        ("vex", "'vex' is no regular file"),
        ("vex/**.json", "** stands between slashes"),
        ("vex/*/../*", "has .. after a wildcard"),
        ("../../*.yaml", "leads out of"),
        ("../../*/p.yaml", "leads out of"),
        ("../.git/*.yaml", "git's own folder"),
    ],
)
def test_a_glob_that_is_refused(top: Path, pattern: str, why: str) -> None:
    shelf = Folder.of("policies/mine.yaml")

    assert why in refusal(lambda: shelf.matching(shelf.first, pattern))


def test_a_glob_does_not_look_into_gits_own_folder(top: Path) -> None:
    shelf = Folder.of("root.yaml")

    assert shown(shelf, "**/*.yaml") == ["policies/base.yaml", "policies/mine.yaml", "root.yaml"]
    assert shown(shelf, "*/hidden.yaml") == []


def test_a_glob_matches_regular_files_only(top: Path) -> None:
    os.mkfifo("feeds/pipe.json")
    Path("feeds/folder.json").mkdir()
    Path("feeds/dangling.json").symlink_to("nowhere")
    Path("feeds/loop.json").symlink_to("loop.json")
    Path("feeds/link.json").symlink_to("../policies/vex/a.json")

    assert shown(Folder.of("root.yaml"), "feeds/*.json") == ["policies/vex/a.json"]


def test_a_glob_does_not_walk_in_circles(top: Path) -> None:
    Path("policies/circle").symlink_to(".")
    Path("policies/vex/up").symlink_to("..")
    shelf = Folder.of("policies/mine.yaml")

    assert shown(shelf, "**/c.json") == ["policies/vex/old/c.json"]
    assert shown(shelf, "*/*/*/c.json") == ["policies/vex/old/c.json"]
    assert "too many folders" in refusal(lambda: shown(shelf, "/".join(["**", "*"] * 12)))


def test_a_glob_matches_at_most_a_thousand_files(top: Path) -> None:
    for number in range(naming.MOST_FILES):
        Path(f"feeds/{number}").touch()
    assert len(shown(Folder.of("root.yaml"), "feeds/*")) == 1000

    Path("feeds/more").touch()
    assert "more than 1000 files" in refusal(lambda: shown(Folder.of("root.yaml"), "feeds/*"))


def test_a_glob_looks_into_a_bounded_number_of_folders(top: Path) -> None:
    for outer in range(50):
        for inner in range(101):
            Path(f"feeds/{outer}/{inner}").mkdir(parents=True)

    assert "too many folders" in refusal(lambda: shown(Folder.of("root.yaml"), "**/x.json"))


def test_a_glob_goes_down_to_a_bounded_depth(top: Path) -> None:
    Path("feeds", *["d"] * 130).mkdir(parents=True)

    assert "too many folders" in refusal(lambda: shown(Folder.of("root.yaml"), "**/x.json"))


@pytest.mark.parametrize("name", ["a\nb.json", os.fsdecode(b"a\xffb.json")], ids=["line", "bytes"])
def test_a_glob_that_matches_a_name_nobody_can_read(top: Path, name: str) -> None:
    Path("feeds", name).touch()

    told = refusal(lambda: shown(Folder.of("root.yaml"), "feeds/*"))

    assert "which is no name" in told
    assert told.isprintable()


@pytest.mark.parametrize("name", ["with space.yaml", "größe.yaml", "a*b?.yaml", "ключ [1].yaml"])
def test_names_of_every_kind(top: Path, name: str) -> None:
    Path("policies", name).write_text(name)
    shelf = Folder.of("root.yaml")

    there = shelf.beside(shelf.first, f"policies/{name}")

    assert (read(shelf, there), shelf.show(there)) == (name, f"policies/{name}")
    assert f"policies/{name}" in shown(shelf, "policies/*.yaml")
    first, path = open_shelf(f"policies/{name}")
    assert read(first, path) == name


def test_a_pipe_that_a_shell_has_opened(top: Path) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        file.write("from a pipe")
    path = f"/dev/fd/{reading}"
    try:
        shelf, named = open_shelf(path)
        assert (read(shelf, named), shelf.show(named)) == ("from a pipe", path)
        assert not shelf.local
    finally:
        os.close(reading)

    for ask in (shelf.beside, shelf.matching):
        told = refusal(lambda ask=ask: ask(named, "base.yaml"))  # type: ignore[misc]
        assert told == f"{path} is read from no folder, so it cannot name 'base.yaml'"


@pytest.mark.parametrize("name", BuiltIns.of_this_version().names)
def test_a_built_in(name: str) -> None:
    shelf, path = open_shelf(name)

    assert (path, shelf.show(path)) == (name, f"built-in {name}")
    assert read(shelf, path).startswith(("#", "version:", "name:"))
    assert len(shelf.read(path, limit=3)) == 4
    assert shelf.beside(path, "strict") == "strict"


@pytest.mark.parametrize(
    "named", ["stirct", "", "*", "-", "strict.test", "../x", "./strict", "strict\0", "~"]
)
def test_no_built_in(named: str) -> None:
    shelf = BuiltIns.of_this_version()

    for ask in (shelf.beside, lambda path, name: shelf.read(name, limit=LIMIT)):
        told = refusal(lambda ask=ask: ask("default", named))  # type: ignore[misc]
        assert told.startswith(f"there is no built-in policy {named!r}; ")


def test_the_nearest_built_in_is_told() -> None:
    assert "did you mean 'strict'?" in refusal(lambda: open_shelf("stirct"))


def test_the_built_ins_are_the_policies_of_their_folder(tmp_path: Path) -> None:
    for file in ("b.yaml", "a.yaml", "a.test.yaml", "c.yml", "d.json"):
        (tmp_path / file).write_text("x")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/e.yaml").write_text("x")
    os.mkfifo(tmp_path / "pipe.yaml")
    shelf = BuiltIns(folder=tmp_path)

    assert shelf.names == ["a", "b", "pipe"]
    assert "no regular file" in refusal(lambda: shelf.read("pipe", limit=LIMIT))


def test_a_built_in_names_no_files() -> None:
    shelf = BuiltIns.of_this_version()

    assert "no files beside it" in refusal(lambda: shelf.matching("strict", "*.json"))


@pytest.mark.parametrize(
    ("named", "kind", "local"),
    [
        ("strict", BuiltIns, False),
        ("strict.yaml", Folder, True),
        ("strict.yml", Folder, True),
        ("./strict", Folder, True),
        ("x/git:main:strict", Folder, True),
    ],
)
def test_what_a_word_means(top: Path, named: str, kind: type[Shelf], local: bool) -> None:
    shelf, _ = open_shelf(named)

    assert isinstance(shelf, kind)
    assert shelf.local == local

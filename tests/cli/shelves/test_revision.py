"""Policies of a git revision: read from it alone, whatever lies around."""

import os
import shutil
import subprocess
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scangate.cli.shelves import git as asking
from scangate.cli.shelves import open_shelf, revision
from scangate.cli.shelves.revision import Revision
from scangate.policy.shelf import Unreadable
from tests.cli.shelves.test_shelves import GLOBS, refusal

LIMIT = 1 << 20
REVIEWED = "reviewed\n"
FORGED = "forged!!\n"
PROGRAM = shutil.which("git") or "git"


class Repository:
    """A repository on disk, spoken to without the settings of whoever runs the tests."""

    def __init__(self, top: Path, *options: str) -> None:
        self.top = top
        top.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", *options)

    def git(self, *arguments: str, given: bytes = b"") -> str:
        command = (PROGRAM, "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always")
        who = {"NAME": "A Tester", "EMAIL": "tester@example.com", "DATE": "2026-01-01T00:00:00Z"}
        people = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in who.items()}
        environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", **people}
        done = subprocess.run(
            [*command, *arguments], cwd=self.top, env=environment, input=given,
            capture_output=True, check=True, timeout=20,
        )  # fmt: skip
        return done.stdout.decode().strip()

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for path, text in files.items():
            file = self.top / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, files: Mapping[str, str | bytes] | None = None) -> str:
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def object_file(self, name: str) -> Path:
        return self.top / ".git/objects" / name[:2] / name[2:]

    def forge(self, kind: str, name: str, data: bytes) -> None:
        """Put other data where git looks for an object."""
        file = self.object_file(name)
        file.unlink(missing_ok=True)
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(zlib.compress(b"%s %d\0" % (kind.encode(), len(data)) + data))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository in whose top we work: what is reviewed on main, what is forged on disk."""
    repository = Repository(tmp_path / "here")
    files: dict[str, str | bytes] = {
        "policy.yaml": REVIEWED,
        "policies/mine.yaml": "mine",
        "policies/base.yaml": "base",
    }
    for name in ("b.json", "a.json", "old/c.json", "old/d.JSON", ".dot.json", "a1.json", "x[1].js"):
        files[f"policies/vex/{name}"] = name
    repository.commit(files)
    repository.git("checkout", "--quiet", "-b", "proposal")
    repository.write({"policy.yaml": FORGED})
    monkeypatch.chdir(repository.top)
    return repository


@pytest.fixture
def elsewhere(tmp_path: Path) -> Repository:
    """Another repository with a main and a policy.yaml."""
    repository = Repository(tmp_path / "elsewhere")
    repository.commit({"policy.yaml": FORGED})
    return repository


def policy(named: str = "git:main:policy.yaml") -> str:
    shelf, path = open_shelf(named)
    return shelf.read(path, limit=LIMIT).decode()


def test_it_is_what_was_committed(here: Repository) -> None:
    assert Path("policy.yaml").read_text() == FORGED
    assert policy() == REVIEWED

    here.commit()
    assert (policy(), policy("git:HEAD:policy.yaml")) == (REVIEWED, FORGED)


def test_it_is_called_as_the_user_spelled_it(here: Repository) -> None:
    shelf, path = open_shelf("git:main~0:policies//mine.yaml")

    assert isinstance(shelf, Revision)
    assert (path, shelf.show(path)) == ("policies/mine.yaml", "git:main~0:policies/mine.yaml")
    assert shelf.commit == here.git("rev-parse", "main")
    assert not shelf.local


def test_a_revision_is_spelled_in_many_ways(here: Repository) -> None:
    here.git("tag", "--annotate", "v1", "--message", "one", "main")
    here.git("update-ref", "refs/remotes/origin/main", "main")
    here.commit()
    full = here.git("rev-parse", "main")

    for ref in (full, full[:10], "v1", "refs/tags/v1", "origin/main", "HEAD~1", "HEAD@{1}", "@^"):
        assert policy(f"git:{ref}:policy.yaml") == REVIEWED, ref


def test_from_a_folder_of_the_repository(here: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("policies")

    assert policy() == REVIEWED
    assert policy("git:main:policies/mine.yaml") == "mine"


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("git:", "names no file"),
        ("git:main", "names no file"),
        ("git:main:", "names no file"),
        ("git::policy.yaml", "names no revision"),
        ("git:--output=x:policy.yaml", "names no revision"),
        ("git:-h:policy.yaml", "names no revision"),
        ("git:ma\nin:policy.yaml", "names no revision"),
        ("git:main\0:policy.yaml", "names no revision"),
        ("git:^main:policy.yaml", "cannot be read"),
        ("git:main..proposal:policy.yaml", "cannot be read"),
        ("git:main policy:policy.yaml", "there is no such revision"),
        ("git:main^{tree}:policy.yaml", "cannot be read"),
        ("git:missing:policy.yaml", "there is no such revision"),
        ("git:origin/main:policy.yaml", "git fetch --depth 1 origin main"),
        (f"git:{'0' * 40}:policy.yaml", "cannot be read"),
        ("git:main:/policy.yaml", "is absolute"),
        ("git:main:./policy.yaml", "without ./"),
        ("git:main:../policy.yaml", "without ./"),
        ("git:main:policies/../../policy.yaml", "leads out"),
        ("git:main:policies/..", "is a folder"),
        ("git:main::policy.yaml", "git:main::policy.yaml does not exist"),
        ("git:main:policy.yaml:", "does not exist"),
        ("git:main:missing.yaml", "git:main:missing.yaml does not exist in main"),
        ("git:main:policy.yaml/x", "does not exist"),
        ("git:main:policies", "is a folder"),
        ("git:main:Policy.yaml", "does not exist"),
        ("git:main:*.yaml", "does not exist"),
        ("git:main:.git/config", "does not exist"),
        ("git:main:https://x.example/p", "not fetched"),
    ],
)
def test_a_name_that_is_refused(here: Repository, named: str, why: str) -> None:
    assert why in refusal(lambda: policy(named))
    assert not Path("x").exists()


def test_a_commit_that_a_branch_and_a_tag_are_called(here: Repository) -> None:
    """A tag goes first for git, and in many a project anybody may push one."""
    here.commit()
    here.git("tag", "main", "proposal")

    assert here.git("show", "main:policy.yaml") == FORGED.strip()
    assert "it names more than one" in refusal(policy)
    here.git("config", "core.warnAmbiguousRefs", "false")
    assert "it names more than one" in refusal(policy)
    assert policy("git:refs/heads/main:policy.yaml") == REVIEWED


def test_a_branch_that_is_called_as_a_commit(here: Repository) -> None:
    short = here.git("rev-parse", "main")[:10]
    here.commit()
    here.git("branch", short, "proposal")

    assert "it names more than one" in refusal(lambda: policy(f"git:{short}:policy.yaml"))


def test_a_branch_that_moves_is_resolved_once(here: Repository) -> None:
    shelf, path = open_shelf("git:main:policy.yaml")
    assert isinstance(shelf, Revision)
    before = shelf.commit

    here.git("branch", "--force", "main", here.commit({"policies/base.yaml": FORGED}))

    assert shelf.read(path, limit=LIMIT) == REVIEWED.encode()
    assert shelf.read(shelf.beside(path, "policies/base.yaml"), limit=LIMIT) == b"base"
    assert shelf.commit == before != here.git("rev-parse", "main")
    assert policy() == FORGED


@pytest.mark.parametrize("kind", ["blob", "tree", "commit"])
def test_replacements_do_not_count(here: Repository, kind: str) -> None:
    forged = here.commit()
    what = {"blob": ":policy.yaml", "tree": "^{tree}", "commit": ""}[kind]
    here.git("replace", here.git("rev-parse", f"main{what}"), here.git("rev-parse", forged + what))

    assert here.git("show", "main:policy.yaml") == FORGED.strip()  # it works, for others
    assert policy() == REVIEWED


def test_a_replacement_that_git_heeds_is_seen(
    here: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second line of defence holds by itself."""
    here.git("replace", here.git("rev-parse", "main"), here.commit())
    monkeypatch.setattr(asking.Git, "_command", lambda git, words: [git.program, *words])
    monkeypatch.delitem(asking._SET, "GIT_NO_REPLACE_OBJECTS")

    assert "is not what its name says" in refusal(policy)


@pytest.mark.parametrize("kind", ["blob", "tree", "commit"])
def test_an_object_that_somebody_has_overwritten(here: Repository, kind: str) -> None:
    forged = here.commit()
    what = {"blob": ":policy.yaml", "tree": "^{tree}", "commit": ""}[kind]
    data = subprocess.run(
        [PROGRAM, "cat-file", kind, forged + what], capture_output=True, check=True
    ).stdout
    here.forge(kind, here.git("rev-parse", f"main{what}"), data)

    assert "cannot be read" in refusal(policy)


def test_an_alternate_store_serves_what_it_has_and_forges_nothing(
    here: Repository, elsewhere: Repository
) -> None:
    blob = here.git("rev-parse", "main:policy.yaml")
    (here.top / ".git/objects/info/alternates").write_text(f"{elsewhere.top}/.git/objects\n")
    genuine = here.object_file(blob).read_bytes()
    here.object_file(blob).unlink()

    elsewhere.forge("blob", blob, FORGED.encode())
    assert "is not what its name says" in refusal(policy)

    elsewhere.object_file(blob).unlink()
    elsewhere.object_file(blob).write_bytes(genuine)
    assert policy() == REVIEWED


def test_grafts_do_not_count(here: Repository) -> None:
    root = here.git("rev-parse", "main")
    forged = here.commit()
    reviewed = here.git("commit-tree", "main^{tree}", "-p", root, "-m", "two")
    tip = here.git("commit-tree", "main^{tree}", "-p", reviewed, "-m", "three")
    here.git("update-ref", "refs/heads/main", tip)
    (here.top / ".git/info").mkdir(exist_ok=True)
    (here.top / ".git/info/grafts").write_text(f"{tip} {forged}\n")

    assert here.git("show", "main~1:policy.yaml") == FORGED.strip()
    assert policy("git:main~1:policy.yaml") == REVIEWED


def test_the_environment_does_not_choose_another_repository(
    here: Repository, elsewhere: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {
        "GIT_DIR": f"{elsewhere.top}/.git",
        "GIT_COMMON_DIR": f"{elsewhere.top}/.git",
        "GIT_WORK_TREE": str(elsewhere.top),
        "GIT_OBJECT_DIRECTORY": f"{elsewhere.top}/.git/objects",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": f"{elsewhere.top}/.git/objects",
        "GIT_NAMESPACE": "other",
        "GIT_CEILING_DIRECTORIES": str(here.top.parent),
        "GIT_REPLACE_REF_BASE": "refs/heads/",
        "GIT_EXEC_PATH": str(elsewhere.top),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.worktree",
        "GIT_CONFIG_VALUE_0": "/nowhere",
        "GIT_CONFIG_PARAMETERS": "'core.repositoryFormatVersion'='99'",
        "GIT_CONFIG_GLOBAL": "/dev/full",
        "GIT_TRACE": f"{elsewhere.top}/trace",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert policy() == REVIEWED
    assert not (elsewhere.top / "trace").exists()

    # Each by itself, lest one undoes another
    for name in variables:
        monkeypatch.delenv(name)
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY"):
        with monkeypatch.context() as alone:
            alone.setenv(name, variables[name])
            assert policy() == REVIEWED


def test_git_is_told_no_secret(here: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    program(here, 'env > "$0.env"; exit 1', monkeypatch)
    monkeypatch.setenv("YC_IAM_TOKEN", "a-secret")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")

    refusal(policy)

    told = (here.top.parent / "bin/git.env").read_text()
    assert {"GIT_NO_REPLACE_OBJECTS=1", "LC_ALL=C"} <= set(told.splitlines())
    assert "a-secret" not in told


def program(here: Repository, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program called git before the real one."""
    file = here.top.parent / "bin/git"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{file.parent}:{os.environ['PATH']}")
    return file


@pytest.mark.parametrize("before", [".", "", "bin"])
def test_a_git_that_the_checkout_brings_is_not_run(
    here: Repository, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    script = f"#!/bin/sh\ntouch {here.top}/ran\nexit 1\n"
    here.write({"git": script, "bin/git": script})
    for file in ("git", "bin/git"):
        Path(file).chmod(0o755)
    monkeypatch.setenv("PATH", f"{before}:{os.environ['PATH']}")

    assert policy() == REVIEWED
    assert not Path("ran").exists()


@pytest.mark.parametrize("path", ["", "/nowhere", "."])
def test_without_git(here: Repository, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("PATH", path)

    assert refusal(policy) == "git is not installed, or not on PATH"


def test_a_git_that_hangs_is_ended(here: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    program(here, f"(sleep 60; touch {here.top}/late) & wait", monkeypatch)

    told = refusal(lambda: Revision.open("main", patience=0.2))

    assert told == "git:main cannot be read: git did not end within 0.2 s"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 0", "git says: exit code 0"),
        ("echo main", "git says: exit code 0"),
        ("yes", "git says"),
        (f"echo {'0' * 40}; exit 1", "git says: exit code 1"),
        ("echo 'fatal: detected dubious ownership in repository' >&2; exit 128", "safe.directory"),
        ("echo 'fatal: unsafe repository (x is owned by' >&2; exit 128", "safe.directory"),
        ("printf 'fatal: a\\033[2Jb\\n' >&2; exit 128", "git says: a?[2Jb"),
    ],
    ids=[
        "silent",
        "a word",
        "endless",
        "a failure",
        "another's",
        "another's, of old",
        "unseen characters",
    ],
)
def test_a_git_that_answers_otherwise(
    here: Repository, monkeypatch: pytest.MonkeyPatch, script: str, why: str
) -> None:
    program(here, script, monkeypatch)

    assert why in refusal(lambda: Revision.open("main"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user(here: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here.top.parent))  # without anybody's settings
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for path in (here.top, here.top / ".git"):
        os.chown(path, 12345, 12345)

    told = refusal(policy)
    assert f"git config --global --add safe.directory {here.top}" in told

    (here.top.parent / ".gitconfig").write_text(f"[safe]\n\tdirectory = {here.top}\n")
    assert policy() == REVIEWED


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    told = refusal(policy)

    assert told == "git:main cannot be read: the working folder lies in no git repository"


def test_an_empty_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository(tmp_path / "empty")
    monkeypatch.chdir(repository.top)
    assert "there is no such revision" in refusal(lambda: policy("git:HEAD:p.yaml"))

    repository.commit()
    assert "does not exist" in refusal(lambda: policy("git:HEAD:p.yaml"))


def test_a_bare_repository_that_is_checked_out_is_none(
    here: Repository, elsewhere: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git would take the folder we work in for one, if it has the right files."""
    shutil.copytree(elsewhere.top / ".git", here.top / "deploy")
    monkeypatch.chdir("deploy")
    plain = subprocess.run([PROGRAM, "show", "main:policy.yaml"], capture_output=True, check=False)
    assert plain.stdout.decode() in {FORGED, ""}  # newer versions may refuse

    assert policy() == REVIEWED


def test_a_bare_repository_is_none_either_where_a_repository_is_broken(
    elsewhere: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(elsewhere.top / ".git", tmp_path / "broken")
    (tmp_path / "broken/.git").mkdir()
    monkeypatch.chdir(tmp_path / "broken")

    assert "cannot be read: git says: " in refusal(policy)


def test_no_program_of_the_settings_is_run(here: Repository, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    script.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("reference-transaction", "post-index-change", "post-checkout"):
        shutil.copy(script, hooks / hook)
    for name in ("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "diff.external"):
        here.git("config", name, str(script))
    for name in ("alias.rev-parse", "alias.cat-file"):
        here.git("config", name, f"!{script}")
    here.git("config", "core.hooksPath", str(hooks))
    here.git("config", "pager.cat-file", "true")
    here.git("config", "filter.ours.smudge", str(script))
    (here.top / ".git/info/attributes").write_text("* filter=ours\n")

    assert policy() == REVIEWED
    assert not (tmp_path / "ran").exists()


def test_a_worktree(here: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    here.commit()
    here.git("worktree", "add", "--quiet", "../worktree", "main")
    here.git("worktree", "add", "--quiet", "--detach", "inside", "main")

    for folder in ("../worktree", "../here/inside"):
        monkeypatch.chdir(folder)
        assert policy() == REVIEWED
        assert policy("git:proposal:policy.yaml") == FORGED


def test_a_submodule_is_no_place_to_work_in(
    here: Repository, elsewhere: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull request can put one where a folder was; it has a main of its own."""
    here.git("submodule", "--quiet", "add", str(elsewhere.top), "deploy")
    here.commit()
    monkeypatch.chdir("deploy")

    assert "this is a submodule" in refusal(policy)


def test_links_and_submodules_are_not_followed(here: Repository, elsewhere: Repository) -> None:
    Path("link.yaml").symlink_to("policy.yaml")
    Path("folder").symlink_to("policies")
    here.git("submodule", "--quiet", "add", str(elsewhere.top), "other")
    here.commit()
    shelf = Revision.open("HEAD")

    def told(path: str) -> str:
        return refusal(lambda: shelf.read(path, limit=LIMIT))

    assert told("link.yaml").startswith("git:HEAD:link.yaml is a symbolic link")
    assert "'folder' is a symbolic link" in told("folder/mine.yaml")
    assert told("other").startswith("git:HEAD:other is a submodule")
    assert "'other' is a submodule" in told("other/policy.yaml")
    assert "'link.yaml' is a symbolic link" in refusal(lambda: shelf.matching("", "link.*"))
    assert "'link.yaml' is a symbolic link" in refusal(lambda: shelf.matching("", "link.yaml"))
    assert shelf.matching("", "*/mine.yaml") == ("policies/mine.yaml",)
    assert shelf.matching("", "*/policy.yaml") == ()


def test_a_program_is_a_file_as_well(here: Repository) -> None:
    Path("policy.yaml").chmod(0o755)
    here.commit()

    assert policy("git:HEAD:policy.yaml") == FORGED


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
def test_a_text_is_read_up_to_its_limit(here: Repository, packed: bool) -> None:
    here.commit({"large.yaml": b"x" * 10_000_000, "exact.yaml": b"y" * 100})
    if packed:
        here.git("gc", "--quiet")
    shelf = Revision.open("HEAD")

    assert shelf.read("large.yaml", limit=LIMIT) == b"x" * (LIMIT + 1)
    assert shelf.read("exact.yaml", limit=100) == b"y" * 100
    assert shelf.read("exact.yaml", limit=99) == b"y" * 100
    assert shelf.read("exact.yaml", limit=98) == b"y" * 99


@pytest.mark.parametrize(
    "name", ["with space.yaml", "größe.yaml", "a*b?.yaml", "[1].yaml", "a:b.yaml", ":(top)x.yaml"]
)
def test_names_of_every_kind(here: Repository, name: str) -> None:
    here.commit({f"names/{name}": name})

    shelf, path = open_shelf(f"git:HEAD:names/{name}")

    assert shelf.read(path, limit=LIMIT).decode() == name
    assert shelf.matching(path, "*.yaml") == (path,) == (f"names/{name}",)
    assert shelf.show(path) == f"git:HEAD:names/{name}"


@pytest.mark.parametrize(("pattern", "expected"), GLOBS, ids=[each for each, _ in GLOBS])
def test_globs_mean_what_they_mean_on_disk(
    here: Repository, pattern: str, expected: list[str]
) -> None:
    found = Revision.open("main").matching("policies/mine.yaml", pattern)

    assert found == tuple(f"policies/vex/{each}" for each in expected)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("missing.json", "'policies/missing.json' does not exist in main"),
        ("vex", "is a folder"),
        ("..", "is a folder"),
        ("../../*", "leads out"),
        ("vex/**.json", "** stands between slashes"),
    ],
)
def test_a_glob_that_is_refused(here: Repository, pattern: str, why: str) -> None:
    shelf = Revision.open("main")

    assert why in refusal(lambda: shelf.matching("policies/mine.yaml", pattern))


def test_a_glob_is_not_about_the_disk(here: Repository) -> None:
    here.write({"policies/vex/new.json": "x"})
    Path("policies/vex/b.json").unlink()
    found = Revision.open("main").matching("policies/mine.yaml", "vex/?*.json")

    assert "policies/vex/b.json" in found
    assert "policies/vex/new.json" not in found


def test_the_same_trees_are_asked_for_once(
    here: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    ask = asking.Git.ask

    def count(git: asking.Git, *arguments: str, most: int) -> asking.Answer:
        asked.append(arguments)
        return ask(git, *arguments, most=most)

    monkeypatch.setattr(asking.Git, "ask", count)
    shelf = Revision.open("main")
    for path in ("policies/mine.yaml", "policies/base.yaml"):
        shelf.read(path, limit=LIMIT)

    assert len(asked) == 1 + 1 + 2 + 2  # the revision, its commit, two trees, two texts


def test_a_repository_of_sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository(tmp_path / "sha256", "--object-format=sha256")
    commit = repository.commit({"policies/policy.yaml": REVIEWED})
    monkeypatch.chdir(repository.top)

    assert policy("git:main:policies/policy.yaml") == REVIEWED
    assert Revision.open("main").commit == commit
    assert len(commit) == 64


def test_a_shallow_clone(here: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here.commit()
    here.git("clone", "--quiet", "--depth=1", "--branch=proposal", f"file://{here.top}", "../clone")
    monkeypatch.chdir("../clone")
    assert "git fetch --depth 1 origin main" in refusal(lambda: policy("git:origin/main:p.yaml"))

    here.git("-C", "../clone", "fetch", "--quiet", "--depth=1", "origin", "main")
    assert policy("git:FETCH_HEAD:policy.yaml") == REVIEWED


@pytest.mark.parametrize("version", ["new", "old"])
def test_a_partial_clone_fetches_nothing(
    here: Repository, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    if version == "old":  # which does not know the variable
        monkeypatch.delitem(asking._SET, "GIT_NO_LAZY_FETCH")
    here.commit()
    here.git("config", "uploadpack.allowFilter", "true")
    clone = ("clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{here.top}")
    here.git(*clone, "../clone")
    monkeypatch.chdir("../clone")
    script = here.top.parent / "upload"
    script.write_text(f'#!/bin/sh\ntouch {here.top.parent}/ran\nexec git-upload-pack "$@"\n')
    script.chmod(0o755)
    here.git("-C", "../clone", "config", "remote.origin.uploadpack", str(script))

    assert "partial clone" in refusal(lambda: policy("git:origin/main:policy.yaml"))
    assert not Path("../ran").exists()

    # It would have come: this is what must not happen by itself
    assert here.git("-C", "../clone", "show", "origin/main:policy.yaml") == REVIEWED.strip()
    assert Path("../ran").exists()
    assert policy("git:origin/main:policy.yaml") == REVIEWED


@pytest.mark.parametrize(
    "data",
    [b"nonsense", b"100644 policy.yaml", b"100644 policy.yaml\0", b"9 policy.yaml\0" + b"x" * 20],
)
def test_a_tree_that_makes_no_sense(here: Repository, data: bytes) -> None:
    words = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
    tree = here.git(*words, given=data)
    author = b"A <a@example.com> 0 +0000"
    text = b"tree %s\nauthor %s\ncommitter %s\n\nx\n" % (tree.encode(), author, author)
    commit = here.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", given=text)

    assert "cannot be read" in refusal(lambda: policy(f"git:{commit}:policy.yaml"))


def test_a_folder_that_is_too_large(here: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cut cannot be held against its name."""
    monkeypatch.setattr(revision, "_LARGEST_TREE", 50)
    assert "is too large" in refusal(policy)

    monkeypatch.setattr(revision, "_LARGEST_TREE", 500)
    assert policy() == REVIEWED


def test_every_refusal_is_of_one_kind(here: Repository) -> None:
    asks: list[Callable[[], object]] = [
        lambda: Revision.open("missing"),
        lambda: Revision.open("main").read("missing", limit=1),
        lambda: Revision.open("main").beside("a", "/b"),
    ]
    for ask in asks:
        with pytest.raises(Unreadable):
            ask()

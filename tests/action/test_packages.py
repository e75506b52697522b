"""Packages by their hashes, from an index on this disk, by the real pip."""

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from action.packages import NotInstalled, install

NAME = "scangate_sample-1.0-py3-none-any.whl"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """A folder with one wheel."""
    files = {
        "scangate_sample.py": "",
        "scangate_sample-1.0.dist-info/METADATA": (
            "Metadata-Version: 2.1\nName: scangate-sample\nVersion: 1.0\n"
        ),
        "scangate_sample-1.0.dist-info/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    folder = tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / NAME, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        rows = [f"{name},sha256={_hash(text)},{len(text)}" for name, text in files.items()]
        wheel.writestr("scangate_sample-1.0.dist-info/RECORD", "\n".join(rows))
    return folder


def _hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def lock(index: Path, tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    digest = hashlib.sha256((index / NAME).read_bytes()).hexdigest()
    path.write_text(f"scangate-sample==1.0 --hash=sha256:{digest}\n")
    return path


def only(index: Path) -> Mapping[str, str]:
    """An environment in which pip knows no other index."""
    return {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(index),
        "PIP_CONFIG_FILE": "/dev/null",
        "PATH": "/usr/bin:/bin",
    }


def test_what_has_the_hash_is_installed_once(
    index: Path, lock: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = install(lock, tmp_path, only(index))
    assert (folder / "scangate_sample.py").exists()
    assert capfd.readouterr().out.startswith("scangate's packages installed in ")

    (index / NAME).unlink()
    assert install(lock, tmp_path, only(index)) == folder
    assert capfd.readouterr().out == "scangate's packages are already there\n"

    lock.write_text(lock.read_text() + "# renewed\n")
    with pytest.raises(NotInstalled):
        install(lock, tmp_path, only(index))


def test_what_has_another_hash_is_not_installed(
    index: Path, lock: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(index / NAME, "a") as wheel:
        wheel.writestr("sitecustomize.py", "")

    with pytest.raises(NotInstalled, match="pip ended with 1"):
        install(lock, tmp_path, only(index))
    out = capfd.readouterr().out
    assert "DO NOT MATCH THE HASHES" in out
    assert all(line.startswith("pip: ") for line in out.splitlines())


def test_a_folder_that_others_could_write_is_not_trusted(
    index: Path, lock: Path, tmp_path: Path
) -> None:
    folder = install(lock, tmp_path, only(index))
    (folder / "scangate_sample.py").write_text("import os; os._exit(0)")
    folder.chmod(0o770)

    fresh = install(lock, tmp_path, only(index))

    assert fresh != folder
    assert (fresh / "scangate_sample.py").read_text() == ""


def test_a_link_is_not_followed(index: Path, lock: Path, tmp_path: Path) -> None:
    folder = install(lock, tmp_path, only(index))
    elsewhere = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(elsewhere)

    assert install(lock, tmp_path, only(index)) not in (folder, elsewhere)

"""What the figures were measured on: the machine, and the versions that matter."""

import importlib.metadata
import os
import platform
import re
import shutil
import ssl
import subprocess
from pathlib import Path

_PACKAGES = ("requests", "urllib3", "msgspec", "PyYAML", "grpcio", "yandexcloud")


def describe() -> list[tuple[str, str]]:
    """Return what there is, a name and a text each."""
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES)
    tools = ", ".join(filter(None, map(_tool, ("curl", "jq"))))
    return [
        ("processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("memory", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release().partition('-')[0]}"),
        ("Python", f"{platform.python_version()}, {ssl.OPENSSL_VERSION}"),
        ("scangate", importlib.metadata.version("scangate")),
        ("packages", packages),
        ("tools", tools or "none"),
    ]


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    match = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
    return match[1] if match else platform.machine()


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        return ""
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - looked up just now
    version = re.search(r"[0-9][0-9.]*", said)
    return f"{name} {version[0]}" if version else name

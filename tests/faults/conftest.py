"""A gate in a folder of its own, in an environment without proxies and bundles."""

from pathlib import Path

import pytest

from .running import Gate

_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    for name in (*_VARIABLES, *map(str.lower, _VARIABLES), *_BUNDLES):
        monkeypatch.delenv(name, raising=False)
    return Gate(tmp_path, monkeypatch)

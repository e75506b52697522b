"""No test here depends on the proxies and bundles of the machine that it runs on."""

import pytest

_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*_VARIABLES, *map(str.lower, _VARIABLES), *_BUNDLES):
        monkeypatch.delenv(name, raising=False)

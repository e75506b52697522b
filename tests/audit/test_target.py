"""What is audited: a registry, or what lies below a prefix of whole names."""

import pytest

from scangate.audit.target import AuditTarget
from scangate.errors import UsageError
from scangate.model import Repository


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("cr.yandex/crp0", AuditTarget(host="cr.yandex", registry_id="crp0")),
        ("cr.yandex/crp0/", AuditTarget(host="cr.yandex", registry_id="crp0")),
        ("cr.yandex/crp0/a/b", AuditTarget(host="cr.yandex", registry_id="crp0", prefix="a/b")),
        ("127.0.0.1:5000/crp0", AuditTarget(host="127.0.0.1:5000", registry_id="crp0")),
    ],
)
def test_a_target(text: str, target: AuditTarget) -> None:
    assert AuditTarget.parse(text) == target
    assert target.text == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        *("", "/", "cr.yandex", "cr.yandex/", "crp0", "cr.yandex/crp0/a:1", "cr.yandex/crp0:1"),
        *(f"cr.yandex/crp0/a@sha256:{'a' * 64}", "cr.yandex//crp0", "cr.yandex/CRP0", "a b/crp0"),
        *("https://cr.yandex/crp0", "cr.yandex/crp0/*", "cr.yandex/crp0/../x", "x" * 2000),
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="not a registry or a part of one") as caught:
        AuditTarget.parse(text)
    assert caught.value.hint.endswith("for one image: scangate check")


@pytest.mark.parametrize(
    ("prefix", "name", "covered"),
    [
        ("", "crp0/app", True),
        ("", "crp1/app", False),
        ("team", "crp0/team", True),
        ("team", "crp0/team/app", True),
        ("team", "crp0/team2", False),
        ("team", "crp0/other/team", False),
        ("team", "crp1/team", False),
        ("team/app", "crp0/team", False),
    ],
)
def test_what_it_covers(prefix: str, name: str, covered: bool) -> None:
    target = AuditTarget(host="cr.yandex", registry_id="crp0", prefix=prefix)

    assert target.covers(Repository(id="r", name=name)) is covered

"""Inputs, as the runner hands them over, to arguments and a credential."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from action.inputs import Asked, Refused, read, variable_of
from scangate.cli import check_options
from scangate.errors import UsageError

VERSION = "1.2.3"
TEMPORARY = Path("/tmp/report.json")
OUTPUTS = ("-o", "table", "-o", f"json={TEMPORARY}")
IMAGE = "cr.yandex/crp0/app@sha256:" + "0" * 64


def asked(**changes: str) -> Asked:
    given = {"image": IMAGE, "policy": "default", **changes}
    variables = {variable_of(name.replace("_", "-")): text for name, text in given.items()}
    return read(variables, own_version=VERSION, report_json=TEMPORARY)


def options(**changes: str) -> check_options.CheckOptions:
    """What `scangate check` makes of the arguments."""
    return check_options.parse(asked(**changes).arguments, {})


def test_the_least() -> None:
    assert options() == check_options.parse(["-p", "default", *OUTPUTS, IMAGE], {})


def test_everything() -> None:
    read = options(
        image=f"{IMAGE}\n{IMAGE}1\n",
        image_id="crpa\ncrpb",
        policy="gate/policy.yaml",
        policy_sha256="ab",
        report="junit=a.xml\nsarif=b.sarif\n",
        scan="if-missing",
        timeout="3m",
        start_timeout="5s",
        cloud="yandex-kz",
        endpoint="https://example.com",
        warn_only="true",
        version=VERSION,
    )

    assert read == check_options.parse(
        [
            *(*OUTPUTS, "-o", "junit=a.xml", "-o", "sarif=b.sarif"),
            *("--policy", "gate/policy.yaml", "--policy-sha256", "ab", "--scan", "if-missing"),
            *("--timeout", "3m", "--start-timeout", "5s", "--cloud", "yandex-kz"),
            *("--endpoint", "https://example.com", "--image-id", "crpa", "--image-id", "crpb"),
            *("--warn-only", IMAGE, f"{IMAGE}1"),
        ],
        {},
    )


def test_manifests() -> None:
    read = options(image="", manifest="app.yaml\ndb.yaml\n")

    assert read == check_options.parse(
        ["-p", "default", *OUTPUTS, "-f", "app.yaml", "-f", "db.yaml"], {}
    )


@pytest.mark.parametrize("text", ["--warn-only", "-h", "--", "-", "--policy=permissive"])
def test_an_image_is_never_an_option(text: str) -> None:
    assert options(image=text).images == (text,)


@pytest.mark.parametrize("name", ["policy", "policy-sha256", "endpoint"])
def test_a_value_is_never_an_option(name: str) -> None:
    read = options(**{name: "--warn-only"})

    assert getattr(read, name.replace("-", "_")) == "--warn-only"
    assert not read.warn_only


def test_the_report_that_is_told_is_the_one_that_is_asked_for() -> None:
    assert asked(report="json=out/a=b.json").report_json == Path("out/a=b.json")
    assert asked(report="junit=a.xml").report_json == TEMPORARY
    assert asked(report="").report_json == TEMPORARY


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"policy": ""}, "the input policy is empty", id="no policy"),
        pytest.param({"image": ""}, "the input image is empty", id="nothing to gate"),
        pytest.param({"image": "\n"}, "the input image is blank", id="two empty expressions"),
        pytest.param({"image": "\na"}, "line 1 of the input image", id="the first is empty"),
        pytest.param({"image": "a\n\n"}, "line 2 of the input image", id="the last is empty"),
        pytest.param({"image": "a\n \nb"}, "line 2 of the input image", id="one between"),
        pytest.param({"image_id": "a\n\n"}, "line 2 of the input image-id", id="of an ID"),
        pytest.param({"image": "a\rb"}, "a control character", id="a hidden line break"),
        pytest.param({"image": "a\x1b[0m"}, "a control character", id="an escape sequence"),
        pytest.param({"policy": "a\nb"}, "the input policy has a line break", id="two policies"),
        pytest.param({"policy_sha256": " "}, "policy-sha256 is blank", id="a blank"),
        pytest.param({"token": "\t"}, "the input token is blank", id="a blank token"),
        pytest.param({"service_account_key": "\n"}, "key is blank", id="a blank key"),
        pytest.param({"report": "junit"}, "it takes FORMAT=PATH", id="a format alone"),
        pytest.param({"report": "junit="}, "it takes FORMAT=PATH", id="a format without a path"),
        pytest.param({"report": "=a.xml"}, "it takes FORMAT=PATH", id="a path alone"),
        pytest.param({"report": "json=a\njson=b"}, "names json twice", id="a format twice"),
        pytest.param({"version": "1.2"}, "this action is 1.2.3", id="half a version"),
        pytest.param({"version": "v1.2.3"}, "pin the action itself", id="a tag"),
        pytest.param(
            {"token": "t", "service_account_id": "aje"},
            "token and service-account-id exclude each other",
            id="two credentials",
        ),
        pytest.param(
            {"token": "t", "service_account_key": "{}"}, "exclude each other", id="two others"
        ),
    ],
)
def test_what_is_refused(changes: Mapping[str, str], told: str) -> None:
    with pytest.raises(Refused, match=told):
        asked(**changes)


@pytest.mark.parametrize("name", ["warn_only", "cloud_registry"])
@pytest.mark.parametrize("text", ["ture", "True", "TRUE", "yes", "on", "1", "0", "false\n", " "])
def test_a_boolean_is_true_or_false(name: str, text: str) -> None:
    with pytest.raises(Refused, match=name.replace("_", "-")):
        asked(**{name: text})


@pytest.mark.parametrize(("text", "meant"), [("true", True), ("false", False), ("", False)])
def test_a_boolean(text: str, meant: bool) -> None:
    assert options(warn_only=text).warn_only is meant
    assert asked(cloud_registry=text).cloud_registry is meant


@pytest.mark.parametrize(
    ("host", "meant"), [("registry.yandexcloud.net", True), ("cr.yandex", False)]
)
def test_what_an_image_of_cloud_registry_takes_is_installed(host: str, meant: bool) -> None:
    assert asked(image=f"cr.yandex/a/b:1\n{host}/a/b:1").cloud_registry is meant


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("token", "YC_IAM_TOKEN"),
        ("service_account_key", "YC_SERVICE_ACCOUNT_KEY_FILE"),
        ("service_account_id", "YC_SERVICE_ACCOUNT_ID"),
    ],
)
def test_a_credential_is_no_argument(name: str, variable: str) -> None:
    found = asked(**{name: "secret-of-the-test"})

    assert found.credential == {variable: "secret-of-the-test"}
    assert "secret" not in " ".join(found.arguments)


def test_a_key_may_have_several_lines() -> None:
    assert asked(service_account_key='{\n"id": "a"\n}\n').credential == {
        "YC_SERVICE_ACCOUNT_KEY_FILE": '{\n"id": "a"\n}'
    }


def test_scangate_refuses_what_the_action_leaves_to_it() -> None:
    with pytest.raises(UsageError):
        options(scan="allways")

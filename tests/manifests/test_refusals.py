"""What a manifest may not have: whatever two readers could take for different things."""

import pytest

from scangate.errors import UsageError
from scangate.manifests import MAX_BYTES, read
from tests.manifests.test_images import pod

IMAGE = "cr.yandex/crp0/a:1"
STREAM = {
    "nothing": (b"", "app.yaml is empty"),
    "only comments": (b"# x\n---\n", "app.yaml is empty"),
    "no UTF-8": (b"kind: X\nimage: \xff", "app.yaml:2:1: the text is not UTF-8"),
    "UTF-16": ("kind: X".encode("utf-16"), "the text is not UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbfkind: X", r"app.yaml:1:1: the character U\+FEFF"),
    "a line break of YAML 1.1": (
        "kind: X #\u2028image: a".encode(),
        r"1:10: the character U\+2028",
    ),
    "a line break of old Macs": (b"kind: X #\rimage: a", r"1:10: the character U\+000D"),
    "a NUL": (b"kind: X\0", r"1:8: the character U\+0000"),
    "too much": (b"#" * (MAX_BYTES + 1), "larger than"),
    "text after a separator": (b"kind: X\n--- {kind: X}", "2:1: more than a comment"),
    "a key like a separator": (b"kind: X\n---a: |\n kind: Pod", "2:1: more than a comment"),
    "a block after a separator": (b"--- |\n kind: Pod", "1:1: more than a comment"),
    "a separator in a text": (b'kind: "X\n---a"', "2:1: more than a comment"),
}
YAML = {
    "no YAML": ("kind: [", "not YAML: "),
    "a list": ("- kind: X", "1:1: a document of a manifest is a mapping"),
    "a text": ("kind X", "1:1: a document of a manifest is a mapping"),
    "a directive": ("%YAML 1.1\n---\nkind: X", "1:1: a YAML directive"),
    "a duplicate key": (
        "kind: X\nimage: a\nimage: b",
        "3:1: the key 'image' is already given in line 2",
    ),
    "a duplicate by escape": (
        'kind: X\nimage: a\n"im\\x61ge": b',
        "3:1: the key 'image' is already",
    ),
    "a duplicate anchor": ("kind: X\na: &a 1\nb: &a 2", "3:4: the anchor &a is given twice"),
    "an alias of nothing": ("kind: X\na: *b", "2:4: an alias whose anchor"),
    "an alias of another document": ("kind: &a X\n---\nkind: *a", "3:7: an alias whose anchor"),
    "a list in itself": ("kind: X\na: &a [*a]", "2:8: an alias whose anchor"),
    "a tag that hides a text": (
        f"kind: X\nimage: !!binary {'eA=='}",
        "2:8: the tag tag:yaml.org,2002:binary",
    ),
    "a tag of an application": ("kind: X\nimage: !reset null", "2:8: the tag !reset"),
    "a tag that says nothing": ("kind: X\nimage: ! a", "2:8: the tag !,"),
    "a tag of a list": ("kind: X\na: !!set {b}", "2:4: the tag"),
    "a key that is a mapping": ("kind: X\n{a: b}: c", "2:1: a key must be a text"),
    "a merge of a text": ("kind: X\n<<: a", "2:5: a merge key takes mappings"),
    "too deep": (f"kind: X\na: {'[' * 201}{']' * 201}", "nested more than 200 levels"),
    "neither kind nor services": ("image: nginx", "1:1: neither a Kubernetes object"),
    "services that are none": ("services: [a]", "1:11: services, and each service, are mappings"),
}
IMAGES = {
    "no value": ("", "5:11: the image is empty"),
    "null": ("null", "5:12: the image is empty"),
    "an empty text": ("''", "5:12: the image is empty"),
    "a number": ("123", "5:12: the image 123 is not a text to every reader"),
    "a float": ("1e3", "the image 1e3 is not a text"),
    "a time of YAML 1.1": ("22:30", "the image 22:30 is not a text"),
    "a truth of YAML 1.1": ("no", "the image no is not a text"),
    "a mapping": ("{repository: a}", "5:12: the image is no text"),
    "a list": ("[a]", "5:12: the image is no text"),
    "a Helm template": ("{{ .Values.image }}", "a key must be a text"),
    "a quoted template": ("'{{ .Values.image }}'", "is not rendered yet"),
    "a variable": ("$IMAGE", "is not rendered yet"),
    "a variable's default": (f"${{X:-{IMAGE}}}", "is not rendered yet"),
    "capitals": ("Nginx", "'Nginx' is not an image reference"),
    "a blank at its end": ("'nginx '", "'nginx ' is not an image reference"),
    "a line break at its end": ("|\n      nginx", r"'nginx\\n' is not an image reference"),
    "letters that look alike": ("cr.yаndex/crp0/a:1", "is not an image reference"),
    "an address": (f"https://{IMAGE}", "is not an image reference"),
    "a known registry in capitals": (
        "CR.yandex/crp0/a:1",
        "it must begin with the registry's host",
    ),
    "a known registry with a port": ("cr.yandex:443/crp0/a:1", "must be written without a port"),
    "a known registry with a dot": ("cr.yandex./crp0/a:1", "app.yaml:5:12: "),
    "a known registry alone": ("cr.yandex", "app.yaml:5:12: "),
    "a registry's ID alone": ("cr.yandex/crp0", "after the host come"),
    "a short digest": ("cr.yandex/crp0/a@sha256:0a", "the digest must be"),
    "escapes": ('"cr.yandex\\x2fcrp0/a:1"', "5:12: an image that is written with escapes"),
    "a line break in it": ('"cr.yandex/crp0/\\\n      a:1"', "written with escapes"),
    "a remark that names one": (f">- # {IMAGE}\n      {IMAGE}", "or with a comment that names one"),
}
TEXTS = {
    "no tag": ("cr.yandex/crp0/a", "2:4: cr.yandex/crp0/a has neither tag nor digest"),
    "no tag before a text": ("x cr.yandex/crp0/a y", "2:6: cr.yandex/crp0/a has neither"),
    "a registry alone": ("cr.yandex", "2:4: the registry cr.yandex alone"),
    "a registry's address": ("https://cr.yandex", "2:4: the registry https://cr.yandex alone"),
    "a registry with a blank": ("'cr.yandex '", "2:4: the registry cr.yandex  alone"),
    "a registry with an ID": ("cr.yandex/crp0", "after the host come"),
    "a path": ("cr.yandex/v2/", "after the host come"),
    "a template": ("'cr.yandex/crp0/a:{{ .Values.tag }}'", "the tag is malformed"),
    "a template after a tag": ("'cr.yandex/crp0/a:1{{ .x }}'", "the tag is malformed"),
    "a variable": ("cr.yandex/crp0/a:$TAG", "the tag is malformed"),
    "a default of a variable": (f"${{X:-{IMAGE}}}", "may be part of a longer name"),
    "a longer host": (f"my-{IMAGE}", "may be part of a longer name"),
    "a path before it": (f"mirror.local/{IMAGE}", "may be part of a longer name"),
    "quotes and a letter after it": (f"'x {IMAGE}\"\"5'", "may be part of a longer name"),
    "a quote and a variable after it": (f"'\"{IMAGE}\"$X'", "may be part of a longer name"),
    "an escaped quote and a digest": (f"'{IMAGE}\\\"\\\"@x'", "may be part of a longer name"),
    "capitals": ("x=CR.YANDEX/crp0/a:1", "must begin with the registry's host"),
    "a port": ("x=cr.yandex:443/crp0/a:1", "must be written without a port"),
    "a pattern": ("cr.yandex/*", "after the host come"),
}
COMPOSE = {
    "other files": (
        "include: [b.yaml]\nservices: {a: {image: x}}",
        "1:10: `include` names other files",
    ),
    "a service of a file": (
        "services: {a: {extends: {file: b.yaml, service: b}}}",
        "`extends` names another",
    ),
    "an empty service": ("services: {a: }", "1:15: services, and each service, are mappings"),
    "an image to be filled in": ("services: {a: {image: 'x:${TAG}'}}", "is not rendered yet"),
    "a key that is an image": (f"kind: X\n? {IMAGE}\n: b", "2:3: a key that names an image"),
    "other services that are merged": (
        "x: &x {services: {a: {image: a}}}\n<<: *x\nservices: {b: {extends: {file: x}}}",
        "`extends` names another file",
    ),
    "a repository and its tag apart": (
        "kind: X\nimage: {repository: cr.yandex/crp0/a, tag: '1'}",
        "2:21: cr.yandex/crp0/a has neither tag nor digest",
    ),
    "an image that may have its tag elsewhere": (
        "kind: X\nspec: {image: cr.yandex/crp0/a, tag: '1'}",
        "2:15: cr.yandex/crp0/a has neither tag nor digest",
    ),
    "an image volume that is none": (
        "kind: Pod\nspec: {volumes: [image: {reference: Evil}]}",
        "2:37: 'Evil' is not an image reference",
    ),
    "an image volume of Compose that is none": (
        "services: {a: {volumes: [{type: image, source: Evil}]}}",
        "1:48: 'Evil' is not an image reference",
    ),
    "a volume whose type is to be filled in": (
        "services: {a: {volumes: [{type: '${T:-image}', source: x}]}}",
        "1:33: the type of the volume is not rendered yet",
    ),
    "a step whose image has blanks around": (
        "kind: Task\nspec: {steps: [image: ' a ']}",
        "2:23: ' a ' is not an image reference",
    ),
    "a named image to be filled in": (
        "kind: X\nspec: {imageName: 'ghcr.io/a:${TAG}'}",
        "is not rendered yet",
    ),
    "images to be filled in": ("kind: X\nimages: ['{{ .x }}']", "is not rendered yet"),
    "a known registry and a repository apart": (
        "kind: X\nimage: {registry: cr.yandex, repository: crp0/a, tag: '1'}",
        "2:19: the registry cr.yandex alone",
    ),
    "a known registry with a port as an image": (
        "kind: X\nimage: oci://cr.yandex:443",
        "2:8: the registry oci://cr.yandex:443 alone",
    ),
    "two registries for an image": (
        "kind: X\nimage: {registry: a.io, repository: a, <<: {registry: b.io}}",
        "2:55: more than one registry for the same image",
    ),
    "a Kubernetes object and a Compose file": (
        "kind: X\nservices: {a: {image: b}}",
        "1:1: both a Kubernetes object",
    ),
    "a custom resource to be filled in": (
        "kind: X\nspec: {image: '$(IMAGE)'}",
        "is not rendered yet",
    ),
}


def refuse(data: bytes, pattern: str) -> None:
    with pytest.raises(UsageError, match=pattern):
        read(data, file="app.yaml")


@pytest.mark.parametrize(("data", "pattern"), STREAM.values(), ids=STREAM)
def test_a_stream(data: bytes, pattern: str) -> None:
    refuse(data, pattern)


@pytest.mark.parametrize(
    ("text", "pattern"), [*YAML.values(), *COMPOSE.values()], ids=[*YAML, *COMPOSE]
)
def test_a_document(text: str, pattern: str) -> None:
    refuse(text.encode(), pattern)


@pytest.mark.parametrize(("image", "pattern"), IMAGES.values(), ids=IMAGES)
def test_the_image_of_a_container(image: str, pattern: str) -> None:
    refuse(pod(image).encode(), pattern)


@pytest.mark.parametrize(
    "text",
    [
        f'images: "a=ghcr.io/x/y:1;b={IMAGE}"',
        f"images: ghcr.io/x/y:1,{IMAGE}",
        f"images: [{IMAGE},{IMAGE}]".replace("[", "'[").replace("]", "]'"),
        f"image: ghcr.io/x//{IMAGE}",
        f"images: {{a: {{b: 'ghcr.io/x:{IMAGE}'}}}}",
    ],
)
def test_an_image_among_others_in_one_text(text: str) -> None:
    refuse(f"kind: X\nspec:\n  {text}".encode(), "3:.*names an image and more|may be part of a")


@pytest.mark.parametrize("before", ["", "web=", "docker://", "oci://"])
def test_one_image_behind_a_name_or_a_scheme_is_that_image(before: str) -> None:
    found = read(f"kind: X\nimages: ['{before}{IMAGE}']".encode(), file="app.yaml")

    assert [each.reference.text for each in found.known] == [IMAGE]


@pytest.mark.parametrize("key", ["podSpecPatch", "manifest", "patch"])
@pytest.mark.parametrize("inner", ['{"containers": [{"image": "ghcr.io/x/y:1"}]}', "image: a/b:1"])
def test_a_manifest_inside_a_text(key: str, inner: str) -> None:
    refuse(f"kind: X\n{key}: '{inner}'".encode(), "2:.*inside a text, which names an image")


@pytest.mark.parametrize("beside", ["tag: '2'", f"digest: 'sha256:{'a' * 64}'"])
def test_a_version_beside_the_name_s_own(beside: str) -> None:
    refuse(f"kind: X\nimage: {{name: '{IMAGE}', {beside}}}".encode(), "another version beside it")


@pytest.mark.parametrize(
    "text", ["{registry: r.io/" + "a" * 1000 + ", repository: b}", "'r.io/" + "A" * 1000 + "'"]
)
def test_no_image_has_so_long_a_name(text: str) -> None:
    refuse(f"kind: X\nimage: {text}".encode(), "an image of 10.. characters")


@pytest.mark.parametrize(("text", "pattern"), TEXTS.values(), ids=TEXTS)
def test_a_text_with_an_image_in_it(text: str, pattern: str) -> None:
    refuse(f"kind: X\na: {text}".encode(), pattern)


def test_the_size_and_the_depth_at_the_limit() -> None:
    text = f"kind: X\nimage: {IMAGE}\na: {'[' * 199}{']' * 199}\n#"

    assert read(text.ljust(MAX_BYTES, "#").encode(), file="app.yaml").known

"""Which images a manifest names: every kind, every key, every text."""

import json

import pytest

from scangate.manifests import Manifest, read

DIGEST = f"sha256:{'0a' * 32}"


def manifest(text: str) -> Manifest:
    return read(text.encode(), file="app.yaml")


def references(text: str) -> list[str]:
    return [image.reference.text for image in manifest(text).known]


def foreign(text: str) -> list[str]:
    return [image.name for image in manifest(text).foreign]


def pod(image: str) -> str:
    return f"kind: Pod\nspec:\n  containers:\n  - name: c\n    image: {image}\n"


KUBERNETES = {
    "a pod": pod("cr.yandex/crp0/a:1"),
    "JSON": json.dumps({"kind": "Pod", "spec": {"containers": [{"image": "cr.yandex/crp0/a:1"}]}}),
    "a Windows file": pod("cr.yandex/crp0/a:1").replace("\n", "\r\n"),
    "an init container": "kind: Pod\nspec: {initContainers: [{image: cr.yandex/crp0/a:1}]}",
    "an ephemeral container": "kind: Pod\nspec: {ephemeralContainers: [image: cr.yandex/crp0/a:1]}",
    "an image volume": "kind: Pod\nspec: {volumes: [image: {reference: cr.yandex/crp0/a:1}]}",
    "an image volume without a tag": (
        "kind: Pod\nspec: {volumes: [image: {reference: cr.yandex/crp0/a}]}"
    ),
    "a step of Tekton": "kind: Task\nspec: {steps: [image: cr.yandex/crp0/a]}",
    "a sidecar of Tekton": "kind: Task\nspec: {sidecars: [image: cr.yandex/crp0/a]}",
    "a template of steps": "kind: Task\nspec: {stepTemplate: {image: cr.yandex/crp0/a}}",
    "a container of Argo": "kind: Workflow\nspec: {container: {image: cr.yandex/crp0/a}}",
    "a script of Argo": "kind: Workflow\nspec: {script: {image: cr.yandex/crp0/a, source: x}}",
    "lists in a list": "kind: List\nitems: [{items: [{kind: X, image: cr.yandex/crp0/a:1}]}]",
    "a merge key": "kind: X\nbase: &b {image: cr.yandex/crp0/a:1}\ncontainers: [<<: *b]",
    "a list of merges": "kind: X\nb: &b {image: cr.yandex/crp0/a:1}\ncontainers: [<<: [*b, *b]]",
    "an anchor for a whole list": "kind: X\ncontainers: &c [image: cr.yandex/crp0/a:1]\nagain: *c",
    "an anchor of a key": "kind: X\na: &i image\ncontainers: [{*i : cr.yandex/crp0/a:1}]",
    "a key in capitals": "kind: X\nContainers: [Image: cr.yandex/crp0/a:1]",
    "a complex key's form": "kind: X\ncontainers:\n- ? image\n  : cr.yandex/crp0/a:1",
    "an escaped key": 'kind: X\ncontainers: [{"im\\x61ge": cr.yandex/crp0/a:1}]',
    "a custom resource": "kind: X\nspec: {sidecarImage: cr.yandex/crp0/a:1}",
    "an argument": "kind: X\nargs: [--image=cr.yandex/crp0/a:1]",
    "a variable": "kind: X\nenv: [{name: IMAGE, value: 'cr.yandex/crp0/a:1'}]",
    "a script": "kind: ConfigMap\ndata: {run: 'docker run cr.yandex/crp0/a:1; true'}",
    "JSON in a text": 'kind: X\ndata: \'{"a": {"image":"cr.yandex/crp0/a:1"}}\'',
    "JSON in JSON": json.dumps({"kind": "X", "a": json.dumps({"i": 'x"cr.yandex/crp0/a:1"\n'})}),
    "an address": "kind: X\nfrom: docker://cr.yandex/crp0/a:1",
    "a text after a line's end": "kind: X\na: |\n  text\n  cr.yandex/crp0/a:1\n",
    "empty documents": "---\n---\n# nothing\n---\nkind: X\nimage: cr.yandex/crp0/a:1\n---\n",
    "after an end mark": "kind: X\n...\n# a remark\n---\nkind: X\nimage: cr.yandex/crp0/a:1",
}
COMPOSE = {
    "a service": "services: {a: {image: cr.yandex/crp0/a:1}}",
    "merged into a service": "x-a: &a {image: cr.yandex/crp0/a:1}\nservices: {a: {<<: *a}}",
    "an image volume": "services: {a: {volumes: [{type: image, source: cr.yandex/crp0/a:1}]}}",
    "an image volume without a tag": (
        "services: {a: {volumes: [{type: image, source: cr.yandex/crp0/a}]}}"
    ),
    "extended in the same file": "services: {a: {image: cr.yandex/crp0/a:1}, b: {extends: a}}",
}


@pytest.mark.parametrize("text", [*KUBERNETES.values(), *COMPOSE.values()])
def test_it_finds_the_image(text: str) -> None:
    (image,) = manifest(text).known

    assert (image.reference.host, image.reference.name) == ("cr.yandex", "crp0/a")


def test_the_order_is_that_of_the_text() -> None:
    text = (
        pod("cr.yandex/crp0/b:1") + "---\n" + pod("cr.yandex/crp0/a:1") + "    x: cr.yandex/c/c:1"
    )

    assert references(text) == ["cr.yandex/crp0/b:1", "cr.yandex/crp0/a:1", "cr.yandex/c/c:1"]


def test_the_place_is_that_of_the_reference() -> None:
    text = "kind: X\na: |\n  text\n  run cr.yandex/crp0/a:1\nimage: 'cr.yandex/crp0/b:1'"

    assert [str(image.place) for image in manifest(text).known] == ["app.yaml:4:7", "app.yaml:5:9"]


@pytest.mark.parametrize(
    "text",
    [
        "kind: X\ncontainers: [{name: a}]",
        "kind: X\ncontainers: [a, b]",
        "kind: X\nspec: {image: ''}",
        "kind: X\nspec: {image: A picture of something}",
        "kind: X\nspec: {image: {tag: '1'}}",
        "kind: X\nspec: {image: null}",
        "kind: X\nspec: {image: {name: ubuntu}}",
        "kind: X\nspec: {imageName: ubuntu, showImage: 'true', images: [word]}",
        "kind: X\nspec: {image: https://example.com/logo.png}",
        "kind: X\nspec: {image: /img/x.png, baseImage: ../img/x.png}",
        "kind: X\nspec: {image: 'data:image/png;base64,aGk/'}",
        "kind: X\nspec: {images: {description: from $5 on}}",
        "kind: X\nspec: {imagePullSecrets: [{name: a/b}]}",
        "kind: X\nspec: {container: app, script: echo, steps: [{pause: {}}]}",
        "kind: Pod\nspec: {volumes: [{hostPath: {path: /a, type: File}}]}",
        "services: {a: {volumes: ['.:/a', {type: bind, source: ./a}]}}",
        "kind: X\nurl: https://cr.yandex.example.com",
        "kind: X\na: cr.yandex.example.com/a/b:1",
        "kind: X # image: cr.yandex/crp0/a:1",
        "kind: X\na: curl https://cr.yandex/v2/ && echo see https://cr.yandex/",
        "kind: X\nspec: {patch: 'a text', manifest: {a: b}}",
        'kind: X\nauths: \'{"auths":{"cr.yandex":{"auth":"eA=="}}}\'',
    ],
)
def test_what_names_no_image(text: str) -> None:
    found = manifest(text)

    assert (found.known, found.foreign, found.built) == ((), (), ())


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("nginx:1.27", "docker.io/library/nginx"),
        ("bitnami/redis", "docker.io/bitnami/redis"),
        ("docker.io/nginx", "docker.io/library/nginx"),
        ("index.docker.io/library/nginx", "docker.io/library/nginx"),
        ("ghcr.io/a/b/c:1", "ghcr.io/a/b/c"),
        ("localhost/a", "localhost/a"),
        ("Mirror/a", "mirror/a"),
        ("registry:5000/a", "registry:5000/a"),
        ("mirror.local/cr.yandex/crp0/a:1", "mirror.local/cr.yandex/crp0/a"),
        ("a.cr.yandex/crp0/a:1", "a.cr.yandex/crp0/a"),
        (f"nginx:1@{DIGEST}", "docker.io/library/nginx"),
        (f"a/b@sha512:{'0a' * 64}", "docker.io/a/b"),
        ("'[::1]:5000/a:1'", "[::1]:5000/a"),
        ("'123'", "docker.io/library/123"),
    ],
)
def test_an_image_of_another_registry(written: str, name: str) -> None:
    assert foreign(pod(written)) == [name]
    assert references(pod(written)) == []


OPTIONAL = {
    "image: quay.io/p/p:v2": "quay.io/p/p",
    "image: ' quay.io/p/p:v2 '": "quay.io/p/p",
    "image: nginx": "docker.io/library/nginx",
    "image: data:1": "docker.io/library/data",
    "volumes: [image: {repository: quay.io/p/p}]": "quay.io/p/p",
    "volumes: [image: {registry: quay.io, repository: p}]": "quay.io/p",
    f"image: quay.io/p/p:v2@sha512:{'0a' * 64}": "quay.io/p/p",
    "image: docker://quay.io/p/p": "docker://quay.io/p/p",
    "image: Canonical:Ubuntu:24": "Canonical:Ubuntu:24",
    "image: [quay.io/p/p]": "quay.io/p/p",
    "volumes: [image: '[::1]:5000/p']": "[::1]:5000/p",
    "volumes: [image: {reference: '[::1]:5000/p'}]": "[::1]:5000/p",
    f"volumes: [{{type: image, source: 'p@sha512:{'0a' * 64}'}}]": "docker.io/library/p",
    "mounts: [{type: image, source: quay.io/p/p}]": "quay.io/p/p",
    "steps: [image: quay.io/p/p]": "quay.io/p/p",
    "container: {image: {repository: quay.io/p/p}}": "quay.io/p/p",
    "imageName: quay.io/p/p:1": "quay.io/p/p",
    "sidecarImage: p:1": "docker.io/library/p",
    "images: [quay.io/p/p, word]": "quay.io/p/p",
    "images: {web: quay.io/p/p}": "quay.io/p/p",
    "images: [{name: quay.io/p/p, newTag: '1'}]": "quay.io/p/p",
    "image: {repository: nginx, tag: '1'}": "docker.io/library/nginx",
    "image: {registry: 'https://quay.io/ ', repository: ' p/p'}": "quay.io/p/p",
    "image: {registry: quay.io, name: p}": "quay.io/p",
    "image: {registry: null, repository: p/p}": "docker.io/p/p",
    "image: {name: p/p}": "docker.io/p/p",
    "baseImage: {repository: p/p}": "docker.io/p/p",
}


@pytest.mark.parametrize(("spec", "name"), OPTIONAL.items())
def test_an_image_of_another_registry_where_one_may_stand(spec: str, name: str) -> None:
    assert foreign(f"kind: X\nspec: {{{spec}}}") == [name]


def test_one_repository_of_two_registries() -> None:
    text = "kind: X\na: {image: {registry: a.io, repository: &r x/y}}\n"
    text += "b: {image: {registry: b.io, repository: *r}}"

    assert foreign(text) == ["a.io/x/y", "b.io/x/y"]


@pytest.mark.parametrize("image", ["", "\n    image: cr.yandex/crp0/a:1"], ids=["alone", "named"])
def test_a_service_that_is_built(image: str) -> None:
    built = manifest(f"services:\n  web:\n    build: .{image}").built

    assert [(each.service, str(each.place)) for each in built] == [("web", "app.yaml:2:3")]


def test_a_service_that_is_built_beside_merged_ones() -> None:
    text = "x: &x {services: {a: {image: a}}}\n<<: *x\nservices:\n  b: {<<: {build: .}}"

    assert [each.service for each in manifest(text).built] == ["b"]


def test_an_anchor_is_one_place_for_all() -> None:
    text = "kind: X\na: &i cr.yandex/crp0/a:1\ncontainers: [image: *i, image2: *i]"

    assert references(text) == ["cr.yandex/crp0/a:1"]


def test_a_bomb_of_anchors_is_read_once() -> None:
    lines = ["kind: X", "a0: &a0 [cr.yandex/crp0/a:1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 50)]

    assert references("\n".join(lines)) == ["cr.yandex/crp0/a:1"]

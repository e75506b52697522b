"""The Docker Registry protocol: HEAD and GET of a manifest (OCI distribution specification)."""

from scangate.emulator.call import Call
from scangate.emulator.manifests import write_manifest
from scangate.emulator.messages import Reply
from scangate.emulator.refusals import missing
from scangate.emulator.world import Image


def get_manifest(call: Call) -> Reply:
    """HEAD and GET /v2/{name}/manifests/{reference}: a reference is a tag or a digest."""
    image = _named(call)
    kind, body = write_manifest(image)
    headers = {"Content-Type": kind, "Docker-Content-Digest": image.digest}
    return Reply(headers=headers, body=body)


def _named(call: Call) -> Image:
    first, _, rest = call.parameters["name"].partition("/")
    registry = call.view.registry(first)
    name = f"{registry.id}/{rest}" if registry else ""
    reference = call.parameters["reference"]
    for image in call.view.images:
        if image.name == name and reference in (image.digest, *call.view.tags(image)):
            return image
    raise missing("Manifest", reference)

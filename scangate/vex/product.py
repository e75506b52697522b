"""Whether a name of a product means an image."""

from scangate.errors import UsageError
from scangate.model import DIGEST, Image
from scangate.reference import ImageReference
from scangate.vex.names import is_purl, parse, qualifier


def means(name: str, image: Image) -> bool:
    """Whether a name is that of the image: its digest, a purl with it, or an image reference.

    A reference without tag and digest means every build of the repository, unlike on a command
    line.
    """
    if is_purl(name):
        return _purl_means(name, image)
    if DIGEST.fullmatch(name):
        return name in _digests(image)
    try:
        return _reference_means(ImageReference.parse(name), image)
    except UsageError:
        return False


def _purl_means(name: str, image: Image) -> bool:
    """Compare digests alone: a repository_url is one place of several where the content may be.

    purl-spec, type oci: the version is the digest, and "required to uniquely identify".
    """
    purl = parse(name)
    if purl is None or purl.type != "oci" or not DIGEST.fullmatch(purl.version or ""):
        return False
    if purl.version == image.digest:
        return True
    return purl.version == image.index_digest and _of_platform(qualifier(purl, "arch"), image)


def _of_platform(architecture: str, image: Image) -> bool:
    """An index of several platforms with an architecture means that platform of it.

    Trivy writes such purls for each platform (aquasecurity/trivy, pkg/purl): the digest is that of
    the index, by which the image was pulled.
    """
    return not architecture or image.platform.split("/")[1:2] == [architecture]


def _reference_means(reference: ImageReference, image: Image) -> bool:
    repository = f"{reference.host}/{reference.name}"
    if reference.digest:
        known = image.repository in ("", repository)
        return known and reference.digest in _digests(image)
    if repository != image.repository:
        return False
    return reference.text == repository or reference.tag in image.tags


def _digests(image: Image) -> set[str]:
    return {image.digest, image.index_digest}

"""The images that a deployment names: Kubernetes YAML, Helm's output, Compose files. Pure.

`read` finds them, whatever names them; `pin` writes their digests in, and changes nothing else.
What is known of the readers that deploy: kubectl cuts a stream at lines that begin with `---`
before it parses YAML (k8s.io/apimachinery, pkg/util/yaml), JSON is taken as YAML, and `!!binary`
is decoded (sigs.k8s.io/yaml). What they and this package could read in two ways is refused.
"""

from scangate.manifests.images import Built, Foreign, Known
from scangate.manifests.manifest import Manifest, read
from scangate.manifests.pin import pin
from scangate.manifests.text import MAX_BYTES

__all__ = ["MAX_BYTES", "Built", "Foreign", "Known", "Manifest", "pin", "read"]

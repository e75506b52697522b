"""Mappings with what `<<` merges into them."""

from collections.abc import Iterator

from scangate.manifests.text import refuse
from scangate.manifests.tree import MAX_NODES, ListNode, Mapping, Node, Scalar

# Services of Compose are read most often: empty ones take five readings for a key and a value
_MOST_READ = 3 * MAX_NODES


class Merging:
    """Reads the mappings of one file, each as often as asked.

    Mappings that merge each other make of a short text very many values, so whatever is read is
    counted for the whole file: each mapping that is visited and each entry that it has.
    """

    def __init__(self) -> None:
        self._left = _MOST_READ

    def entries(self, mapping: Mapping) -> Iterator[tuple[Scalar, Node]]:
        """Return the entries with the merged ones, overridden ones too, each mapping once."""
        waiting: list[Node] = [mapping]
        seen: set[Mapping] = set()
        while waiting:
            node = waiting.pop()
            if not isinstance(node, Mapping):
                raise refuse(node.place, "a merge key takes mappings")
            self._count(node)
            if node in seen:
                continue
            seen.add(node)
            for key, value in node.entries:
                if key.text != "<<":
                    yield key, value
                elif isinstance(value, ListNode):
                    waiting += value.items
                else:
                    waiting.append(value)

    def values(self, mapping: Mapping, key: str) -> list[Node]:
        """Return every value of a key, those too that one stands before when it is merged."""
        return [value for name, value in self.entries(mapping) if name.text == key]

    def _count(self, mapping: Mapping) -> None:
        self._left -= 1 + len(mapping.entries)
        if self._left < 0:
            raise refuse(mapping.place, "merge keys make too many values")

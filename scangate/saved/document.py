"""From the bytes of a saved file to one JSON value, or to the reason why it is none. Pure.

Stricter than a JSON parser has to be: whatever two readers could understand differently (a key
that comes twice, a second document behind the first) could hide findings.
"""

import functools
import json
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from scangate.errors import EvidenceIncomplete
from scangate.instant import Instant
from scangate.model import Value

MAX_BYTES = 64 * 2**20
"""The largest file that is read; the shell need not read a byte more than one beyond it."""

_MARKS = {
    b"\xef\xbb\xbf": "UTF-8 with a byte order mark",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_SAVE_JSON = "save the whole output as it comes: yc … --format json > scan.json"
_SAVE_UTF_8 = (
    "save it as UTF-8 without a byte order mark (PowerShell: Out-File -Encoding utf8NoBOM)"
)

T = TypeVar("T")


class Document(Value, frozen=True):
    """One JSON value and the name of the file that holds it."""

    file: str
    value: object

    def read(self, kind: type[T], part: object) -> T:
        """Read a part of the value as a type. Raises EvidenceIncomplete.

        A key that is one of the type's but for its spelling would be read as none, and is refused.
        """
        for key, meant in _misspelt(kind, part):
            raise self.refused(f"has the key {key[:60]!r}, which is not {meant!r}", hint=_SAVE_JSON)
        try:
            return msgspec.convert(part, type=kind)
        except (msgspec.ValidationError, RecursionError) as error:
            raise self.refused(f"is malformed: {error}"[:300]) from error

    def time(self, text: str | None) -> Instant | None:
        """Read a timestamp, None where there is none. Raises EvidenceIncomplete."""
        try:
            return Instant.parse(text) if text else None
        except ValueError as error:
            raise self.refused(f"is malformed: {error}") from error

    def refused(self, why: str, *, hint: str = "") -> EvidenceIncomplete:
        """Return the error that says why this file proves nothing."""
        return _refused(self.file, why, hint=hint)


def _misspelt(kind: object, part: object) -> Iterator[tuple[str, str]]:
    """Yield keys that differ from what is read there in case or separators, and what is read."""
    if isinstance(part, list | tuple):
        for each in part:
            yield from _misspelt(kind, each)
    elif isinstance(part, dict) and (struct := _struct_in(kind)) is not None:
        spelt, types = _keys(struct)
        for key, item in part.items():
            if key in types:
                yield from _misspelt(types[key], item)
            elif (folded := _fold(key)) in spelt:
                yield key, spelt[folded]


@functools.cache
def _keys(struct: type[msgspec.Struct]) -> tuple[Mapping[str, str], Mapping[str, object]]:
    """Return the keys of a struct by their folded spelling, and the types that they have."""
    fields = msgspec.structs.fields(struct)
    spelt = {_fold(field.encode_name): field.encode_name for field in fields}
    return spelt, {field.encode_name: field.type for field in fields}


@functools.cache
def _struct_in(kind: object) -> type[msgspec.Struct] | None:
    """Return the struct of a type like `S`, `S | None` or `tuple[S, ...]`."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    return next(filter(None, map(_struct_in, typing.get_args(kind))), None)


def _fold(key: str) -> str:
    return key.replace("_", "").replace("-", "").casefold()


def _refused(file: str, why: str, *, hint: str = "") -> EvidenceIncomplete:
    return EvidenceIncomplete(f"{file} {why}", hint=hint)


def decode(file: str, data: bytes) -> Document:
    """Read exactly one JSON value. Raises EvidenceIncomplete for anything else."""
    if len(data) > MAX_BYTES:
        raise _refused(file, f"is larger than {MAX_BYTES // 2**20} MiB")
    if not data.strip():
        raise _refused(file, "is empty", hint="look at the command that should have written it")
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            raise _refused(file, f"is {encoding}", hint=_SAVE_UTF_8)
    if data.lstrip()[:1] not in b"[{":
        raise _refused(
            file,
            "holds no JSON object or list",
            hint=f"YAML, which yc prints by default, is not read; {_SAVE_JSON}",
        )
    return Document(file=file, value=_value(file, data))


def _value(file: str, data: bytes) -> object:
    """Read it twice: one parser tells repeated keys, the other half characters and NaN."""
    try:
        json.loads(data.decode(), object_pairs_hook=_refuse_repeated_keys, parse_int=_whole)
        return msgspec.json.decode(data)
    except _RepeatedKey as error:
        why = f"has the key {error.args[0][:60]!r} twice in one object, so it can be read two ways"
        raise _refused(file, why, hint=_SAVE_JSON) from error
    except RecursionError as error:
        raise _refused(file, "is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise _not_json(file, error) from error
    except (ValueError, msgspec.MsgspecError) as error:
        raise _refused(file, f"is malformed: {error}"[:300], hint=_SAVE_JSON) from error


def _not_json(file: str, error: json.JSONDecodeError) -> EvidenceIncomplete:
    if error.msg == "Extra data":
        return _refused(
            file,
            "holds several JSON documents one after another, as jq '.[] | select(…)' writes them: "
            "such a list is filtered",
            hint=_SAVE_JSON,
        )
    where = f"line {error.lineno}, column {error.colno}"
    return _refused(file, f"is cut off or is not JSON ({where}: {error.msg})", hint=_SAVE_JSON)


def _whole(text: str) -> int:
    """Read as written: once it is a number, -0 is 0, which could be a count."""
    if text == "-0":
        raise ValueError("-0 is not a number that is counted with")
    return int(text)


class _RepeatedKey(Exception):
    """An object has a key twice."""


def _refuse_repeated_keys(pairs: Sequence[tuple[str, object]]) -> None:
    seen = set()
    for key, _ in pairs:
        if key in seen:
            raise _RepeatedKey(key)
        seen.add(key)

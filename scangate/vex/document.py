"""From the bytes of a VEX file to one JSON object, or to the reason why it is none.

Whatever two readers could understand differently is refused: a key that comes twice could say
"affected" to one of them and "not affected" to the other.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeVar

import msgspec

from scangate.errors import UsageError
from scangate.instant import Instant
from scangate.model import Value

MAX_BYTES = 16 * 2**20
"""The largest document that is read; a caller need not read a byte more than one beyond it."""

T = TypeVar("T")


class VexError(UsageError):
    """A VEX document cannot be used. The message begins with the name of its file.

    One that cannot be read stops everything, like a mistake in a policy: it might hold the word
    that a vulnerability does harm after all.
    """


class Document(Value, frozen=True):
    """One JSON object, and the name of the file that holds it."""

    file: str
    value: Mapping[str, object]

    def read(self, kind: type[T]) -> T:
        """Read the whole object as a type. Raises VexError."""
        try:
            return msgspec.convert(self.value, type=kind)
        except msgspec.ValidationError as error:
            raise self.refused(f"is malformed: {error}"[:300]) from error
        except RecursionError as error:
            raise self.refused("is nested too deeply") from error

    def time(self, *texts: str) -> Instant | None:
        """Read the first timestamp that is told, None where none is. Raises VexError."""
        told = next(filter(None, texts), "")
        try:
            return Instant.parse(told) if told else None
        except ValueError as error:
            raise self.refused(f"is malformed: {error}") from error

    def refused(self, why: str, *, hint: str = "") -> VexError:
        """Return the error that says why this document cannot be used."""
        return _refused(self.file, why, hint=hint)


def _refused(file: str, why: str, *, hint: str = "") -> VexError:
    return VexError(f"{file} {why}", hint=hint)


def decode(data: bytes, *, file: str) -> Document:
    """Read exactly one JSON object. Raises VexError for anything else."""
    if len(data) > MAX_BYTES:
        raise _refused(file, f"is larger than {MAX_BYTES // 2**20} MiB")
    value = _value(data, file)
    if not isinstance(value, dict):
        raise _refused(file, "holds no JSON object")
    return Document(file=file, value=value)


def _value(data: bytes, file: str) -> object:
    """Read it twice: one parser tells repeated keys, the other half characters."""
    try:
        json.loads(
            data.decode(), object_pairs_hook=_refuse_repeated_keys, parse_constant=_refuse_constant
        )
        return msgspec.json.decode(data)
    except _RepeatedKey as error:
        why = f"has the key {error.args[0][:60]!r} twice in one object, so it can be read two ways"
        raise _refused(file, why) from error
    except RecursionError as error:
        raise _refused(file, "is nested too deeply") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _refused(file, f"is not JSON ({where}: {error.msg})") from error
    except (ValueError, msgspec.MsgspecError) as error:
        raise _refused(file, f"is malformed: {error}"[:300]) from error


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


class _RepeatedKey(Exception):
    """An object has a key twice."""


def _refuse_repeated_keys(pairs: Sequence[tuple[str, object]]) -> None:
    seen = set()
    for key, _ in pairs:
        if key in seen:
            raise _RepeatedKey(key)
        seen.add(key)

"""Attribute values as JSON that gives every value back with its type, in one canonical spelling."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.arrays import objects
from geoplan.errors import InputError
from geoplan.types import Text

# Kinds of arrays that are given back as such; arrays of any other kind come back as arrays of objects.
_TYPED_KINDS = "biuf"
_ROWS = 512  # of a sequence made into text at a time
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")

_READERS: Mapping[str, Callable[[Any], Any]] = {
    "float": float,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime64": np.datetime64,
    "decimal": Decimal,
    "bytes": base64.b64decode,
    "list": lambda items: [from_plain(item) for item in items],
    "dict": lambda items: {key: from_plain(item) for key, item in items.items()},
}


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys and no spaces; only what UTF-8 cannot carry is escaped.

    Mappings and numpy scalars are taken for what they hold. Raises ValueError for NaN and infinity,
    TypeError for what JSON has no form for.
    """
    return _escaped(_ENCODER.encode(value))


def json_text(text: str) -> str:
    """Return the canonical JSON of a text."""
    return _escaped(encode_basestring(text))


def json_rows(fields: Mapping[str, NDArray[Any]]) -> list[str]:
    """Return for each row of some columns the canonical JSON of its values by name, as `to_plain` gives them.

    Whole columns are made at once: what `canonical_json` finds out about each value, a column of one kind knows.
    Raises InputError as `to_plain` does.
    """
    names = sorted(fields)
    columns = [_json_column(fields[name], name) for name in names]
    keys = [json_text(name).replace("%", "%%") for name in names]
    pattern = "{" + ",".join(f"{key}:%s" for key in keys) + "}"
    return [pattern % row for row in zip(*columns, strict=True)]


def _json_column(values: NDArray[Any], field: str) -> Iterable[str]:
    listed = values.tolist() if values.dtype.kind in "Obiuf" else list(values)
    kinds = set(map(type, listed))
    if kinds == {str} and not _SURROGATE.search("".join(listed)):
        return map(encode_basestring, listed)
    if len(kinds) == 1 and (convert := _JSON_OF.get(*kinds)) is not None:
        return map(convert, listed)
    return [
        convert(value) if (convert := _JSON_OF.get(type(value))) else canonical_json(to_plain(value, field))
        for value in listed
    ]


def _escaped(text: str) -> str:
    # Most text is plain, and looking for what is not costs more than making the JSON of it.
    return text if text.isascii() else _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def canonical_texts(value: Any) -> Iterator[str]:
    """Yield the canonical JSON of a value in pieces: rows that are made as they are looked at are never all in memory.

    Together they are what `canonical_json` returns. Such rows are sequences other than lists and tuples.
    """
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        for place, key in enumerate(sorted(value)):
            yield f"{',' if place else '{'}{canonical_json(key)}:"
            yield from canonical_texts(value[key])
        yield "}" if value else "{}"
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes | list | tuple):
        yield "["
        for start in range(0, len(value), _ROWS):
            yield ("," if start else "") + canonical_json(list(value[start : start + _ROWS]))[1:-1]
        yield "]"
    else:
        yield canonical_json(value)


def storable(text: str) -> str:
    r"""Return the text with NUL and lone surrogates, which no database takes, shown as \x00 and \udNNN."""
    return _UNSTORABLE.sub(lambda match: f"\\x{0:02x}" if match[0] == "\0" else f"\\u{ord(match[0]):04x}", text)


def to_plain(value: Any, field: str) -> Any:
    """Return a JSON form of an attribute value; what JSON has no type for becomes {type: text}.

    Raises InputError, naming the field, for a value of a kind that no file format has.
    """
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else {"float": repr(value)}
    if isinstance(value, list | tuple | np.ndarray):
        return {"list": [to_plain(item, field) for item in value]}
    if isinstance(value, Mapping):
        return {"dict": {str(key): to_plain(item, field) for key, item in value.items()}}
    return _special(value, field)


def from_plain(value: Any) -> Any:
    """Return the attribute value that `to_plain` made this of."""
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    return _READERS[kind](content)


def to_array(values: Sequence[Any], dtype: str) -> NDArray[Any]:
    """Return values as an array of the type they were published in, of objects if that is not a plain one."""
    if np.dtype(dtype).kind in _TYPED_KINDS:
        return np.array(list(values), dtype=dtype)
    return objects(values)


def array_type(values: NDArray[Any]) -> str:
    """Return the type to keep for an array: its own for numbers and truth values, "object" for the rest."""
    dtype = np.asarray(values).dtype
    return dtype.str if dtype.kind in _TYPED_KINDS else "object"


def _special(value: Any, field: str) -> Any:
    # pandas marks missing values by objects of its own; NaT even passes for a datetime.
    if type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, np.datetime64) and np.isnat(value)):
        return None
    if isinstance(value, np.datetime64):
        return {"datetime64": str(value)}
    if isinstance(value, datetime | date | time):  # a datetime is a date: its own name comes first
        kind = "datetime" if isinstance(value, datetime) else "date" if isinstance(value, date) else "time"
        return {kind: value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, bytes | bytearray | memoryview):
        return {"bytes": base64.b64encode(bytes(value)).decode("ascii")}
    kind = type(value).__name__
    raise InputError(
        Text(f"field “{field}” holds a {kind}, which cannot be stored.", f"字段“{field}”含有无法存储的类型 {kind}。"),
        hint=Text("Turn it into text or a number.", "请将其转换为文本或数值。"),
    )


def _plain_container(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


# One for all: json.dumps would make an encoder for every zone.
_ENCODER = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain_container
)
# What `to_plain` and the encoder do with the kinds of values that nearly all are of.
_JSON_OF: Mapping[type, Callable[[Any], str]] = {
    str: json_text,
    int: int.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
    float: lambda value: float.__repr__(value) if math.isfinite(value) else f'{{"float":"{value!r}"}}',
}

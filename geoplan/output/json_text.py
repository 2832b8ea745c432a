"""Documents as JSON text: laid out as `json.dumps(…, indent=2)` would, in a fraction of its time and memory.

The standard library lays out in Python, value by value, what it could encode in C at once. Here the layout is
collected apart from the values, thousands of values are encoded by one call, and both are interleaved again.
A line break inside a string is always escaped, so that it can separate values while they are encoded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

_VALUES = 8_000  # encoded at once: some hundred kilobytes of text
_SURROGATES = re.compile("[\ud800-\udfff]")
_STEP = "  "
_PLAIN = frozenset({str, float, int, bool, type(None)})


def write_json(document: object, write: Callable[[str], object]) -> None:
    """Write a document piece by piece: two spaces a level, one value a line but both numbers of a pair on one.

    The text is that of `json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)` with three
    differences: two numbers alone in a list share a line, lone surrogates, which cannot be written as UTF-8, become
    U+FFFD, and a line break ends it. An iterator of records counts as a list and is taken record by record, so that
    a list of a million need not exist. Raises ValueError for NaN or infinities, TypeError for what JSON does not have.
    """
    layout = _Layout(write)
    layout.put(document, "\n")
    layout.end()


def json_text(document: object) -> str:
    """Return a document as one text; see `write_json`."""
    pieces: list[str] = []
    write_json(document, pieces.append)
    return "".join(pieces)


class _Layout:
    """Collects values and the layout before each, and writes both when there are many."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._before: list[str] = []  # the layout before each value
        self._values: list[object] = []
        self._pending = ""  # the layout since the last value
        self._known: dict[tuple[object, ...], tuple[str, ...]] = {}

    def put(self, value: object, indent: str) -> None:
        """Collect a value that stands at an indent (a line break and spaces)."""
        if isinstance(value, dict):
            self._put_object(value, indent)
        elif isinstance(value, (list, tuple)):
            if len(value) == 2 and _is_number(value[0]) and _is_number(value[1]):
                self._pending += "["
                self._add(value[0])
                self._pending += ", "
                self._add(value[1])
                self._pending += "]"
            else:
                self._put_array(iter(value), indent)
        elif isinstance(value, Iterator):
            self._put_array(value, indent)
        else:
            self._add(value)

    def end(self) -> None:
        """Write what is left, and a line break."""
        self._pending += "\n"
        self._flush()

    def _add(self, value: object) -> None:
        self._before.append(self._pending)
        self._values.append(value)
        self._pending = ""

    def _put_object(self, fields: dict[Any, object], indent: str) -> None:
        if not fields:
            self._pending += "{}"
            return
        inner = indent + _STEP
        heads = self._heads(tuple(fields), inner)
        if _PLAIN.issuperset(map(type, fields.values())):
            self._before.append(self._pending + heads[0])
            self._before += heads[1:]
            self._values += fields.values()
            self._pending = indent + "}"
            return
        for head, value in zip(heads, fields.values(), strict=True):
            self._pending += head
            if type(value) in _PLAIN:
                self._add(value)
            else:
                self.put(value, inner)
        self._pending += indent + "}"

    def _put_array(self, values: Iterator[object], indent: str) -> None:
        inner = indent + _STEP
        mark = "["
        for value in values:
            self._pending += mark + inner
            self.put(value, inner)
            mark = ","
            if len(self._values) >= _VALUES:
                self._flush()
        self._pending += "[]" if mark == "[" else indent + "]"

    def _heads(self, keys: tuple[object, ...], inner: str) -> tuple[str, ...]:
        """Return what stands before each value of an object: its key as JSON has it (True is "true"), and a colon."""
        shape = (inner, keys, tuple(map(type, keys)))  # 1 and True are equal, but not the same key
        known = self._known.get(shape)
        if known is None:
            texts = [json.dumps({key: 0}, ensure_ascii=False, allow_nan=False)[1:-2] for key in keys]
            known = tuple(("," if place else "{") + inner + text for place, text in enumerate(texts))
            self._known[shape] = known
        return known

    def _flush(self) -> None:
        text = self._pending
        if self._values:
            joined = json.dumps(self._values, ensure_ascii=False, allow_nan=False, separators=("\n", ":"))
            text = "".join(chain.from_iterable(zip(self._before, joined[1:-1].split("\n"), strict=True))) + text
        self._before.clear()
        self._values.clear()
        self._pending = ""
        self._write(_encodable(text))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _encodable(text: str) -> str:
    try:
        text.encode()  # far faster than looking for what it refuses
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text

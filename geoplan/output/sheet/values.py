"""A report as plain values: cells, columns and tables in the language of the reader, ready to be set on any medium."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from geoplan.output.escape import clip, visible
from geoplan.output.sheet.options import SheetLanguage
from geoplan.output.sheet.words import WORDS
from geoplan.types import Text

LONGEST = 600  # characters of one text; more is cut with a mark
LONGEST_NAME = 90

Lines: TypeAlias = tuple[str, ...]
Mark: TypeAlias = Literal["", "zone", "dot", "ring", "line", "finding"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its lines (the second is the other language), a coloured `mark` before them, how it is toned."""

    lines: Lines
    mark: Mark = ""
    colour: str = ""
    tone: Literal["", "strong", "good", "bad", "muted"] = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, whether it holds figures, how much of the width it wants."""

    heading: Lines
    figures: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `key` names it, `note` stands below it. `rows` come in order; the last `closing` ones are sums."""

    key: str
    title: Lines
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Lines = ()
    closing: int = 0


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says texts in the language of a sheet; in both, the Chinese comes first."""

    language: SheetLanguage

    def say(self, text: Text, limit: int = LONGEST) -> Lines:
        """Return a text as lines, one per language; what a file wrote is made visible and cut at `limit`."""
        if self.language == "both":
            lines = dict.fromkeys((text.zh, text.en))
        else:
            lines = dict.fromkeys((text.get(self.language),))
        return tuple(shown(line, limit) for line in lines if line)

    def name(self, text: Text) -> Lines:
        """Return a name, which is cut sooner than a sentence."""
        return self.say(text, LONGEST_NAME)

    def word(self, key: str) -> Lines:
        """Return one of the fixed words."""
        return self.say(WORDS[key])

    def figure(self, write: Callable[[str], str]) -> Lines:
        """Return a figure as each language writes it."""
        return self.say(Text(write("en"), write("zh")))

    def line(self, text: Text) -> str:
        """Return a text on one line, in both languages if need be."""
        return " ".join(self.say(text))


def shown(text: str, limit: int = LONGEST) -> str:
    """Return text that a file wrote as it is set: visible, composed as fonts have it, cut at `limit` with a mark."""
    return clip(visible(unicodedata.normalize("NFC", text)), limit)


def cell(lines: Lines, **look: str) -> Cell:
    """Return a cell of these lines."""
    return Cell(lines, **look)  # type: ignore[arg-type]


def plain(text: str) -> Cell:
    """Return a cell of one text that reads the same in every language."""
    return Cell((shown(text),) if text else ())


def columns(speaker: Speaker, *wanted: tuple[str, bool, float]) -> tuple[Column, ...]:
    """Return columns from a word's key, whether they hold figures, and their weight."""
    return tuple(Column(speaker.word(key), figures, weight) for key, figures, weight in wanted)


def texts_of(tables: Sequence[Table]) -> set[str]:
    """Return every text of the tables."""
    found: set[str] = set()
    for table in tables:
        found.update(table.title, table.note)
        for column in table.columns:
            found.update(column.heading)
        for row in table.rows:
            for one in row:
                found.update(one.lines)
    return found

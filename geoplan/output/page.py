"""The sheet a text report is written on: its language, its width in terminal cells, coloured or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from geoplan.output.columns import pad, wrap
from geoplan.output.escape import for_terminal
from geoplan.types import Text

BOLD, DIM = "1", "2"  # ANSI codes
_MIN_WIDTH = 40
_LABEL_WIDTH = 9


@dataclass(frozen=True, slots=True)
class Page:
    """How to write: language ("en" or "zh"), width in terminal cells, colour or not."""

    language: str
    width: int
    colour: bool

    @classmethod
    def of(cls, language: str, width: int, *, colour: bool) -> Self:
        """Return a page at least 40 cells wide: figures need that much."""
        return cls(language, max(width, _MIN_WIDTH), colour)

    def say(self, en: str, zh: str) -> str:
        """Return the text in the page's language, as it stands."""
        return Text(en, zh).get(self.language)

    def get(self, text: Text) -> str:
        """Return a text that may come from a file, safe for a terminal."""
        return for_terminal(text.get(self.language))

    def paint(self, line: str, ansi: str) -> str:
        """Return a line in the colour of an ANSI code, when the page has colours."""
        return f"\x1b[{ansi}m{line}\x1b[0m" if self.colour and line else line

    def wrapped(self, text: str, ansi: str = "", indent: str = "") -> Iterator[str]:
        """Yield the lines of a text, all but the first indented."""
        for line in wrap(text, self.width, indent):
            yield self.paint(line, ansi) if ansi else line

    def labelled(self, label: str, text: str, ansi: str = "") -> Iterator[str]:
        """Yield the text with its label in the first column."""
        head = pad(label, _LABEL_WIDTH)
        for place, line in enumerate(wrap(text, self.width - _LABEL_WIDTH)):
            yield (head if place == 0 else " " * _LABEL_WIDTH) + (self.paint(line, ansi) if ansi else line)

    def titled(self, title: str, lines: Iterable[str] = ()) -> Iterator[str]:
        """Yield an empty line, the title and the lines below it."""
        yield ""
        yield from self.wrapped(title, BOLD)
        yield from lines

"""How the texts of this package are laid out: language, width, colour, and a column of labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from geoplan.output.columns import pad, wrap
from geoplan.output.escape import for_terminal
from geoplan.types import Text

MIN_WIDTH = 40
BOLD, DIM = "1", "2"
_LABEL = 10


@dataclass(frozen=True, slots=True)
class Page:
    """How to write: language ("en" or "zh"), width in cells, colour or not."""

    language: str = "en"
    width: int = 80
    colour: bool = False

    def say(self, en: str, zh: str) -> str:
        """Return the text in the page's language."""
        return Text(en, zh).get(self.language)

    def get(self, text: Text) -> str:
        """Return a text in the page's language, harmless for a terminal."""
        return for_terminal(text.get(self.language))

    def lines(self, text: str, ansi: str = "", indent: str = "") -> Iterator[str]:
        """Yield the text in lines of the page's width."""
        for line in wrap(text, max(self.width, MIN_WIDTH), indent):
            yield f"\x1b[{ansi}m{line}\x1b[0m" if self.colour and ansi and line else line

    def labelled(self, label: str, text: str) -> Iterator[str]:
        """Yield the text with its label in the first column."""
        for place, line in enumerate(wrap(text, max(self.width, MIN_WIDTH) - _LABEL)):
            yield (pad(label, _LABEL) if place == 0 else " " * _LABEL) + line

    def titled(self, title: str, lines: Iterable[str]) -> Iterator[str]:
        """Yield an empty line, the title and what stands under it."""
        yield ""
        yield from self.lines(title, BOLD)
        yield from lines

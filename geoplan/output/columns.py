"""Columns and lines of plain text for terminals, where a Chinese character is two cells wide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len, get_character_cell_size

# No line may begin with closing punctuation (the simplest of the line-breaking rules for Chinese).
_CLOSING = frozenset("，。、；：？！）》”’」』】%,.;:?!)]}")
_ATOM = re.compile(r"[ ]+|[^ ]+")


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return the text filled with spaces to `width` cells, clipped if it is wider."""
    text = clip_cells(text, width)
    fill = " " * (width - cell_len(text))
    return fill + text if right else text + fill


def clip_cells(text: str, width: int) -> str:
    """Return the text cut to `width` cells, with an ellipsis where something was cut."""
    if cell_len(text) <= width:
        return text
    kept, used = [], 0
    for character in text:
        used += get_character_cell_size(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept) + "…"


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """Return lines of at most `width` cells, the second and later ones indented; never empty.

    Breaks at spaces and around wide characters; a longer word is cut. Where an indent would leave no room there is
    none, and a wide character stands even in a line of one cell.
    """
    indent = indent if cell_len(indent) + 2 <= width else ""
    lines, line = [], ""
    for atom in _atoms(text):
        if cell_len(line) + cell_len(atom.rstrip()) <= width:
            line += atom
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = indent + atom.lstrip()
        while cell_len(line.rstrip()) > width:
            head, line = _cut(line, width)
            lines.append(head)
            line = indent + line
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int, droppable: Sequence[int] = ()) -> list[str]:
    """Return aligned lines of at most `width` cells: the first column to the left, figures to the right.

    Where the first column would get less than 12 cells, the columns in `droppable` are left out, in
    that order; figures are cut only when that is not enough. The first line is the header.
    """
    kept = list(range(len(header)))
    dropped = list(droppable)
    while dropped and _first_width([header, *rows], kept, width) < 12:
        kept.remove(dropped.pop(0))
    columns = [max(cell_len(row[column]) for row in (header, *rows)) for column in kept]
    columns[0] = max(min(columns[0], _first_width([header, *rows], kept, width)), 1)
    return [
        clip_cells(
            "  ".join(
                pad(row[column], size, right=place > 0)
                for place, (column, size) in enumerate(zip(kept, columns, strict=True))
            ),
            width,
        ).rstrip()
        for row in (header, *rows)
    ]


def _first_width(rows: Sequence[Sequence[str]], kept: Sequence[int], width: int) -> int:
    return width - sum(2 + max(cell_len(row[column]) for row in rows) for column in kept[1:])


def _atoms(text: str) -> Iterator[str]:
    """Yield pieces that stay together: words with their spaces, single wide characters."""
    current = ""
    for run in _ATOM.findall(text):
        for character in run:
            wide = get_character_cell_size(character) == 2
            previous_wide = bool(current) and get_character_cell_size(current[-1]) == 2
            starts_word = current.endswith(" ") and character != " "
            if current and character not in _CLOSING and character != " " and (wide or previous_wide or starts_word):
                yield current
                current = ""
            current += character
    if current:
        yield current


def _cut(line: str, width: int) -> tuple[str, str]:
    used = 0
    for place, character in enumerate(line):
        used += get_character_cell_size(character)
        if used > width:
            return line[: max(place, 1)], line[max(place, 1) :]
    return line, ""

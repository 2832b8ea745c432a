"""Sheets on paper and screen, with XlsxWriter: fonts, fills, widths, filters, frozen headings, A4 across."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, BinaryIO

import xlsxwriter  # type: ignore[import-untyped]
from rich.cells import cell_len
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from geoplan.output import style
from geoplan.output.escape import clip, visible
from geoplan.output.handover import Facts
from geoplan.output.workbook.values import NUMBER_FORMATS, Cell, Grid, Heading, Kind, Sheet, Tone, Value
from geoplan.types import Severity, Text

CELL_LIMIT = 32_767  # characters of a cell
_ROW_LIMIT = 409.0  # points
_HEADER_LIMIT = 80  # characters of each of the three parts, which share 255
_A4 = 9
_LINE = 15.0  # points of one line of text
_NARROWEST = 9
_SCREEN = 150.0  # characters that a line above a table may be long
_NUMBERS = 14
_FONTS = Text("Calibri", "Microsoft YaHei")
_ERROR, _WARNING = style.SEVERITY_STYLES[Severity.ERROR], style.SEVERITY_STYLES[Severity.WARNING]
_TONES: dict[Tone, dict[str, Any]] = {
    "plain": {},
    "good": {"bg_color": style.PASSED.tint, "font_color": style.PASSED.text},
    "bad": {"bg_color": _ERROR.tint, "font_color": _ERROR.text},
    "warn": {"bg_color": _WARNING.tint, "font_color": _WARNING.text},
    "muted": {"font_color": style.MUTED_INK},
}
_RULE = "#C9D1D9"
_HEAD = "#E8EDF2"


class Paper:
    """A workbook being written to a stream; `losses` gathers what a cell could not hold."""

    def __init__(self, stream: BinaryIO, facts: Facts, language: str) -> None:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(stream, options)
        self.facts = facts
        self.language = language
        self.losses: list[tuple[str, Text]] = []
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._cut = 0

    def describe(self, properties: dict[str, object]) -> None:
        """Set the properties of the document."""
        self.book.set_properties(properties)
        for key, value in self.facts.lines().items():
            self.book.set_custom_property(f"geoplan_{key}", clip(value, 255), "text")

    def close(self) -> None:
        """Finish the file."""
        self.book.close()

    def write(self, sheet: Sheet) -> None:
        """Write one sheet."""
        page = self.book.add_worksheet(sheet.name.get(self.language))
        self._cut = 0
        widths = self._set_up(page, sheet)
        row = self._top(page, sheet, widths)
        for grid in sheet.grids:
            if grid.title is not None:
                page.write_string(row, 0, grid.title.get(self.language), self._format(bold=True, font_size=12))
                row += 1
            single = len(sheet.grids) == 1
            row = self._grid(page, grid, row, widths, filtered=single)
            if single:
                top = row - len(grid.rows) - (grid.total is not None) - (not grid.rows)
                page.freeze_panes(top, sheet.frozen)
                page.repeat_rows(top - 1)
            row += 1
        if self._cut:
            count, plural = self._cut, "" if self._cut == 1 else "s"
            self.losses.append(
                (
                    sheet.name.en,
                    Text(
                        f"{count} text{plural} cut at {CELL_LIMIT:,} characters, the most a cell holds",
                        f"{count} 处文本在 {CELL_LIMIT:,} 字符处截断（单元格上限）",
                    ),
                )
            )

    def _set_up(self, page: Worksheet, sheet: Sheet) -> list[float]:
        """Set the paper, header, footer and column widths, and return the widths."""
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        page.hide_gridlines(2)
        left, right = (_printed(text.get(self.language)) for text in (self.facts.name, sheet.name))
        page.set_header(f"&L{left}&R{right}")
        worth = _printed(self.facts.worth.get(self.language))
        page.set_footer(f"&L{worth}&C{_printed(self.facts.origin.get(self.language))}&R&P / &N")
        count = max(len(grid.headings) for grid in sheet.grids)
        widths = [0.0] * count
        for grid in sheet.grids:
            for place, heading in enumerate(grid.headings):
                widths[place] = max(widths[place], self._width(grid, place, heading))
        for place, width in enumerate(widths):
            page.set_column(place, place, width)
        return widths

    def _width(self, grid: Grid, place: int, heading: Heading) -> float:
        texts = [_plain(row[place]) for row in grid.rows]
        longest = max((cell_len(text) for text in texts if isinstance(text, str)), default=0)
        number = _NUMBERS if any(isinstance(text, int | float | datetime) for text in texts) else 0
        head = max(cell_len(word) for word in (heading.text.get(self.language)).split())
        return float(min(max(longest, number, head, _NARROWEST) + 2, max(heading.widest, head) + 2))

    def _top(self, page: Worksheet, sheet: Sheet, widths: list[float]) -> int:
        """Write the title and the lines below it, each across the whole table, and return the next row."""
        title = f"{self.facts.name.get(self.language)} — {sheet.name.get(self.language)}"
        page.write_string(0, 0, visible(title), self._format(bold=True, font_size=16, font_color=style.INK))
        page.set_row(0, 24)
        lines = sheet.lines
        if all(line != self.facts.worth for line, _ in lines):
            lines = ((self.facts.worth, "plain" if self.facts.status == "official" else "warn"), *lines)
        across = min(sum(widths), _SCREEN)
        last = next(place for place in range(len(widths)) if sum(widths[: place + 1]) >= across)
        for row, (line, tone) in enumerate(lines, start=1):
            text = visible(line.get(self.language))
            page.merge_range(row, 0, row, max(last, 1), "", self._format(tone, text_wrap=True, valign="top"))
            page.write_string(row, 0, text, self._format(tone, text_wrap=True, valign="top"))
            page.set_row(row, _LINE * math.ceil((cell_len(text) + 1) / across) + 3)
        return len(lines) + 2

    def _grid(self, page: Worksheet, grid: Grid, row: int, widths: list[float], *, filtered: bool) -> int:
        """Write one table and return the row below it."""
        head = self._format(
            bold=True, bg_color=_HEAD, bottom=2, bottom_color=style.OUTLINE, text_wrap=True, valign="vcenter"
        )
        tall = 1
        for place, heading in enumerate(grid.headings):
            text = heading.text.get(self.language)
            page.write_string(row, place, text, head)
            tall = max(tall, math.ceil(cell_len(text) / max(widths[place] - 2, 1)))
        page.set_row(row, _LINE * tall + 6)
        top, row = row, row + 1
        if not grid.rows and grid.empty is not None:
            page.write_string(row, 0, grid.empty.get(self.language), self._format("muted", italic=True))
            return row + 1
        for values in grid.rows:
            self._row(page, row, grid, values, widths)
            row += 1
        if filtered:
            page.autofilter(top, 0, row - 1, len(grid.headings) - 1)
        if grid.total is not None:
            label = Text("total", "合计").get(self.language)
            self._row(page, row, grid, (label, *grid.total[1:]), widths, bold=True, top=1, bg_color=_HEAD)
            row += 1
        return row

    def _row(
        self, page: Worksheet, row: int, grid: Grid, values: tuple[Value, ...], widths: list[float], **look: Any
    ) -> None:
        lines = 1
        for place, (heading, value) in enumerate(zip(grid.headings, values, strict=True)):
            cell = value if isinstance(value, Cell) else Cell(value)
            kind = cell.kind or heading.kind
            self._cell(page, row, place, cell, kind, look)
            if isinstance(cell.value, str):
                lines = max(lines, math.ceil((cell_len(visible(cell.value)) + 1) / max(widths[place] - 1, 1)))
        page.set_row(row, min(_LINE * lines + 3, _ROW_LIMIT))

    def _cell(self, page: Worksheet, row: int, place: int, cell: Cell, kind: Kind, look: dict[str, Any]) -> None:
        extra = dict(look) | {"valign": "top", "bottom": 1, "bottom_color": _RULE}
        if cell.colour is not None:
            extra |= {"left": 5, "left_color": cell.colour, "indent": 1}
        value = cell.value
        if isinstance(value, float) and not math.isfinite(value):
            value = None
        if value is None:
            page.write_blank(row, place, None, self._format(cell.tone, **extra))
        elif isinstance(value, datetime):
            shown = self._format(cell.tone, num_format=NUMBER_FORMATS["time"], align="left", **extra)
            page.write_datetime(row, place, value, shown)
        elif isinstance(value, str):
            text = visible(value)
            self._cut += len(text) > CELL_LIMIT
            page.write_string(row, place, clip(text, CELL_LIMIT), self._format(cell.tone, text_wrap=True, **extra))
        else:
            left = {"align": "left"} if kind == "whole" and cell.kind is not None else {}
            shown = self._format(cell.tone, num_format=NUMBER_FORMATS[kind], **left, **extra)
            page.write_number(row, place, float(value), shown)

    def _format(self, tone: Tone = "plain", **look: Any) -> Format:
        """Return a format, the same one for the same looks: a file holds only so many."""
        whole = {"font_name": _FONTS.get(self.language), "font_size": 10, **_TONES[tone], **look}
        key = tuple(sorted(whole.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(whole)
        return self._formats[key]


def _plain(value: Value) -> str | float | datetime | None:
    plain = value.value if isinstance(value, Cell) else value
    return visible(plain) if isinstance(plain, str) else plain


def _printed(text: str) -> str:
    """Return text for a printed header or footer, where `&` begins a command."""
    return clip(visible(text), _HEADER_LIMIT).replace("&", "&&")

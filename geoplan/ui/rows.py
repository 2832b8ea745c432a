"""Tables of the page's own HTML beside and below the map: light to load, plain to a screen reader, rows that pick.

Large grids that sort and scroll are on the pages of areas and facilities; what opens with the map waits for none.
"""

from __future__ import annotations

from collections.abc import Sequence

from geoplan.output.escape import for_html
from geoplan.output.map import Pick
from geoplan.output.map.kept import Kept
from geoplan.output.map.page.tables import Row, Table, page_tables
from geoplan.ui.state import MAX_ID
from geoplan.ui.texts import LANGUAGES, say
from geoplan.workflow import PlanView

MAX_LISTED = 12  # rows in the card, which is no taller than the map
MAX_BELOW = 50  # rows below the map


def _tables_of(language: str) -> Kept[PlanView, dict[str, Table]]:
    return Kept(lambda view: {table.name: table for table in page_tables(view, language, MAX_BELOW)}, 16)


_TABLES = {language: _tables_of(language) for language in LANGUAGES}


def table_of(view: PlanView, name: str, language: str) -> Table | None:
    """Return the table of a map's "zones", "facilities" or "centres" (elsewhere), None where there are none."""
    return _TABLES[language](view).get(name)


def listed_html(table: Table, columns: Sequence[int], chosen: Pick | None, language: str) -> str:
    """Return the first rows of a table with some of its columns only, for the card."""
    return _html(table, columns, table.rows[:MAX_LISTED], chosen, language)


def below_html(table: Table, chosen: Pick | None, language: str) -> str:
    """Return the first rows of a table with all of its columns, and how many more there are."""
    return _html(table, range(len(table.heads)), table.rows[:MAX_BELOW], chosen, language)


def _html(table: Table, columns: Sequence[int], rows: Sequence[Row], chosen: Pick | None, language: str) -> str:
    heads = "".join(
        f'<th scope="col"{_flush(table, column)}>{for_html(table.heads[column].text)}</th>' for column in columns
    )
    body = "".join(_row(table, row, columns, chosen) for row in rows)
    left = table.left + len(table.rows) - len(rows)
    if table.total and not left:
        cells = "".join(f"<td{_flush(table, column)}>{for_html(table.total[column])}</td>" for column in columns)
        body += f'<tr class="gp-total">{cells}</tr>'
    more = f'<p class="gp-hint">{for_html(say("rows_more", language, count=f"{left:,}"))}</p>' if left else ""
    return (
        f'<div class="gp-scroll" tabindex="0" role="group" aria-label="{for_html(table.title)}">'
        f'<table class="gp-figures gp-rows"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>{more}'
    )


def _row(table: Table, row: Row, columns: Sequence[int], chosen: Pick | None) -> str:
    name, *others = (row.cells[column] for column in columns)
    shown, mark = for_html(name), ""
    if row.swatch:
        shape = "" if table.kind == "zone" else " gp-round"
        mark = f'<i class="gp-swatch{shape}" style="background:#{for_html(row.swatch)}"></i>'
    picked = chosen is not None and (chosen.kind, chosen.id) == (table.kind, row.id)
    if len(row.id) <= MAX_ID:
        told = f'data-gp-kind="{table.kind}" data-gp-id="{for_html(row.id)}" aria-pressed="{str(picked).lower()}"'
        shown = f'<button type="button" class="gp-pick" {told}>{shown}</button>'
    cells = "".join(
        f"<td{_flush(table, column)}>{for_html(text)}</td>" for column, text in zip(columns[1:], others, strict=True)
    )
    chosen_row = ' class="gp-chosen"' if picked else ""
    return f'<tr{chosen_row}><td><span class="gp-row-name">{mark}{shown}</span></td>{cells}</tr>'


def _flush(table: Table, column: int) -> str:
    return ' class="gp-number"' if table.heads[column].number else ""

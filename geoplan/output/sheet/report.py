"""The report on a plan as one HTML page: no script, no network, for screens and for printing on A4.

It says what the PDF sheet says, in the same tables and with the same map; only the scale is not true, since a
page on a screen has none.
"""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from rich.cells import cell_len

from geoplan.output import style
from geoplan.output.escape import for_html
from geoplan.output.handover import TOOL
from geoplan.output.sheet.document import Sheet, facts, legend, notes, sheet_of, title_block
from geoplan.output.sheet.drawing import drawing_parts
from geoplan.output.sheet.grid import scale_bar
from geoplan.output.sheet.naming import Names, named_map
from geoplan.output.sheet.options import SheetOptions
from geoplan.output.sheet.placing import POINT_MM, PlacedLine
from geoplan.output.sheet.words import WORDS
from geoplan.types import Severity
from geoplan.workflow import PlanView

_CELL_EM = 0.56  # a Chinese character, two cells, is a little wider than an em in most fonts


class _Cells:
    """Letters of a font nobody knows, as wide as the cells of a terminal."""

    def writable(self, text: str) -> str:
        return text

    def width(self, text: str) -> float:
        return _CELL_EM * cell_len(text)


def report_html(view: PlanView, options: SheetOptions | None = None) -> str:
    """Return the report of an opened plan as one self-contained page.

    Paper and orientation give the map its shape; the title block, the language and what the map shows are
    those of the options.
    """
    sheet = sheet_of(view, options or SheetOptions())
    speaker = sheet.speaker
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            language="en" if sheet.options.language == "en" else "zh-CN",
            title=sheet.title,
            stamp=sheet.stamp,
            subtitle=" · ".join((speaker.line(sheet.facts.origin), sheet.day.isoformat())),
            map=Markup(_map(sheet)),  # noqa: S704 - numbers and escaped names
            legend=legend(sheet),
            facts=(*title_block(sheet), *facts(sheet)),
            tables=sheet.tables,
            notes=tuple(notes(sheet)),
            words={key: speaker.word(key) for key in WORDS},
            tool=TOOL,
            official=view.plan.status == "official" and view.layer is not None,
            colours={
                "ink": style.INK,
                "muted": style.MUTED_INK,
                "outline": style.OUTLINE,
                "good": style.PASSED.text,
                "bad": style.SEVERITY_STYLES[Severity.ERROR].text,
                "warning": style.SEVERITY_STYLES[Severity.WARNING].text,
            },
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("geoplan.output.sheet", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _map(sheet: Sheet) -> str:
    """Return the map as SVG with its names and a scale bar; "" when nothing has a place."""
    picture = sheet.picture
    if picture is None:
        return ""
    frame = picture.frame
    board = named_map(sheet.view, picture, Names(sheet.speaker, _Cells())) if sheet.options.labels else None
    lines = "".join(_text(line) for line in board.placed) if board else ""
    bar = scale_bar(frame)
    length, bottom = 4 * bar.segment_mm, frame.height - 7
    marks = "".join(
        f'<text x="{5 + along:.2f}" y="{bottom - 2:.2f}" font-size="2.2" text-anchor="middle">{for_html(label)}</text>'
        for along, label in bar.labels
    )
    scale = f'<path d="M5 {bottom:.2f}h{length:.3f}v1h-{length:.3f}z" fill="{style.INK}"/>{marks}'
    name = for_html(" ".join((*sheet.speaker.word("map_of"), *sheet.title)))
    return (
        f'<svg class="map" viewBox="0 0 {frame.width:g} {frame.height:g}" role="img" aria-label="{name}">'
        f"{drawing_parts(sheet.view, picture, sheet.options)}{lines}{scale}</svg>"
    )


def _text(placed: PlacedLine) -> str:
    line = placed.line
    size, weight = line.size * POINT_MM, ' font-weight="700"' if line.strong else ""
    # The reader's font may be wider than was thought: a line stays where it leans.
    at, base = placed.x + placed.width * placed.lean, placed.y + 0.88 * size
    anchor = {0.0: "start", 1.0: "end"}.get(placed.lean, "middle")
    return (
        f'<text class="n{" m" if line.muted else ""}" x="{at:.2f}" y="{base:.2f}" font-size="{size:.2f}"'
        f' text-anchor="{anchor}"{weight}>{for_html(line.text)}</text>'
    )

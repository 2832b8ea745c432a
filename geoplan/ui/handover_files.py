"""The files of the page "Hand over": what goes into each, what it is called, and what it could not hold.

Nothing here shows anything: every function makes one file of an opened plan, the same as the command line does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from geoplan.crs import code_of
from geoplan.errors import GeoplanError
from geoplan.output.export import EXPORT_FORMATS, LAYER_NAMES, Layer, export_bytes, suggested_name
from geoplan.output.map import Shown, plan_html
from geoplan.output.sheet import SheetOptions, report_html, sheet_bytes, sheet_preview
from geoplan.output.sheet.ground import frame_of, ground_of, round_scales
from geoplan.output.sheet.layout import layout_of
from geoplan.output.workbook import workbook_bytes
from geoplan.types import Text
from geoplan.workflow import PlanView

HTML = "text/html; charset=utf-8"
PDF = "application/pdf"
SCALES = 7  # round scales to choose from: the largest at which everything fits, and smaller ones

# What the command line adds to a message, and a page has a control for.
_OPTION = re.compile(r"(?::|：) ?--\w+ [\w-]+$")


@dataclass(frozen=True, slots=True)
class File:
    """A finished file: a `name` every system accepts, what it is `about`, and what it could not hold.

    `picture` is a PNG of what a reader will see, None where there is none.
    """

    name: str
    media_type: str
    content: bytes
    about: Text | None = None
    losses: tuple[Text, ...] = ()
    picture: bytes | None = None


def map_file(view: PlanView, language: str, shown: Shown) -> File:
    """Return the map as one HTML file that opens with no internet, showing what is asked for."""
    return File(_name(view, ".html", "map"), HTML, plan_html(view, language, shown=shown).encode())


def sheet_file(view: PlanView, options: SheetOptions) -> File:
    """Return the sheet as PDF with a picture of its first page; raises FontError without a font for its texts."""
    kind = f"sheet_{options.paper}_{options.language}"
    scale = options.scale or fitting_scale(view, options)
    ratio = f"1:{scale:,} · " if scale is not None else ""
    paper = Text(*(f"{ratio}{options.paper} {word}" for word in _turned(options)))
    made = sheet_bytes(view, options)
    return File(_name(view, ".pdf", kind), PDF, made, paper, picture=sheet_preview(view, options))


def report_file(view: PlanView, options: SheetOptions) -> File:
    """Return the report as one HTML page, with the same tables and title block as the sheet."""
    return File(_name(view, ".html", "report"), HTML, report_html(view, options).encode())


def workbook_file(view: PlanView, language: str) -> File:
    """Return the plan as an Excel workbook."""
    made = workbook_bytes(view, language)
    losses = tuple(Text(f"{sheet}: {message.en}", f"{sheet}：{message.zh}") for sheet, message in made.losses)
    return File(_name(view, ".xlsx"), EXPORT_FORMATS["xlsx"].media_type, made.content, losses=losses)


def data_file(view: PlanView, format_name: str, layer: Layer | None, crs: str | None, language: str) -> File:
    """Return an export of `geoplan.output.export`.

    Raises as `export_bytes`, without naming options of the command line as the place.
    """
    try:
        made = export_bytes(view, format_name, layer=layer, crs=crs, language=language)
    except GeoplanError as error:
        if error.where.startswith("--"):
            error.where = ""
        raise
    counts = [(LAYER_NAMES[one.name], f"{one.features:,}") for one in made.layers]
    system = f" · {code_of(made.crs)}" if made.crs is not None else ""
    about = Text(
        ", ".join(f"{name.en} {count}" for name, count in counts) + system,
        "、".join(f"{name.zh} {count}" for name, count in counts) + system,
    )
    losses = tuple(_told(loss.layer, loss.message) for loss in made.losses)
    return File(made.name, made.media_type, made.content, about, losses)


def fitting_scale(view: PlanView, options: SheetOptions) -> int | None:
    """Return the N of the largest round scale 1:N at which everything fits; None when nothing has a place."""
    box = layout_of(options).map
    frame = frame_of(ground_of(view), box.w, box.h)
    return frame.scale if frame is not None else None


def scales_from(least: int) -> Sequence[int]:
    """Return the round scales a sheet can be drawn at without being cut, the largest first."""
    return tuple(islice((scale for scale in round_scales() if scale >= least), SCALES))


def layers_of(view: PlanView) -> tuple[Layer, ...]:
    """Return the layers of a plan that hold anything, in the order of an export."""
    held: tuple[tuple[Layer, bool], ...] = (
        ("zones", view.layer is not None and len(view.layer) > 0),
        ("facilities", bool(view.facilities)),
        ("network", bool(view.network)),
        ("findings", bool(view.result.findings)),
    )
    return tuple(layer for layer, anything in held if anything)


def for_screen(options: SheetOptions, language: str) -> SheetOptions:
    """Return the options of a sheet for a page on a screen: the reader's language, and no scale of its own."""
    return replace(options, language="zh" if language.startswith("zh") else "en", scale=None)


def size_text(count: int) -> str:
    """Return a size in bytes as people read it: kB below a million, then MB."""
    if count < 1_000_000:
        return f"{max(round(count / 1000), 1):,} kB"
    return f"{count / 1_000_000:,.1f} MB"


def _turned(options: SheetOptions) -> tuple[str, str]:
    return ("landscape", "横向") if options.orientation == "landscape" else ("portrait", "纵向")


def _name(view: PlanView, suffix: str, kind: str | None = None) -> str:
    return suggested_name(view.plan.id, view.revision.number if view.revision else None, suffix, kind)


def _told(layer: str, message: Text) -> Text:
    en, zh = (_OPTION.sub("", text) for text in (message.en, message.zh))
    name = LAYER_NAMES.get(layer)
    if name is None or en.startswith(name.en):
        return Text(en, zh)
    return Text(f"{name.en}: {en}", f"{name.zh}：{zh}")

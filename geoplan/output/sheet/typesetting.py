"""Sets a sheet as PDF: tagged, PDF/A-2a and PDF/UA-1, fonts embedded as subsets, the same bytes for the same sheet.

Its first page can be had as a picture too, set by the same template.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from geoplan.errors import FontError
from geoplan.output.sheet.document import Sheet
from geoplan.output.sheet.fonts import FontPlaces, Typefaces, choose_typefaces
from geoplan.output.sheet.georeference import georeferenced
from geoplan.output.sheet.payload import Payload, all_texts, payload_of
from geoplan.types import Text

STANDARDS = ("a-2a", "ua-1")
PREVIEW_PIXELS = 1100  # along the longer side
_PREVIEW_ROWS = 400  # of all tables; with more, a picture of the first page is set without the pages behind it


def set_sheet(sheet: Sheet, places: FontPlaces) -> bytes:
    """Return the sheet as PDF. Raises FontError when no font has its Chinese or its letters."""
    typefaces = choose_typefaces(all_texts(sheet), places)
    payload = _payload(sheet, typefaces)
    moment = datetime(sheet.day.year, sheet.day.month, sheet.day.day, tzinfo=UTC)
    made = _compiled(
        "sheet.typ", payload, typefaces.book, format="pdf", pdf_standards=list(STANDARDS), timestamp=moment
    )
    if sheet.frame is None:
        return made
    return georeferenced(made, sheet.frame, sheet.layout.map, sheet.layout.height)


def preview_sheet(sheet: Sheet, places: FontPlaces) -> bytes:
    """Return the first page of the sheet as PNG, `PREVIEW_PIXELS` along its longer side; errors as `set_sheet`."""
    typefaces = choose_typefaces(all_texts(sheet), places)
    payload = _payload(sheet, typefaces)
    if sum(len(table.rows) for table in sheet.tables) > _PREVIEW_ROWS:
        payload["tables"] = []
    inches = max(sheet.options.size_mm) / 25.4
    pages: Any = _compiled("sheet.typ", payload, typefaces.book, format="png", ppi=PREVIEW_PIXELS / inches)
    first: bytes = pages[0] if isinstance(pages, list) else pages
    return first


def _payload(sheet: Sheet, typefaces: Typefaces) -> Payload:
    """Return everything the template reads, with the white outlines of the names on the map."""
    payload = payload_of(sheet, typefaces)
    if sheet.frame is not None:
        white = {key: payload[key] for key in ("frame", "labels", "fonts")}
        payload["halo"] = _compiled("halo.typ", white, typefaces.book, format="svg").decode()
    return payload


def _compiled(template: str, payload: Payload, book: Any, **how: Any) -> bytes:
    """Return a template of this package set with its data, which is all it can read: no file, no network."""
    import typst  # noqa: PLC0415 - 30 MB that only a sheet needs

    source: Any = files("geoplan.output.sheet").joinpath("templates", template).read_bytes()
    try:
        made: bytes = typst.compile(source, font_paths=book, sys_inputs={"data": json.dumps(payload)}, **how)
    except typst.TypstError as error:
        raise FontError(
            Text(f"the sheet cannot be set: {error.message}.", f"无法排版图纸：{error.message}。"),
            hint=Text("Name a folder with another font.", "请指定含有其他字体的文件夹。"),
        ) from error
    return made

"""The plan on paper: a sheet to a true scale as PDF, and the same report as one self-contained HTML page.

sheet_bytes(open_plan("ustc-silicon-valley"), SheetOptions(paper="A3", language="zh"))
"""

from __future__ import annotations

from pathlib import Path

from geoplan.output.sheet.document import sheet_of
from geoplan.output.sheet.fonts import FontPlaces
from geoplan.output.sheet.options import SheetOptions
from geoplan.output.sheet.report import report_html
from geoplan.output.sheet.typesetting import preview_sheet, set_sheet
from geoplan.output.whole import replace_whole
from geoplan.workflow import PlanView

__all__ = ["SheetOptions", "report_html", "sheet_bytes", "sheet_preview", "write_sheet"]


def sheet_bytes(view: PlanView, options: SheetOptions | None = None) -> bytes:
    """Return the sheet of an opened plan as PDF; the same plan, options and day give the same bytes.

    Raises FontError when the sheet needs Chinese, or letters, that no font at hand has.
    """
    chosen = options or SheetOptions()
    sheet = sheet_of(view, chosen)
    return set_sheet(sheet, FontPlaces.usual(chosen.fonts))


def sheet_preview(view: PlanView, options: SheetOptions | None = None) -> bytes:
    """Return the first page of `sheet_bytes` as PNG, set by the same template; errors as there."""
    chosen = options or SheetOptions()
    return preview_sheet(sheet_of(view, chosen), FontPlaces.usual(chosen.fonts))


def write_sheet(view: PlanView, path: str | Path, options: SheetOptions | None = None) -> None:
    """Write the sheet of an opened plan as PDF: the whole file or, if anything fails, none.

    Raises FontError as `sheet_bytes`, UsageError when the file cannot be written.
    """
    made = sheet_bytes(view, options)
    replace_whole(path, lambda unfinished: unfinished.write_bytes(made))

"""Tells programs which ground the map of a PDF shows: a viewport with a geospatial measure.

As in ISO 32000-2, 12.10 (and Adobe Supplement to ISO 32000, Extension Level 3): /VP of the page, its /Measure of
subtype GEO with the corners of the map in the page (/LPTS, shares of the box) and on the ground (/GPTS, latitude
before longitude). It is added behind the file as it was set (an incremental update, ISO 32000-1, 7.5.6), so that
nothing of that changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from geoplan.output.sheet.ground import Frame
from geoplan.output.sheet.layout import Box

_POINTS = 72 / 25.4
_CORNERS = "0 0 0 1 1 1 1 0"  # lower left, upper left, upper right, lower right
_FIRST_KID = re.compile(rb"/Kids\s*\[\s*(\d+) 0 R")
_ROOT_PAGES = re.compile(rb"/Pages (\d+) 0 R")
_TRAILER = re.compile(rb"trailer\s*<<(.*)>>\s*startxref\s+(\d+)\s+%%EOF\s*$", re.DOTALL)


def georeferenced(pdf: bytes, frame: Frame, box: Box, page_height: float) -> bytes:
    """Return a PDF whose first page says where the map in `box` (mm from the upper left corner) lies.

    A file whose objects cannot be seen without unpacking it is returned as it is.
    """
    page, trailer = _first_page(pdf), _TRAILER.search(pdf)
    if page is None or trailer is None:
        return pdf
    number, body = page
    viewport = _viewport(frame, box, page_height).encode("ascii")
    start = len(pdf) + (not pdf.endswith(b"\n"))
    changed = b"%d 0 obj\n%s/VP[%s]>>\nendobj\n" % (number, body.rstrip()[: -len(b">>")], viewport)
    table = b"xref\n0 1\n0000000000 65535 f \n%d 1\n%010d 00000 n \n" % (number, start)
    ending = b"trailer\n<<%s/Prev %s>>\nstartxref\n%d\n%%%%EOF" % (trailer[1], trailer[2], start + len(changed))
    return pdf + b"\n" * (start - len(pdf)) + changed + table + ending


def _first_page(pdf: bytes) -> tuple[int, bytes] | None:
    """Return the number and the dictionary of the first page."""
    root = _ROOT_PAGES.search(pdf)
    number = int(root[1]) if root else None
    while number is not None:
        found = re.search(rb"(?:^|\n)%d 0 obj\s*(<<.*?>>)\s*endobj" % number, pdf, re.DOTALL)
        if found is None:
            return None
        kid = _FIRST_KID.search(found[1])
        if kid is None:
            return number, found[1]
        number = int(kid[1])
    return None


def _viewport(frame: Frame, box: Box, page_height: float) -> str:
    code = frame.crs.to_epsg(min_confidence=70)
    known = f"/EPSG {code}" if code is not None else ""
    wkt = frame.crs.to_wkt("WKT1_GDAL").encode("ascii", "replace").decode("ascii")
    escaped = wkt.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    ground = _numbers((value for lon, lat in frame.corners for value in (lat, lon)), 9)
    edges = (box.x, page_height - box.y - box.h, box.x + box.w, page_height - box.y)
    return (
        f"<</Type/Viewport/Name(Map)/BBox[{_numbers((edge * _POINTS for edge in edges), 6)}]"
        f"/Measure<</Type/Measure/Subtype/GEO/Bounds[{_CORNERS}]/LPTS[{_CORNERS}]/GPTS[{ground}]"
        f"/GCS<</Type/PROJCS{known}/WKT({escaped})>>>>>>"
    )


def _numbers(values: Iterable[float], decimals: int) -> str:
    return " ".join(f"{value:.{decimals}f}" for value in values)

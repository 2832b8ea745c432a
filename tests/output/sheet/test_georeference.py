"""The ground a PDF says it shows, read back by another program."""

from __future__ import annotations

import pytest
from pdfminer.pdftypes import resolve1
from pyproj import CRS, Transformer

from geoplan.crs import norm_crs
from geoplan.output.sheet import sheet_bytes
from geoplan.output.sheet.georeference import georeferenced
from geoplan.output.sheet.ground import Frame
from geoplan.output.sheet.layout import Box
from tests.helpers import EAST, NORTH, square
from tests.output.sheet.reading import Read, options, plan_of

BLUE = "#0072B2"


def test_a_place_on_paper_leads_back_to_its_ground() -> None:
    read = Read(sheet_bytes(plan_of([square(EAST, NORTH, 1000)]), options(scale=10_000, language="en")))
    (viewport,) = resolve1(read.pages[0].attrs["VP"])
    measure = resolve1(viewport["Measure"])
    left, bottom, right, top = viewport["BBox"]
    lat_lon = measure["GPTS"]
    back = Transformer.from_crs(4490, 4548, always_xy=True)
    corners = [back.transform(lat_lon[n + 1], lat_lon[n]) for n in range(0, 8, 2)]
    assert measure["LPTS"] == [0, 0, 0, 1, 1, 1, 1, 0]
    # The square's lower left corner, as drawn, by the proportions of the viewport; its swatches are smaller.
    x, y = max(read.filled(BLUE), key=lambda curve: curve.bbox[2] - curve.bbox[0]).bbox[:2]
    east = corners[0][0] + (x - left) / (right - left) * (corners[3][0] - corners[0][0])
    north = corners[0][1] + (y - bottom) / (top - bottom) * (corners[1][1] - corners[0][1])
    assert (east, north) == pytest.approx((EAST, NORTH), abs=0.2)  # 0.02 mm of paper
    system = resolve1(measure["GCS"])
    assert system["EPSG"] == 4548
    named = CRS.from_wkt(system["WKT"].decode())
    assert Transformer.from_crs(named, 4548, always_xy=True).transform(EAST, NORTH) == pytest.approx((EAST, NORTH))


def test_a_file_whose_objects_cannot_be_seen_is_left_as_it_is() -> None:
    frame = Frame(norm_crs("EPSG:4548"), (EAST, NORTH), 10_000, 100, 100)
    packed = b"%PDF-1.7\n1 0 obj\n<</Type/ObjStm>>stream\nendstream\nendobj\nstartxref\n9\n%%EOF"
    assert georeferenced(packed, frame, Box(10, 10, 100, 100), 210) == packed

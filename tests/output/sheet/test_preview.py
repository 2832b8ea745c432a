"""The picture of a sheet's first page, held against the PDF itself as another program draws it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from geoplan.output.sheet import sheet_bytes, sheet_preview
from tests.helpers import EAST, NORTH, square
from tests.output.sheet.reading import options, plan_of


@pytest.mark.parametrize(("orientation", "size"), [("landscape", (1100, 778)), ("portrait", (778, 1100))])
def test_the_picture_is_the_first_page_of_the_pdf(orientation: Any, size: tuple[int, int]) -> None:
    view = plan_of([square(EAST, NORTH, 1000), square(EAST + 1500, NORTH, 500)], ["Old Town", "北岸新区"])
    asked = options(orientation=orientation)
    picture = Image.open(io.BytesIO(sheet_preview(view, asked)))
    assert picture.format == "PNG"
    assert picture.size == pytest.approx(size, abs=1)
    page = pypdfium2.PdfDocument(sheet_bytes(view, asked))[0].render(scale=1100 / 841.89).to_pil()
    ours, theirs = (np.asarray(one.convert("L").resize((200, 200)), dtype=float) for one in (picture, page))
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.9


def test_a_long_sheet_shows_its_first_page_without_the_pages_behind_it() -> None:
    shapes = [square(EAST + 200 * (place % 30), NORTH + 200 * (place // 30), 150) for place in range(240)]
    view = plan_of(shapes, [f"Zone {place}" for place in range(240)])
    picture = Image.open(io.BytesIO(sheet_preview(view, options(findings=False))))
    assert picture.size == pytest.approx((1100, 778), abs=1)

"""The picture of a sheet's first page: its size, and a square on it whose size at a scale is known by hand."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import numpy as np
import pytest
from PIL import Image

from geoplan.output.sheet import sheet_preview
from tests.helpers import EAST, NORTH, square
from tests.output.sheet.reading import options, plan_of


@pytest.mark.parametrize(("orientation", "size"), [("landscape", (1100, 778)), ("portrait", (778, 1100))])
def test_the_picture_is_of_the_first_page_at_its_scale(orientation: Any, size: tuple[int, int]) -> None:
    view = plan_of([square(EAST, NORTH, 1000)], ["北岸"])
    made = sheet_preview(view, options(orientation=orientation, scale=10_000, labels=False))
    picture = Image.open(io.BytesIO(made))
    assert picture.format == "PNG"
    assert picture.size == pytest.approx(size, abs=1)
    pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    colours = Counter(map(tuple, pixels.tolist()))
    fill = max((colour for colour in colours if min(colour) < 200), key=lambda colour: colours[colour])
    filled = (pixels == fill).all(axis=1).reshape(picture.size[::-1])
    # 1,000 m at 1:10,000 are 100 mm; the page's longer side of 297 mm has 1,100 pixels. A swatch is far smaller.
    side = 100 * 1100 / 297
    for axis in (0, 1):
        places = np.flatnonzero(filled.sum(axis=axis) > side / 2)
        assert places[-1] - places[0] == pytest.approx(side, abs=4)


def test_a_long_sheet_shows_its_first_page_without_the_pages_behind_it() -> None:
    shapes = [square(EAST + 200 * (place % 30), NORTH + 200 * (place // 30), 150) for place in range(240)]
    view = plan_of(shapes, [f"Zone {place}" for place in range(240)])
    picture = Image.open(io.BytesIO(sheet_preview(view, options(findings=False))))
    assert picture.size == pytest.approx((1100, 778), abs=1)

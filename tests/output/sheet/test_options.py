"""What a sheet can be asked for, and the places of its parts on every paper."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from geoplan.errors import UsageError
from geoplan.output.sheet.layout import Box, layout_of
from geoplan.output.sheet.options import SheetOptions


@pytest.mark.parametrize(
    "wrong", [{"paper": "A5"}, {"orientation": "upside down"}, {"language": "fr"}, {"scale": 0}, {"scale": -500}]
)
def test_what_a_sheet_cannot_be_is_refused_with_what_it_can_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        SheetOptions(**wrong)
    assert caught.value.hint is not None
    assert next(iter(wrong)) in caught.value.line("en")


@pytest.mark.parametrize(("paper", "size"), [("A4", (297, 210)), ("A3", (420, 297))])
def test_paper_has_the_sizes_of_iso_216(paper: Any, size: tuple[float, float]) -> None:
    assert SheetOptions(paper=paper).size_mm == size
    assert SheetOptions(paper=paper, orientation="portrait").size_mm == size[::-1]


@pytest.mark.parametrize(("paper", "orientation"), list(itertools.product(("A4", "A3"), ("landscape", "portrait"))))
def test_no_part_of_the_first_page_covers_another_or_leaves_the_paper(paper: Any, orientation: Any) -> None:
    layout = layout_of(SheetOptions(paper=paper, orientation=orientation))
    band = 4.6  # the coordinates around the neat line
    around = Box(layout.map.x - band, layout.map.y - band, layout.map.w + 2 * band, layout.map.h + 2 * band)
    boxes = [layout.head, around, layout.strip, *layout.panels]
    for box in boxes:
        assert box.x >= 9.9
        assert box.y >= 9.9
        assert box.x + box.w <= layout.width - 9.9
        assert box.y + box.h <= layout.height - 9.9
    for first, second in itertools.combinations(boxes, 2):
        apart = (
            first.x + first.w <= second.x + 1e-9
            or second.x + second.w <= first.x + 1e-9
            or first.y + first.h <= second.y + 1e-9
            or second.y + second.h <= first.y + 1e-9
        )
        assert apart, (first, second)
    assert layout.map.w * layout.map.h > 0.4 * layout.width * layout.height

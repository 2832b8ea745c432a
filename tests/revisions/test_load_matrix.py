"""The load matrix: every file ends as the right boundaries with the right names, or asks; the page has the counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import Polygon

from tests.revisions import layout, matrix


@pytest.mark.filterwarnings(
    "ignore::UserWarning", "ignore::RuntimeWarning"
)  # what GDAL says while the files are written
@pytest.mark.parametrize("kind", matrix.FORMATS)
def test_no_file_of_the_matrix_ends_wrong_and_the_page_says_how_many_end_how(kind: str, tmp_path: Path) -> None:
    counts = matrix.row(kind, tmp_path)
    assert [name for name in counts if name not in ("right", "asked")] == []
    assert matrix.line(kind, counts) in matrix.DOCS.read_text(encoding="utf-8")


def test_the_numbers_of_the_matrix_are_what_they_are_called() -> None:
    def corner(code: int, twist: str) -> tuple[float, ...]:
        shape: Polygon = matrix.numbers(matrix.Case("GeoPackage", code, twist))[0]
        return tuple(np.round(shape.exterior.coords[0], 3))

    assert corner(4548, "plain") == layout.CORE[0]
    assert corner(4548, "prefix") == (39518000.0, 3521000.0)
    assert corner(4527, "plain") == (39518000.0, 3521000.0)
    assert corner(4527, "prefix") == layout.CORE[0]
    assert corner(matrix.NO_CRS, "swapped") == layout.CORE[0][::-1]


def test_a_wrong_result_would_be_counted(tmp_path: Path) -> None:
    case = matrix.Case("GeoPackage", 4548, "plain")
    shifted = [Polygon([(x + 0.002, y) for x, y in shape.exterior.coords]) for shape in layout.updated()]
    path = layout.save(tmp_path / "u.gpkg", layout.frame(shifted, 名称=list(layout.NAMES_ZH)))
    known = matrix.known(tmp_path)
    assert "0.0020 m off" in matrix.outcome(case, path, known)
    swapped_names = layout.frame(layout.updated(), 名称=list(layout.NAMES_ZH[::-1]))
    other = layout.save(tmp_path / "v.gpkg", swapped_names)
    assert matrix.outcome(case, other, known) not in ("right", "asked")

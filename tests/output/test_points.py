"""Points per zone as a document and as text: valid, whole, in both languages, hostile names as text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import shapely

from geoplan.counting import CountedPoints, PointSource, count_in_layer, count_in_plan
from geoplan.output.documents import dumps, schema
from geoplan.output.points import POINTS_SCHEMA, points_document, render_points
from geoplan.zones import ZoneLayer
from tests.facility_views import opened
from tests.helpers import EAST, NORTH, make_layer, square
from tests.output.examples import HOSTILE
from tests.read.point_files import wkb_of, write_parquet

WEST, MIDDLE = square(EAST, NORTH, 1_000), square(EAST + 2_000, NORTH, 1_000)
SPOTS = ((EAST + 500, NORTH + 500), (EAST + 600, NORTH + 500), (EAST + 1_500, NORTH + 500), None)
KINDS = ("school", "clinic", "school", "school")


def counted(folder: Path, layer: ZoneLayer | None = None, kinds: Any = KINDS, **options: Any) -> CountedPoints:
    path = write_parquet(folder / "p.parquet", wkb_of(SPOTS), kinds, crs="EPSG:4548")
    return count_in_layer(layer or make_layer([WEST, MIDDLE, None]), PointSource(path, **options))


def document_of(view: CountedPoints) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(dumps(points_document(view)))
    jsonschema.Draft202012Validator(schema(POINTS_SCHEMA)).validate(document)
    return document


def test_the_document_holds_every_zone_and_every_number(tmp_path: Path) -> None:
    document = document_of(counted(tmp_path, nearest=True))
    assert {key: document[key] for key in ("total", "inside", "several", "outside", "no_place", "unlocated")} == {
        "total": 4, "inside": 2, "several": 0, "outside": 1, "no_place": 0, "unlocated": 1,
    }  # fmt: skip
    first, second, third = document["zones"]
    assert (first["id"], first["count"], first["nearest_m"]) == ("a", 2, 0.0)
    assert sorted((one["category"], one["count"]) for one in first["categories"]) == [("clinic", 1), ("school", 1)]
    assert (second["count"], second["categories"]) == (0, [])
    assert second["nearest_m"] == pytest.approx(500, rel=1e-4)
    assert (third["area_m2"], third["per_km2"], third["nearest_m"]) == (None, None, None)
    assert document["points"]["category_field"] == "category"
    assert document["method"]["projected"] == "EPSG:4548"
    assert document["plan"] is None


def test_a_plan_is_named_and_labelled(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "p.parquet", wkb_of(SPOTS), KINDS, crs="EPSG:4548")
    view = count_in_plan(opened([WEST]), PointSource(path, category="school"))
    document = document_of(view)
    assert (document["plan"]["id"], document["category"], document["total"]) == ("test", "school", 3)
    assert document["zones"][0]["nearest_m"] is None
    text = render_points(view)
    assert "Test (test)" in text
    assert "category school" in text


def test_the_text_names_files_systems_and_method_and_accounts_for_every_point(tmp_path: Path) -> None:
    text = render_points(counted(tmp_path), width=200)
    assert "p.parquet; EPSG:4548" in text
    assert "ellipsoidal" in text
    rows = {
        line.rsplit(maxsplit=1)[0].strip(): line.rsplit(maxsplit=1)[1] for line in text.splitlines() if "  " in line
    }
    assert (rows["in zones"], rows["outside all zones"], rows["without geometry"], rows["total"]) == (
        "2",
        "1",
        "1",
        "4",
    )
    assert rows["zones without any point"] == "2"


def test_the_text_speaks_chinese(tmp_path: Path) -> None:
    text = render_points(counted(tmp_path, nearest=True), language="zh")
    for word in ("各分区的点", "各分区之外", "无几何", "距最近点最远的分区", "按类别", "公共边界"):
        assert word in text
    assert "zones" not in text


def test_of_many_zones_the_text_lists_the_ones_with_most_points(tmp_path: Path) -> None:
    layer = make_layer([square(EAST + 10 * step, NORTH + 495, 10) for step in range(150)], ids=list(range(150)))
    text = render_points(counted(tmp_path, layer))
    assert "The 20 zones with most points, of 150 (all: --json)" in text
    listed = text.split("km²\n", 1)[1].split("\n\n")[0].splitlines()
    assert len(listed) == 20
    # The points at 500 m and 600 m lie on the borders of the squares that begin at 490, 500, 590 and 600 m.
    assert sorted(line.split()[0] for line in listed[:4]) == ["49", "50", "59", "60"]


def test_a_long_list_of_categories_is_cut_short_in_text_alone(tmp_path: Path) -> None:
    shapes = [(EAST + 500.0, NORTH + 500.0)] * 60
    path = write_parquet(tmp_path / "p.parquet", wkb_of(shapes), [f"k{place}" for place in range(60)], crs="EPSG:4548")
    view = count_in_layer(make_layer([WEST]), PointSource(path))
    assert "… 20 more (--json)" in render_points(view)
    assert len(document_of(view)["categories"]) == 60


# A lone surrogate cannot stand in a file of points.
NAMES = tuple(name for name in HOSTILE if name == name.encode(errors="ignore").decode())


def test_hostile_names_and_categories_stay_text(tmp_path: Path) -> None:
    shapes = [square(EAST + 20 * place, NORTH, 20) for place in range(len(NAMES))]
    path = write_parquet(
        tmp_path / "p.parquet", wkb_of([(EAST + 10.0, NORTH + 10.0)] * len(NAMES)), list(NAMES), crs="EPSG:4548"
    )
    view = count_in_layer(make_layer(shapes, ids=NAMES), PointSource(path))
    document = document_of(view)
    assert [zone["id"] for zone in document["zones"]] == [name.strip() for name in NAMES]
    assert {one["category"] for one in document["categories"]} == {name.strip() for name in NAMES}
    text = render_points(view)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\x07" not in text


def test_points_without_a_category_field_have_no_table_of_categories(tmp_path: Path) -> None:
    view = counted(tmp_path, kinds=None)
    assert "by category" not in render_points(view)
    assert document_of(view)["zones"][0]["categories"] == [{"category": "", "count": 2}]


def test_a_hole_in_the_file_of_zones_is_a_row_without_an_area(tmp_path: Path) -> None:
    layer = make_layer([WEST, shapely.Polygon()])
    row = next(line for line in render_points(counted(tmp_path, layer)).splitlines() if line.startswith("b "))
    assert row.split() == ["b", "unknown", "0", "unknown"]

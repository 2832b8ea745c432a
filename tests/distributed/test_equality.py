"""What several workers come to is what one machine comes to: every finding, every digit, in the same order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.crs import norm_crs
from geoplan.errors import GeometryError
from geoplan.output.documents import check_document, dumps
from geoplan.plan import load_plan
from geoplan.plan.rules import AreaDeclaredRule, AreaMinimumRule, PlainRule
from geoplan.types import AreaMethod, Tolerance
from geoplan.workflow import FileOptions, open_plan
from geoplan.zones import ZoneLayer
from tests.distributed.layers import LAYERS, STRICT, checked, fabric, measured, numbered, shuffled, spread_over
from tests.helpers import EAST, NORTH, rectangle, square

PLANS = sorted(path.parent for path in (Path(__file__).parents[2] / "geodata").glob("*/plan.toml"))


@pytest.mark.parametrize("name", LAYERS)
def test_a_check_and_a_measurement_are_those_of_one_machine_however_the_layer_is_cut(name: str) -> None:
    layer = LAYERS[name]()
    alone = checked(layer)
    for parts in (1, 2, 3, 7):
        assert checked(layer, make=spread_over(parts)) == alone
    assert measured(layer, make=spread_over(3)) == measured(layer)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.name)
def test_every_plan_that_comes_with_geoplan_is_checked_alike(path: Path) -> None:
    plan = load_plan(path)
    alone, together = open_plan(plan), open_plan(plan, make=spread_over(2))
    assert dumps(check_document(together.result)) == dumps(check_document(alone.result))


@pytest.mark.parametrize(
    "options",
    [
        FileOptions(method=AreaMethod.GEODESIC),
        FileOptions(method=AreaMethod.PLANAR, projected="EPSG:4509"),
        FileOptions(rules=(AreaMinimumRule(check="area-minimum", m2=3600.0),)),
        FileOptions(rules=(AreaDeclaredRule(check="area-declared", field="area"),)),
        FileOptions(rules=(PlainRule(check="gap", enabled=False),), tolerance=Tolerance()),
    ],
    ids=["geodesic", "planar", "area-minimum", "area-declared", "no gaps"],
)
def test_every_way_of_checking_comes_to_the_same(options: FileOptions) -> None:
    layer = fabric()
    layer = replace(layer, fields=layer.fields | {"area": np.full(len(layer), 3600.0)})
    assert checked(layer, options, make=spread_over(3)) == checked(layer, options)


def test_a_site_boundary_is_held_against_all_parts(tmp_path: Path) -> None:
    layer = fabric()
    west, south, east, north = shapely.total_bounds(layer.geometry)
    site = shapely.to_wkb(np.array([shapely.box(west + 40, south - 30, east, north)]))
    pyogrio.raw.write(str(tmp_path / "site.gpkg"), site, [], [], geometry_type="Polygon", crs="EPSG:4548")
    options = replace(STRICT, boundary=tmp_path / "site.gpkg")
    alone = checked(layer, options)
    assert '"check": "zone-inside"' in alone
    assert checked(layer, options, make=spread_over(3)) == alone


def test_official_rounding_and_another_plane_measure_alike() -> None:
    layer = LAYERS["far apart"]()
    for options in ({"official_rounding": True}, {"projected": "EPSG:4509"}, {"method": AreaMethod.GEODESIC}):
        assert measured(layer, make=spread_over(3), **options) == measured(layer, **options)


def test_a_polygon_across_the_antimeridian_is_refused_by_its_number_in_the_whole_layer() -> None:
    cells = [shapely.box(117 + place, 30, 117.5 + place, 30.5) for place in range(5)]
    across = shapely.Polygon([(179.9, 30), (-179.9, 30), (-179.9, 30.1), (179.9, 30.1)])
    layer = numbered([*cells, across], crs="EPSG:4490")
    with pytest.raises(GeometryError) as alone:
        measured(layer)
    with pytest.raises(GeometryError, match="feature 6") as together:
        measured(layer, make=spread_over(3))
    assert together.value.line("zh") == alone.value.line("zh")


def test_another_datum_is_changed_as_for_the_whole_layer() -> None:
    layer = ZoneLayer(fabric().geometry, norm_crs("EPSG:32650"), fabric().fields)
    assert checked(layer, make=spread_over(3)) == checked(layer)


@st.composite
def crossings(draw: st.DrawFn) -> list[shapely.Geometry]:
    """Polygons of a few whole coordinates, in no order, which share edges, overlap, touch and repeat one another."""
    corners = draw(
        st.lists(
            st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 3), st.integers(1, 3)),
            min_size=1,
            max_size=12,
        )
    )
    shapes: list[shapely.Geometry] = []
    for x, y, width, height in corners:
        cell = rectangle(EAST + 10 * x, NORTH + 10 * y, 10 * width, 10 * height)
        kind = draw(st.sampled_from(["whole", "whole", "split", "cut", "holed"]))
        if kind == "split":
            cell = shapely.segmentize(cell, 10.0)
        elif kind == "cut":
            cell = cell.difference(square(EAST + 10 * x, NORTH + 10 * y, 5))
        elif kind == "holed":
            cell = cell.difference(square(EAST + 10 * x + 3, NORTH + 10 * y + 3, 4))
        shapes.append(cell)
    return shapes


@settings(max_examples=30, deadline=None)
@given(crossings(), st.integers(1, 5))
def test_any_polygons_in_any_order_and_parts_come_to_the_same_findings(
    shapes: list[shapely.Geometry], parts: int
) -> None:
    layer = numbered(shapes)
    assert checked(layer, make=spread_over(parts)) == checked(layer)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 6))
def test_a_fabric_in_any_order_comes_to_the_same_findings(seed: int, parts: int) -> None:
    layer = shuffled(fabric(), seed)
    assert checked(layer, make=spread_over(parts)) == checked(layer)

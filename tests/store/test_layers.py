"""Names and columns of the layers that QGIS shows."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoplan.output.style import CATEGORY_COLOURS
from geoplan.store.layers import column_names, current_layers, layer_name, zones_layer
from tests.helpers import EAST, NORTH, square
from tests.store.drafts import FACILITIES, TOML, draft, zones_of


def test_a_plan_s_layers_carry_its_name() -> None:
    assert layer_name("zones", "ustc-silicon-valley") == "zones_ustc_silicon_valley"


@given(st.lists(st.text(min_size=1, max_size=50), unique=True, max_size=5))
def test_no_two_plans_share_a_layer(plans: list[str]) -> None:
    names = {layer_name(kind, plan).lower() for plan in plans for kind in ("zones", "findings_line")}
    assert len(names) == 2 * len(plans)
    assert all(name.isidentifier() and len(name.encode()) <= 63 for name in names)


@pytest.mark.parametrize("pair", [("a-b", "a_b"), ("A", "a"), ("a.b", "a-b"), ("x" * 60, "x" * 61)])
def test_plans_that_look_alike_have_layers_of_their_own(pair: tuple[str, str]) -> None:
    assert len({layer_name("zones", plan) for plan in pair}) == 2


@given(st.lists(st.text(max_size=80), unique=True, max_size=12))
def test_columns_are_distinct_whatever_the_case_and_fit_every_database(names: list[str]) -> None:
    chosen = column_names([name for name in names])  # noqa: C416
    assert len({name.lower() for name in chosen} | {"fid", "geom"}) == len(names) + 2
    assert all(0 < len(name.encode()) <= 63 and "\x00" not in name for name in chosen)


@pytest.mark.parametrize(
    ("values", "kind", "shown"),
    [
        (["a", None], "TEXT", ["a", None]),
        ([1, None], "INTEGER", [1, None]),
        ([1, 2.5], "REAL", [1.0, 2.5]),
        ([float("nan"), 2.5], "REAL", [None, 2.5]),
        ([True, None], "BOOLEAN", [True, None]),
        ([True, 1], "TEXT", ["True", "1"]),
        ([2**63, 1], "TEXT", [str(2**63), "1"]),
        ([1, "a"], "TEXT", ["1", "a"]),
        ([None, None], "TEXT", [None, None]),
        ([np.datetime64("2025-03-01"), None], "TEXT", ["2025-03-01", None]),
    ],
)
def test_a_column_has_the_type_of_all_its_values(values: list[object], kind: str, shown: list[object]) -> None:
    zones = zones_of({"z1": square(EAST, NORTH, 1), "z2": square(EAST, NORTH, 2)}, value=values)
    layer = zones_layer("valley", zones, TOML)
    assert layer.columns[-1] == ("value", kind)
    assert [row[-1] for row in layer.rows] == shown


def test_shapes_that_cannot_be_drawn_are_left_out() -> None:
    endless = shapely.Polygon([(0, 0), (1, 0), (float("inf"), 1)])
    layer = zones_layer("valley", zones_of({"a": None, "b": shapely.Polygon(), "c": endless}), TOML)
    assert layer.shapes == (None, None, None)


def test_single_polygons_are_shown_as_multi_polygons_in_two_dimensions() -> None:
    layer = zones_layer("valley", zones_of({"a": shapely.force_3d(square(EAST, NORTH, 1), 9.0)}), TOML)
    (shape,) = layer.shapes
    assert layer.kind == "MULTIPOLYGON"
    assert shape is not None
    assert (shape.geom_type, shape.has_z) == ("MultiPolygon", False)


@pytest.mark.parametrize(("toml", "line"), [('status = "official"', "solid"), (TOML, "dash"), ("not = [toml", "solid")])
def test_the_outline_says_whether_the_boundaries_are_official(toml: str, line: str) -> None:
    layer = zones_layer("valley", zones_of({"a": square(EAST, NORTH, 1)}), toml)
    assert layer.style is not None
    assert f'name="outline_style" value="{line}"' in layer.style


def test_facilities_have_the_colours_of_the_map_which_go_by_every_category_the_plan_names() -> None:
    named = "".join(f'[[categories]]\nid = "{one}"\nname = "{one}"\n' for one in ("airport", "research", "museum"))
    _, facilities, *_ = current_layers("valley", draft(plan_toml=TOML + named, facilities=FACILITIES))
    # By name: airport, museum, research, service; the two that are used are the third and the fourth.
    told = [CATEGORY_COLOURS[place].lstrip("#") for place in (2, 3)]
    expected = [",".join(str(int(colour[i : i + 2], 16)) for i in (0, 2, 4)) for colour in told]
    at = [(facilities.style or "").find(f'value="{rgb},255"') for rgb in expected]
    assert -1 not in at
    assert at == sorted(at)
    other = current_layers("valley", draft(plan_toml="no toml at all =", facilities=FACILITIES))[1]
    assert other.style != facilities.style

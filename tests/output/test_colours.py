"""One colour for one thing in every file: a stray zone first in the file, categories only some of which are used."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from geoplan.output.export import write_export
from geoplan.output.export.tables import tables_of
from geoplan.output.handover import categories, category_colours, zone_colours
from geoplan.output.map import drawn_zones, map_scene
from geoplan.output.map.page.tables import page_tables
from geoplan.output.qml import facilities_style
from geoplan.output.sheet.tables import zone_colours as sheet_colours
from geoplan.output.style import CATEGORY_COLOURS, ZONE_COLOURS
from geoplan.output.workbook import workbook_bytes
from geoplan.workflow import PlanView, open_plan
from tests.helpers import make_plan
from tests.plan_folders import SIDE, SOUTH, WEST, square_ring, write_layer, write_plan

# In the file's order: a stray zone, then the plan's second and first. Two zones are declared, so the stray is third.
EXPECTED = {"stray": ZONE_COLOURS[2], "z1": ZONE_COLOURS[1], "z0": ZONE_COLOURS[0]}
# By name: lab, park and zoo are the plan's, named or used; only the network has an "airport".
PLACES = {"lab": CATEGORY_COLOURS[0], "park": CATEGORY_COLOURS[1], "zoo": CATEGORY_COLOURS[2]}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> PlanView:
    named = "".join(f'[[categories]]\nid = "{one}"\nname = "{one.title()}"\n' for one in ("lab", "park"))
    folder = write_plan(tmp_path_factory.mktemp("colours") / "trial", facilities=["Park", "Zoo"], rules=named)
    shapes = [({"id": zone}, "Polygon", [square_ring(2 - place)]) for place, zone in enumerate(EXPECTED)]
    write_layer(folder / "zones.geojson", shapes)
    kinds = zip(("park", "zoo"), (0, 1), strict=True)
    spots = [
        (
            {"id": f"f{place}", "name_en": kind, "name_zh": kind, "category": kind},
            "Point",
            [WEST + (place + 0.5) * SIDE, SOUTH],
        )
        for kind, place in kinds
    ]
    write_layer(folder / "facilities.geojson", spots)
    away = {"id": "n0", "name_en": "Away", "name_zh": "外", "category": "airport"}
    write_layer(folder / "network.geojson", [(away, "Point", [121.0, 31.0])])
    plan = folder / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("[layers]\n", '[layers]\nnetwork = "network.geojson"\n'), encoding="utf-8")
    return open_plan(folder)


def test_declared_zones_have_the_colours_of_their_order_and_others_follow(view: PlanView) -> None:
    assert zone_colours(view.plan, list(EXPECTED)) == tuple(EXPECTED.values())
    assert zone_colours(make_plan(), ["a", "b"]) == ZONE_COLOURS[:2]


def test_a_zone_is_filled_alike_on_map_sheet_page_and_in_exports_and_workbook(view: PlanView) -> None:
    assert {zone.id: zone.colour for zone in drawn_zones(view)[0]} == EXPECTED
    features = json.loads(map_scene(view, "en").payload)["zones"]["features"]
    assert {one["properties"]["id"]: one["properties"]["colour"] for one in features} == EXPECTED
    assert dict(zip(EXPECTED, sheet_colours(view), strict=True)) == EXPECTED
    rows = page_tables(view, "en")[0].rows
    assert {row.id: f"#{row.swatch}" for row in rows} == EXPECTED
    (zones,), _ = tables_of(view, ["zones"])
    assert dict(zip(zones.groups, zones.colours, strict=True)) == EXPECTED
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(view, "en").content))["Zones"]
    filled = {
        row[0].value: f"#{cell.border.left.color.rgb[-6:]}"
        for row in sheet.iter_rows()
        for cell in row
        if row[0].value in EXPECTED and cell.border.left.style
    }
    assert filled == EXPECTED


def test_categories_keep_their_colours_whatever_else_is_used(view: PlanView) -> None:
    assert categories(view) == ("lab", "park", "zoo", "airport")
    assert category_colours(view) == PLACES | {"airport": CATEGORY_COLOURS[3]}


def colours_of(style: str) -> dict[str, str]:
    root = ET.fromstring(style.split("\n", 1)[1])  # noqa: S314 - our own
    symbols = {
        symbol.get("name"): next(o.get("value") for o in symbol.iter("Option") if o.get("name") == "color")
        for symbol in root.iter("symbol")
    }
    found = {}
    for category in root.iter("category"):
        told = (symbols[category.get("symbol")] or "").split(",")
        found[str(category.get("value"))] = "#" + "".join(f"{int(part):02X}" for part in told[:3])
    return found


def test_an_exported_layer_is_styled_in_the_colours_of_the_map(view: PlanView, tmp_path: Path) -> None:
    write_export(view, "gpkg", tmp_path / "out.gpkg", layer="facilities")
    with closing(sqlite3.connect(tmp_path / "out.gpkg")) as db:
        ((style,),) = db.execute("SELECT styleQML FROM layer_styles WHERE f_table_name = 'facilities'")
    assert colours_of(style) == {kind: PLACES[kind] for kind in ("park", "zoo")}


def test_a_style_without_colours_goes_by_all_categories_the_plan_names() -> None:
    assert colours_of(facilities_style(["zoo", "park", "zoo"], ["lab", "park"])) == {
        "park": PLACES["park"],
        "zoo": PLACES["zoo"],
    }
    assert colours_of(facilities_style(["park", "zoo"])) == {"park": CATEGORY_COLOURS[0], "zoo": CATEGORY_COLOURS[1]}

"""The four deliveries that go wrong today, through the real command: each ends where it belongs, and says how."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from shapely.geometry import Polygon

from geoplan.store import open_store
from tests.cli.run import geoplan
from tests.revisions import layout

Maker = Callable[[Path, Sequence[Polygon]], Path]
TRAPS: dict[str, tuple[str, Maker, str, str]] = {
    "zipped shapefile with GBK names and no .prj": ("update.zip", layout.gbk_zip, "EPSG:4548", "No coordinate system"),
    "CAD drawing in zone-prefixed metres": ("update.dxf", layout.cad_drawing, "EPSG:4527", "zone number 39"),
    "KML traced on AMap": ("update.kml", layout.amap_kml, "EPSG:4326", "only after undoing GCJ-02 (shift 56"),
    "boundary-point text": ("update.txt", layout.boundary_points, "EPSG:4527", "Declared EPSG:4527"),
}


@pytest.mark.parametrize(("name", "make", "crs", "because"), TRAPS.values(), ids=TRAPS)
def test_a_delivery_that_goes_wrong_elsewhere_is_published_where_it_belongs(
    tmp_path: Path, name: str, make: Maker, crs: str, because: str
) -> None:
    plan = layout.write_layout(tmp_path / "valley")
    path = make(tmp_path / name, layout.updated())
    done = geoplan("load", path, plan, "--author", "Li", "--message", "November", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["outcome"] == "published"
    assert told["inspect"]["crs"]["chosen"]["crs"] == crs
    assert because in told["inspect"]["crs"]["explanation"]["en"]
    assert [row["how"] for row in told["matched"]] == ["name"] * 3
    store = open_store(tmp_path / "geoplan.gpkg")
    zones, revision = store.zones("valley"), store.revision("valley")
    store.close()
    assert revision is not None
    assert (revision.number, revision.author, revision.message) == (1, "Li", "November")
    assert layout.farthest(zones.geometry, layout.updated()) < 0.001
    assert zones.text("id") == layout.IDS
    assert zones.text("name_zh") == layout.NAMES_ZH
    assert zones.text("name_en") == layout.NAMES_EN


@pytest.mark.parametrize(("name", "make"), [(name, make) for name, make, _, _ in TRAPS.values()], ids=TRAPS)
def test_what_it_changes_is_told_in_square_metres(tmp_path: Path, name: str, make: Maker) -> None:
    plan = layout.write_layout(tmp_path / "valley")
    told = json.loads(geoplan("load", make(tmp_path / name, layout.updated()), plan, "--dry-run", "--json").stdout)
    rows = {row["id"]: row for row in told["diff"]["zones"]}
    assert {key: row["change"] for key, row in rows.items()} == {
        "core": "reshaped",
        "park": "reshaped",
        "town": "unchanged",
    }
    # Planar by hand; on the ellipsoid at 20 km from the central meridian 1.0e-5 less.
    assert rows["core"]["moved_in_m2"] == pytest.approx(layout.GROWTH_M2, rel=2e-5)
    assert rows["park"]["moved_out_m2"] == pytest.approx(layout.GROWTH_M2, rel=2e-5)
    assert not (tmp_path / "geoplan.gpkg").exists()


@pytest.mark.parametrize(("name", "make"), [(name, make) for name, make, _, _ in TRAPS.values()], ids=TRAPS)
def test_the_same_file_again_is_unchanged(tmp_path: Path, name: str, make: Maker) -> None:
    plan = layout.write_layout(tmp_path / "valley")
    path = make(tmp_path / name, layout.updated())
    assert geoplan("load", path, plan).returncode == 0
    before = (tmp_path / "geoplan.gpkg").read_bytes()
    again = geoplan("load", path, plan, "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["outcome"] == "unchanged"
    assert (tmp_path / "geoplan.gpkg").read_bytes() == before


def test_a_kml_of_a_plan_whose_boundaries_may_be_far_off_is_not_shifted_on_its_own(tmp_path: Path) -> None:
    plan = layout.write_layout(tmp_path / "valley", accuracy_m=3000)
    path = layout.amap_kml(tmp_path / "update.kml", layout.updated())
    stopped = geoplan("load", path, plan, "--json")
    assert stopped.returncode == 3
    told = json.loads(stopped.stdout)
    assert told["outcome"] == "rejected"
    assert told["inspect"]["crs"]["chosen"] is None
    offers = [candidate["options"] for candidate in told["inspect"]["crs"]["candidates"]]
    assert any("--offset gcj02" in offer for offer in offers)
    assert any("--offset none" in offer for offer in offers)
    assert not (tmp_path / "geoplan.gpkg").exists()
    assert geoplan("load", path, plan, "--offset", "gcj02").returncode == 0
    store = open_store(tmp_path / "geoplan.gpkg")
    assert layout.farthest(store.zones("valley").geometry, layout.updated()) < 0.001
    store.close()

from __future__ import annotations

import shutil
import zlib
from pathlib import Path

import pytest
import shapely

from benchmarks.fabric import make_fabric
from geoplan.crs import to_lonlat
from geoplan.errors import InputError
from geoplan.plan import load_plan
from geoplan.pyramid import (
    MOST_ZONES,
    FabricSource,
    FabricView,
    check_path,
    fabric_folder,
    fabric_source,
    fabric_view,
    prepare,
    source,
)
from geoplan.pyramid.__main__ import main
from geoplan.pyramid.cache import VARIABLE, held
from geoplan.workflow import PlanView, open_plan
from tests.pyramid.fabrics import decoded_all, lon_lat_units, squares, write_plan

N = MOST_ZONES + 100


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(tmp_path_factory.mktemp("plans") / "city", make_fabric(N, seed=4, overlaps=8, gaps=4).polygons)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(cache))


def sourced(folder: Path) -> FabricSource:
    found = fabric_source(load_plan(folder))
    assert found is not None
    return found


@pytest.fixture
def view(plan: Path) -> FabricView:
    """Return the fabric of the plan, prepared by the first test that needs it."""
    prepare(sourced(plan))
    found = fabric_view(sourced(plan))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def opened(plan: Path) -> PlanView:
    return open_plan(plan)


def test_a_plan_that_a_page_can_hold_is_no_fabric(tmp_path: Path) -> None:
    few = write_plan(tmp_path / "few", squares(40, 100))
    assert fabric_source(load_plan(few)) is None
    prepared = main(str(few))
    assert prepared == 0


def test_the_figures_and_findings_are_those_of_the_plan_opened_whole(view: FabricView, opened: PlanView) -> None:
    measured, whole = view.result.measurement, opened.result.measurement
    assert measured is not None
    assert whole is not None
    assert not view.checking
    assert len(view.fabric) == len(measured.zones) == len(whole.zones)
    assert measured.total_m2 == pytest.approx(whole.total_m2, rel=1e-12)
    assert (measured.method, measured.crs, measured.projected) == (whole.method, whole.crs, whole.projected)
    assert view.result.findings == opened.result.findings
    assert len(view.result.findings) >= 12
    assert view.result.checked == opened.result.checked
    for place in (0, 777, N - 1):
        assert measured.zones[place].id == whole.zones[place].id
        one, other = measured.zones[place], whole.zones[place]
        for name in ("ellipsoidal_m2", "geodesic_m2", "planar_m2", "perimeter_m", "share", "percent"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9)


def test_a_place_on_the_map_is_the_parcel_that_lies_there(view: FabricView, opened: PlanView) -> None:
    assert opened.layer is not None
    polygons = opened.layer.geometry
    for place in (3, 2_500, N - 50):
        point = to_lonlat(shapely.point_on_surface(polygons[place : place + 1]), opened.layer.crs)[0]
        assert view.fabric.at(point.x, point.y) == f"p{place}"
        (outline,) = view.fabric.outline(f"p{place}")
        true = to_lonlat(polygons[place : place + 1], opened.layer.crs)[0]
        assert shapely.equals_exact(outline, true, 1e-12)
    assert view.fabric.at(0.0, 0.0) is None
    assert view.fabric.at(-70.0, -80.0) is None
    assert view.fabric.outline("no such parcel") == ()


def test_tiles_are_there_within_the_bounds_and_nowhere_else(view: FabricView, opened: PlanView) -> None:
    assert opened.layer is not None
    bounds = shapely.total_bounds(to_lonlat(opened.layer.geometry, opened.layer.crs))
    assert view.fabric.bounds is not None
    assert view.fabric.bounds == pytest.approx(tuple(bounds), abs=1e-9)
    x, y = lon_lat_units((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    for zoom in (9, 12, view.fabric.meta["deepest"]):
        place = (x >> 30 - zoom, y >> 30 - zoom)
        (tile,) = decoded_all(zlib.decompress(view.fabric.tiles(zoom, [place])))
        assert tile.rings or (tile.shares is not None and tile.shares.any())
        nowhere = [(0, 0), (0, 1 << zoom), (-1, 0), (2, -1)]
        several = decoded_all(zlib.decompress(view.fabric.tiles(zoom, [nowhere[0], place, *nowhere[1:]])))
        assert [bool(one.rings or one.shares is not None) for one in several] == [False, True, False, False, False]
    for zoom in (-1, 19, 99):
        (tile,) = decoded_all(zlib.decompress(view.fabric.tiles(zoom, [(0, 0)])))
        assert (tile.rings, tile.shares) == ([], None)


def test_what_is_prepared_is_not_prepared_again(view: FabricView, plan: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in view.fabric.folder.iterdir()}
    steps: list[str] = []
    assert prepare(sourced(plan), lambda step, _: steps.append(step))
    assert steps == []
    assert {path: path.stat().st_mtime_ns for path in view.fabric.folder.iterdir()} == before


def test_nothing_is_written_among_the_plans(view: FabricView, plan: Path) -> None:
    assert sorted(path.name for path in plan.iterdir()) == ["plan.toml", "zones.gpkg"]


def test_the_same_zones_are_the_same_fabric_wherever_and_whenever(plan: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(plan, tmp_path / "copy", copy_function=shutil.copy))
    assert sourced(copy).key == sourced(plan).key
    text = (copy / "plan.toml").read_text(encoding="utf-8")
    (copy / "plan.toml").write_text(
        text + '[[rules]]\ncheck = "area-total"\nkm2 = 18.0\ntolerance_km2 = 1.0\n', "utf-8"
    )
    assert sourced(copy).key == sourced(plan).key
    assert check_path(sourced(copy)) != check_path(sourced(plan))
    (copy / "plan.toml").write_text(text.replace("[layers]", '[area]\nmethod = "planar"\n[layers]'), "utf-8")
    assert sourced(copy).key != sourced(plan).key


def test_a_changed_plan_is_shown_while_its_checks_run(view: FabricView, plan: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(plan, tmp_path / "copy"))
    with (copy / "plan.toml").open("a", encoding="utf-8") as stream:
        stream.write('[[rules]]\ncheck = "area-total"\nkm2 = 1.0\ntolerance_km2 = 0.1\n')
    found = fabric_view(sourced(copy))
    assert found is not None
    assert found.checking
    assert found.fabric.folder == view.fabric.folder
    assert found.result.findings == ()
    assert all(run.examined == 0 and run.skipped is not None for run in found.result.checked)
    assert [figure.holds for figure in found.result.published] == [None]
    steps: list[str] = []
    prepare(sourced(copy), lambda step, _: steps.append(step))
    assert steps == ["checks"]
    checked = fabric_view(sourced(copy))
    assert checked is not None
    assert [figure.holds for figure in checked.result.published] == [False]
    assert any(finding.check == "area-total" for finding in checked.result.findings)


def test_two_never_prepare_one_fabric_at_once(plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "other"))
    found = sourced(plan)
    with held(fabric_folder(found).with_suffix(".lock")):
        assert not prepare(found)
    assert fabric_view(found) is None


def test_what_cannot_be_prepared_leaves_nothing_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    broken = write_plan(tmp_path / "broken", make_fabric(N).polygons)
    found = sourced(broken)
    content = (broken / "zones.gpkg").read_bytes()
    (broken / "zones.gpkg").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError):
        prepare(found)
    assert list((tmp_path / "cache").iterdir()) == []
    assert main(str(broken)) == 3


def test_a_file_of_many_bytes_is_a_fabric_whatever_its_number_of_zones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "MOST_BYTES", 1_500_000)
    discs = shapely.buffer(shapely.points([[500_000, 3_500_000], [509_000, 3_500_000]]), 4_000, quad_segs=15_000)
    heavy = write_plan(tmp_path / "heavy", discs)
    assert sourced(heavy).features == 2

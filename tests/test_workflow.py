"""The use cases: a plan opened, a file checked, a layer measured; never silently in the wrong system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geoplan.crs import code_of
from geoplan.errors import CrsError, InputError, UsageError
from geoplan.plan import load_plan
from geoplan.types import AreaMethod, Severity
from geoplan.workflow import (
    FileOptions,
    Source,
    check_layer,
    measure_layer,
    open_plan,
    own_zones,
    projected_for,
)
from tests.helpers import EAST, NORTH, make_layer, square
from tests.plan.documents import toml
from tests.read.files import SQUARES, frame, save


def plan_folder(folder: Path, **tables: Any) -> Path:
    document = {"format": 1, "id": "p", "name": "P", "status": "draft"} | tables
    (folder / "plan.toml").write_text(toml(document))
    return folder


def test_the_usual_projection_of_the_place_is_taken() -> None:
    assert code_of(projected_for(make_layer([square(117.2, 31.8, 0.01)], crs=4490), None)) == "EPSG:4548"
    assert code_of(projected_for(make_layer([square(119.9, 31.8, 0.01)], crs=4490), None)) == "EPSG:4549"
    assert code_of(projected_for(make_layer([square(2.3, 48.8, 0.01)], crs=4326), None)) == "EPSG:32631"


def test_an_unfit_projection_is_refused_with_the_size_of_its_error() -> None:
    layer = make_layer(SQUARES)
    assert code_of(projected_for(layer, "EPSG:4527")) == "EPSG:4527"
    with pytest.raises(CrsError, match=r"off by \+38\.\d %"):
        projected_for(layer, "EPSG:3857")
    for wrong in ("EPSG:4490", "EPSG:0", "x"):
        with pytest.raises(UsageError, match=r"^--projected: "):
            projected_for(layer, wrong)


def test_a_layer_without_any_polygon_can_still_be_asked_for_a_projection() -> None:
    nothing = make_layer([None, shapely.Polygon()])
    assert code_of(projected_for(nothing, "EPSG:4548")) == "EPSG:4548"
    assert projected_for(nothing, None).is_projected


def test_one_polygon_astray_does_not_move_the_place() -> None:
    layer = make_layer([square(117.2, 31.8, 0.01), square(117.3, 31.8, 0.01), square(-60, -30, 0.01)], crs=4490)
    assert code_of(projected_for(layer, None)) == "EPSG:4548"


def test_degrees_called_metres_are_refused() -> None:
    layer = make_layer([square(117.2, 31.8, 0.01)], crs=4548)
    for use in (measure_layer, check_layer):
        with pytest.raises(InputError, match="look like degrees, but are said to be metres of EPSG:4548"):
            use(layer)


def test_metres_called_degrees_are_never_measured() -> None:
    layer = make_layer(SQUARES, crs=4326)
    with pytest.raises(InputError, match="no coordinate in the file can be one of EPSG:4326"):
        measure_layer(layer)
    assert not check_layer(layer).passed


@pytest.mark.parametrize("code", [2384, 2436])
def test_a_datum_without_public_parameters_is_refused_by_name(code: int) -> None:
    layer = make_layer(SQUARES, crs=code)
    for use in (measure_layer, check_layer):
        with pytest.raises(CrsError, match=f"No public parameters take EPSG:{code}"):
            use(layer)


def test_an_error_of_the_content_names_the_file(tmp_path: Path) -> None:
    path = save(tmp_path / "old.gpkg", frame(crs=2384))
    with pytest.raises(CrsError, match="p/zones.gpkg: No public parameters".replace("p/zones", "old")):
        open_plan("aust-wisdom-valley", zones=Source(path))


def test_measuring_takes_method_and_projection_of_the_plan() -> None:
    plan = load_plan("ustc-silicon-valley")
    measured = measure_layer(own_zones(plan), plan=plan)
    assert (measured.method, measured.projected) == (AreaMethod.ELLIPSOIDAL, "EPSG:4548")
    assert measured.total_m2 == pytest.approx(8.22e6, abs=5_000)
    assert measure_layer(own_zones(plan), plan=plan, method=AreaMethod.PLANAR).method is AreaMethod.PLANAR


def test_own_zones_of_a_plan_without_any_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"aust-wisdom-valley: 0 of 4 boundaries loaded"):
        own_zones(load_plan("aust-wisdom-valley"))


def test_a_plan_without_boundaries_opens_with_everything_else() -> None:
    view = open_plan("aust-wisdom-valley")
    assert view.layer is None
    assert view.result.passed
    assert view.result.measurement is None
    assert view.result.plan is not None
    assert (view.result.plan.declared, view.result.plan.loaded) == (4, 0)
    assert all(run.skipped is not None for run in view.result.checked)
    assert len(view.facilities) > 0
    assert len(view.indicators) > 0


def test_other_zones_stand_in_for_the_plans_own(tmp_path: Path) -> None:
    folder = plan_folder(tmp_path, zones=[{"id": "a", "name": "A"}, {"id": "b", "name": "B"}])
    save(folder / "zones.gpkg", frame(SQUARES[:1]))
    assert not open_plan(folder).result.passed
    given = open_plan(folder, zones=make_layer(SQUARES))
    assert given.result.passed
    assert given.layer is not None
    assert len(given.layer) == 2


def test_warnings_fail_a_check_that_asks_for_it() -> None:
    layer = make_layer([square(EAST, NORTH, 100), square(EAST + 300, NORTH, 5)])
    strip = make_layer([shapely.box(EAST, NORTH, EAST + 200, NORTH + 1)])
    assert check_layer(strip).passed
    assert not check_layer(strip, fail_on=Severity.WARNING).passed
    assert check_layer(layer).fail_on is Severity.ERROR


def test_the_boundary_is_taken_to_the_crs_of_the_zones(tmp_path: Path) -> None:
    site = save(tmp_path / "site.geojson", frame([square(EAST, NORTH, 200)]).to_crs(4490))
    result = check_layer(make_layer(SQUARES), FileOptions(boundary=site))
    (gap,) = [finding for finding in result.findings if finding.check == "gap"]
    assert gap.area_m2 == pytest.approx(20_000, rel=1e-3)


@pytest.mark.parametrize(
    ("boundary", "said"),
    [
        (lambda: frame([shapely.Point(EAST, NORTH)]), "polygons are needed"),
        (lambda: frame([None]), "the boundary is empty"),
        (lambda: frame(SQUARES, crs=2384), "No public parameters"),
        (lambda: frame(SQUARES, crs=4326), "coordinates that are no place"),
    ],
)
def test_a_boundary_that_cannot_be_used_is_refused_by_name(tmp_path: Path, boundary: Any, said: str) -> None:
    site = save(tmp_path / "site.gpkg", boundary())
    with pytest.raises(InputError, match=said) as caught:
        check_layer(make_layer(SQUARES), FileOptions(boundary=site))
    assert str(caught.value).startswith(str(site))


def test_shapes_with_numbers_that_are_no_place_do_not_stop_the_others() -> None:
    with np.errstate(invalid="ignore"):
        odd = shapely.Polygon([(EAST, NORTH), (EAST, np.nan), (EAST + 1, NORTH), (EAST, NORTH)])
    measured = measure_layer(make_layer([SQUARES[0], odd]))
    assert measured.zones[0].planar_m2 == pytest.approx(10_000)
    assert measured.zones[1].planar_m2 is None

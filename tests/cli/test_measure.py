"""`geoplan measure`: three methods side by side, one JSON document, refusals that say why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely

from geoplan.errors import GeoplanError
from tests.cli.run import invoke, main_here
from tests.read.files import frame, save

# T4 of STANDARDS §1: on CGCS2000, lon/lat.
T4 = [(117.2, 31.8), (117.208, 31.798), (117.212, 31.804), (117.207, 31.81), (117.2, 31.809), (117.197, 31.804)]


@pytest.fixture
def t4(tmp_path: Path) -> Path:
    return save(tmp_path / "t4.gpkg", frame([shapely.Polygon(T4)], 4490))


def test_the_three_methods_give_the_figures_of_the_standard(t4: Path) -> None:
    result = invoke("measure", t4, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert document["schema"] == "geoplan.measure/1"
    assert (document["crs"], document["projected"]) == ("EPSG:4490", "EPSG:4548")
    total = document["total"]
    assert total["ellipsoidal_m2"] == pytest.approx(1_249_491.946, abs=0.01)
    assert total["geodesic_m2"] == pytest.approx(1_249_491.9627, abs=0.01)
    assert total["planar_m2"] == pytest.approx(1_249_503.5073, abs=0.01)
    (zone,) = document["zones"]
    assert zone["hectares"] == pytest.approx(124.9491946, rel=1e-8)
    assert zone["mu"] == pytest.approx(1_249_491.946 * 3 / 2000, rel=1e-8)
    assert zone["share"] == 1


def test_a_plan_is_measured_by_name() -> None:
    document = json.loads(invoke("measure", "ustc-silicon-valley", "--json").stdout)
    assert document["total"]["ellipsoidal_m2"] == pytest.approx(8.22e6, abs=5_000)
    assert len(document["zones"]) == 4


def test_json_on_standard_output_is_one_document_and_nothing_else(t4: Path) -> None:
    code, output, errors = main_here("measure", str(t4), "--json")
    assert (code, errors) == (0, "")
    json.loads(output)
    assert output.endswith("}\n")


def test_a_plan_without_boundaries_has_nothing_to_measure() -> None:
    result = invoke("measure", "aust-wisdom-valley")
    assert result.exit_code == 2
    assert "0 of 4 boundaries loaded" in str(result.exception)


@pytest.mark.parametrize(("code", "exit_code", "said"), [
    ("EPSG:3857", 3, r"off by \+38\.9 %"),
    ("EPSG:4490", 2, "not a projected"),
    ("EPSG:1", 2, "not a known"),
    ("nonsense", 2, "not a known"),
])  # fmt: skip
def test_an_unfit_plane_is_refused_with_the_size_of_its_error(t4: Path, code: str, exit_code: int, said: str) -> None:
    result = invoke("measure", t4, "--projected", code)
    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert isinstance(result.exception, GeoplanError)
    with pytest.raises(GeoplanError, match=said):
        raise result.exception


def test_a_doubtful_plane_is_told_with_the_size_of_its_error(t4: Path) -> None:
    result = invoke("measure", t4, "--projected", "EPSG:4549")
    assert result.exit_code == 0
    assert "off by +0.1" in result.output


def test_an_override_is_shown_with_the_figures(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.shp", frame(crs=None))
    assert invoke("measure", path).exit_code == 3
    document = json.loads(invoke("measure", path, "--crs", "EPSG:4548", "--json").stdout)
    assert document["input"]["crs_how"] == "override"
    assert invoke("measure", path, "--crs", "EPSG:99999").exit_code == 2


def test_official_rounding_gives_two_decimals(t4: Path) -> None:
    document = json.loads(invoke("measure", t4, "--official-rounding", "--json").stdout)
    area = document["zones"][0]["ellipsoidal_m2"]
    assert round(area, 2) == area
    assert area == pytest.approx(1_249_491.95, abs=0.1)


def test_an_unknown_field_lists_those_there_are(t4: Path) -> None:
    result = invoke("measure", t4, "--id", "BSM")
    assert result.exit_code == 3
    assert "Fields in the file: id, name_zh." in str(result.exception)

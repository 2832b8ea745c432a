"""What the bundled plans promise: the published figures, honest origins, and polygons that hold them."""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import shapely
from pyproj import Geod, Transformer
from shapely.geometry import MultiPolygon, Point, Polygon, box, shape

GEODATA = Path(__file__).resolve().parent.parent / "geodata"
USTC = GEODATA / "ustc-silicon-valley"
AUST = GEODATA / "aust-wisdom-valley"
PLANS = [USTC, AUST]
POINT_LAYERS = [USTC / "facilities.geojson", USTC / "centres.geojson", AUST / "facilities.geojson"]
HIGH_TECH = {"core", "high-tech-area", "iflytek-town"}

GEOD = Geod(ellps="GRS80")  # the axes of CGCS2000 to a fraction of a millimetre
TO_PLANE = Transformer.from_crs("EPSG:4326", "EPSG:4548", always_xy=True)
FROM_PLANE = Transformer.from_crs("EPSG:4548", "EPSG:4326", always_xy=True)
# A Lambert azimuthal equal-area plane between the zones: a second way to an area, without geodesics.
EQUAL_AREA = Transformer.from_crs(
    "EPSG:4548", "+proj=laea +lat_0=31.83 +lon_0=117.15 +ellps=GRS80 +units=m", always_xy=True
)


def read_plan(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "plan.toml").read_text(encoding="utf-8"))


def read_features(path: Path) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return features


def read_indicators(folder: Path) -> list[dict[str, str]]:
    with (folder / "indicators.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def project(geometry: Any, transformer: Transformer) -> Any:
    return shapely.transform(geometry, transformer.transform, interleaved=False)


def in_plane(lon: float, lat: float) -> Point:
    return Point(TO_PLANE.transform(lon, lat))


def parts_of(geometry: Any) -> list[Polygon]:
    return list(geometry.geoms) if isinstance(geometry, MultiPolygon) else [geometry]


@pytest.fixture(scope="module")
def zones() -> dict[str, Any]:
    """The four zones in longitude and latitude."""
    return {f["properties"]["id"]: shape(f["geometry"]) for f in read_features(USTC / "zones.geojson")}


@pytest.fixture(scope="module")
def plane(zones: dict[str, Any]) -> dict[str, Any]:
    """The four zones in EPSG:4548."""
    return {name: project(geometry, TO_PLANE) for name, geometry in zones.items()}


@pytest.fixture(scope="module")
def geodesic(plane: dict[str, Any]) -> dict[str, float]:
    """Geodesic area in m² on edges straight in EPSG:4548, a point at least every 20 m."""
    dense = {name: project(shapely.segmentize(geometry, 20), FROM_PLANE) for name, geometry in plane.items()}
    return {name: abs(GEOD.geometry_area_perimeter(geometry)[0]) for name, geometry in dense.items()}


class TestZones:
    def test_total_the_published_area(self, geodesic: dict[str, float]) -> None:
        assert sum(geodesic.values()) / 1e6 == pytest.approx(8.22, abs=0.0005)

    def test_total_the_published_area_in_an_equal_area_projection_too(self, plane: dict[str, Any]) -> None:
        flat = [project(shapely.segmentize(geometry, 20), EQUAL_AREA).area for geometry in plane.values()]
        assert sum(flat) / 1e6 == pytest.approx(8.22, abs=0.0005)

    def test_of_the_high_tech_zone_are_nearly_ninety_percent(self, geodesic: dict[str, float]) -> None:
        share = sum(geodesic[name] for name in HIGH_TECH) / sum(geodesic.values())
        assert 0.88 <= share <= 0.90

    def test_of_the_high_tech_zone_are_the_group_of_that_name(self) -> None:
        assert {
            zone["id"] for zone in read_plan(USTC)["zones"] if "high-tech-zone" in zone.get("groups", [])
        } == HIGH_TECH

    def test_are_the_four_declared_and_in_their_order(self, zones: dict[str, Any]) -> None:
        assert list(zones) == [zone["id"] for zone in read_plan(USTC)["zones"]]
        assert set(zones) == HIGH_TECH | {"shushan"}

    def test_do_not_touch_each_other(self, plane: dict[str, Any]) -> None:
        for one, other in itertools.combinations(plane, 2):
            assert plane[one].distance(plane[other]) > 50, (one, other)

    def test_have_parts_a_street_apart(self, plane: dict[str, Any]) -> None:
        for geometry in plane.values():
            for one, other in itertools.combinations(parts_of(geometry), 2):
                assert one.distance(other) > 20

    def test_enclose_no_gap(self, plane: dict[str, Any]) -> None:
        union = shapely.union_all(list(plane.values()))
        assert all(not part.interiors for part in parts_of(union))

    def test_are_valid_and_counter_clockwise_with_seven_decimals(self, zones: dict[str, Any]) -> None:
        for geometry in zones.values():
            assert geometry.is_valid
            for part in parts_of(geometry):
                assert part.exterior.is_ccw
                assert part.exterior.is_simple
        text = (USTC / "zones.geojson").read_text(encoding="utf-8")
        longest = max(len(number) for number in re.findall(r"(?<=\d\.)\d+", text))
        assert longest == 7

    def test_have_no_edge_too_short_to_be_a_street_front(self, plane: dict[str, Any]) -> None:
        for geometry in plane.values():
            for part in parts_of(geometry):
                ring = list(part.exterior.coords)
                assert min(math.dist(a, b) for a, b in itertools.pairwise(ring)) > 20

    def test_are_not_boxes(self, plane: dict[str, Any]) -> None:
        for name, geometry in plane.items():
            vertices = sum(len(part.exterior.coords) - 1 for part in parts_of(geometry))
            assert 6 < vertices <= 40, name
            assert geometry.area / geometry.minimum_rotated_rectangle.area < 0.95, name

    def test_are_not_circles(self, plane: dict[str, Any]) -> None:
        for geometry in plane.values():
            for part in parts_of(geometry):
                assert part.area / shapely.minimum_bounding_circle(part).area < 0.8

    def test_of_shushan_have_several_parts(self, zones: dict[str, Any]) -> None:
        assert len(parts_of(zones["shushan"])) >= 3

    def test_claim_no_published_area_of_their_own(self) -> None:
        assert all("published_km2" not in zone for zone in read_plan(USTC)["zones"])

    def test_carry_what_plan_toml_says_of_them(self) -> None:
        declared = {zone["id"]: zone for zone in read_plan(USTC)["zones"]}
        for feature in read_features(USTC / "zones.geojson"):
            found, zone = feature["properties"], declared[feature["properties"]["id"]]
            assert (found["name_en"], found["name_zh"]) == (zone["name"]["en"], zone["name"]["zh"])
            assert (found["basis"], found["source"]) == (zone["basis"]["en"], zone["source"])
            assert found["accuracy_m"] == zone["accuracy_m"] > 0

    def test_say_what_is_assumed(self) -> None:
        for zone in read_plan(USTC)["zones"]:
            assert "Assumed:" in zone["basis"]["en"]
            assert "假定：" in zone["basis"]["zh"]


class TestPlaces:
    """Where the sources put the zones (longitude, latitude, radius in m)."""

    def test_core_contains_phases_one_and_two_of_the_science_park(self, zones: dict[str, Any]) -> None:
        assert zones["core"].contains(box(117.087, 31.834, 117.097, 31.838))

    @pytest.mark.parametrize(
        ("zone", "lon", "lat"),
        [("core", 117.0915, 31.836), ("high-tech-area", 117.110, 31.812), ("iflytek-town", 117.10, 31.82)],
    )
    def test_zone_contains_its_stated_centre(self, zones: dict[str, Any], zone: str, lon: float, lat: float) -> None:
        assert zones[zone].contains(Point(lon, lat))

    @pytest.mark.parametrize(
        ("zone", "lon", "lat", "radius"),
        [
            ("core", 117.0915, 31.836, 400),
            ("high-tech-area", 117.110, 31.812, 700),
            ("iflytek-town", 117.10, 31.82, 3000),
        ],
    )
    def test_zone_is_centred_within_the_radius(
        self, plane: dict[str, Any], zone: str, lon: float, lat: float, radius: float
    ) -> None:
        assert plane[zone].centroid.distance(in_plane(lon, lat)) < radius

    def test_shushan_lies_by_the_campuses_and_at_the_science_island_station(self, plane: dict[str, Any]) -> None:
        campuses, station = in_plane(117.262, 31.836), in_plane(117.18, 31.887)
        by_campuses = [part for part in parts_of(plane["shushan"]) if not part.contains(station)]
        assert shapely.union_all(by_campuses).centroid.distance(campuses) < 600
        assert all(part.distance(campuses) < 600 for part in by_campuses)
        assert plane["shushan"].contains(station)
        assert plane["shushan"].distance(campuses) < 60

    def test_shushan_lies_kilometres_from_the_zones_of_the_high_tech_zone(self, plane: dict[str, Any]) -> None:
        assert min(plane["shushan"].distance(plane[name]) for name in HIGH_TECH) > 2000


class TestControlPoints:
    CONTROL = tomllib.loads((USTC / "control_points.toml").read_text(encoding="utf-8"))

    def test_each_place_has_a_fact_a_basis_a_radius_and_a_source(self) -> None:
        sources = {source["id"] for source in read_plan(USTC)["sources"]}
        for point in self.CONTROL["points"]:
            assert point["fact"]
            assert point["basis"] in {"stated", "derived", "general knowledge", "unknown"}
            assert point["accuracy_m"] > 0
            assert point["source"] in sources

    def test_each_place_is_in_or_beside_a_zone(self, plane: dict[str, Any]) -> None:
        for point in self.CONTROL["points"]:
            here = in_plane(point["lon"], point["lat"])
            assert min(zone.distance(here) for zone in plane.values()) < 60, point["id"]

    def test_each_line_has_both_names_and_says_what_is_derived_or_assumed(self) -> None:
        for line in self.CONTROL["lines"]:
            assert line["name"]["en"]
            assert line["name"]["zh"]
            assert re.search("assumed|derived", line["basis"]), line["id"]

    def test_each_line_is_used_or_carries_a_stated_street(self) -> None:
        used = set(itertools.chain.from_iterable(part["ring"] for part in self.CONTROL["parts"]))
        assert {line["id"] for line in self.CONTROL["lines"]} - used <= {"yunfei", "huolongdi", "changning"}

    @pytest.mark.parametrize(
        "street",
        [
            "望江西路",
            "方兴大道",
            "云飞路",
            "孔雀台路",
            "火龙地路",
            "长宁大道",
            "柏堰湾路",
            "习友路",
            "金寨路",
            "科学岛路",
            "琼阳路",
        ],
    )
    def test_each_street_of_the_sources_is_drawn(self, street: str) -> None:
        assert street in {line["name"]["zh"] for line in self.CONTROL["lines"]}

    def test_phase_two_between_its_streets_has_its_published_area(self) -> None:
        lines = {line["id"]: line for line in self.CONTROL["lines"]}
        width = lines["huolongdi"]["shift_m"][0]
        depth = in_plane(117.092, 31.838).y - in_plane(117.092, 31.834).y
        assert width * depth / 1e4 == pytest.approx(19.27, rel=0.01)


class TestBuild:
    SCRIPT = USTC / "build_zones.py"

    def test_writes_the_bundled_bytes_again_every_time(self, tmp_path: Path) -> None:
        for name in ("first.geojson", "second.geojson"):
            command = [sys.executable, "-B", str(self.SCRIPT), "--output", str(tmp_path / name)]
            subprocess.run(command, check=True, capture_output=True)
            assert (tmp_path / name).read_bytes() == (USTC / "zones.geojson").read_bytes()

    def test_moves_street_edges_by_less_than_two_metres(self, tmp_path: Path) -> None:
        command = [sys.executable, "-B", str(self.SCRIPT), "--output", str(tmp_path / "zones.geojson")]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
        found = re.search(r"widened by ([+-]\d+\.\d+) m", said)
        assert found
        assert abs(float(found[1]) / 2) < 2


class TestFacilities:
    @pytest.mark.parametrize("path", POINT_LAYERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
    def test_have_names_in_both_languages_and_a_unique_id(self, path: Path) -> None:
        found = [feature["properties"] for feature in read_features(path)]
        assert len({entry["id"] for entry in found}) == len(found)
        for entry in found:
            assert entry["name_en"]
            assert re.search(r"[\u4e00-\u9fff]", entry["name_zh"])
            for text in ("address", "note"):
                assert bool(entry[f"{text}_en"]) == bool(entry[f"{text}_zh"]), entry["id"]

    @pytest.mark.parametrize("path", POINT_LAYERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
    def test_resolve_their_category_and_source(self, path: Path) -> None:
        plan = read_plan(path.parent)
        for feature in read_features(path):
            assert feature["properties"]["category"] in {entry["id"] for entry in plan["categories"]}
            assert feature["properties"]["source"] in {entry["id"] for entry in plan["sources"]}

    @pytest.mark.parametrize("path", POINT_LAYERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
    def test_have_a_radius_when_placed_and_a_reason_when_not(self, path: Path) -> None:
        for feature in read_features(path):
            entry = feature["properties"]
            if feature["geometry"] is None:
                assert (entry["accuracy_m"], entry["basis"]) == (None, "unknown")
                assert entry["note_en"]
            else:
                assert entry["accuracy_m"] > 0
                assert entry["basis"] != "unknown"

    def test_lie_in_the_zone_they_name(self, zones: dict[str, Any]) -> None:
        named = [f for f in read_features(USTC / "facilities.geojson") if f["properties"]["zone"]]
        assert len(named) == 4
        for feature in named:
            assert zones[feature["properties"]["zone"]].contains(shape(feature["geometry"]))

    def test_of_general_knowledge_claim_no_other_source(self) -> None:
        for feature in read_features(USTC / "facilities.geojson"):
            entry = feature["properties"]
            assert (entry["basis"] == "general knowledge") == (entry["source"] == "general-knowledge")

    @pytest.mark.parametrize(
        ("name", "category", "lon", "lat", "radius"),
        [
            ("中安创谷科技园", "Science park", 117.0946, 31.8340, 150),
            ("中安创谷二期", "Science park", 117.090, 31.838, 200),
            ("高新孵化园", "Incubator", 117.110, 31.812, 700),
            ("创新产业园", "Science park", 117.1314, 31.8347, 600),
            ("科大讯飞总部", "Enterprise", 117.140, 31.835, 700),
            ("中科大先研院", "Research institute", 117.124, 31.830, 800),
            ("中科大高新校区", "University", 117.124, 31.824, 800),
            ("中科大东校区", "University", 117.266, 31.837, 400),
            ("中科大中校区", "University", 117.259, 31.839, 400),
            ("中科大西校区", "University", 117.251, 31.839, 400),
            ("国家同步辐射实验室", "Large research facility", 117.249, 31.834, 400),
            ("中科院等离子体所", "Large research facility", 117.163, 31.906, 700),
            ("中国声谷", "Industry base", 117.106, 31.817, 900),
            ("本源量子", "Enterprise", 117.126, 31.829, 900),
            ("国仪量子", "Enterprise", 117.086, 31.825, 1000),
            ("蜀山经开区", "Industry base", 117.170, 31.865, 1500),
        ],
    )
    def test_of_hefei_are_where_the_facts_put_them(
        self, name: str, category: str, lon: float, lat: float, radius: float
    ) -> None:
        categories = {entry["id"]: entry["name"]["en"] for entry in read_plan(USTC)["categories"]}
        found = {f["properties"]["name_zh"]: f for f in read_features(USTC / "facilities.geojson")}[name]
        assert found["geometry"]["coordinates"] == [lon, lat]
        assert found["properties"]["accuracy_m"] == radius
        assert categories[found["properties"]["category"]] == category

    def test_of_huainan_are_placed_only_where_an_address_is_known(self) -> None:
        placed = {
            f["properties"]["id"]: f["geometry"] and f["geometry"]["coordinates"]
            for f in read_features(AUST / "facilities.geojson")
        }
        assert {name: xy for name, xy in placed.items() if xy} == {
            "aust-main-campus": [117.027, 32.557],
            "aust-old-campus": [117.016, 32.632],
            "atmospheric-physics": [117.16, 32.68],
        }
        assert len(placed) == 8


class TestInnovationCentres:
    def test_are_nine_of_which_six_are_located(self) -> None:
        centres = read_features(USTC / "centres.geojson")
        assert len(centres) == 9
        assert sum(centre["geometry"] is not None for centre in centres) == 6

    @pytest.mark.parametrize(
        ("place", "lon", "lat"),
        [
            ("Silicon Valley", -122.06, 37.39),
            ("Lyon", 4.836, 45.764),
            ("Japan", 139.76, 35.68),
            ("Beijing", 116.407, 39.904),
            ("Hong Kong", 114.169, 22.319),
            ("Shenzhen", 114.058, 22.543),
        ],
    )
    def test_are_in_the_six_places_the_report_names(self, place: str, lon: float, lat: float) -> None:
        found = [c for c in read_features(USTC / "centres.geojson") if place in c["properties"]["name_en"]]
        assert [c["geometry"]["coordinates"] for c in found] == [[lon, lat]]


class TestPlanFiles:
    @pytest.mark.parametrize("folder", PLANS, ids=lambda folder: folder.name)
    def test_name_everything_in_both_languages(self, folder: Path) -> None:
        plan = read_plan(folder)
        texts = [plan["name"], plan["summary"]]
        for table in ("categories", "zones", "groups"):
            texts += [entry["name"] for entry in plan.get(table, [])]
        for text in texts:
            assert text["en"]
            assert re.search(r"[\u4e00-\u9fff]", text["zh"])

    @pytest.mark.parametrize("folder", PLANS, ids=lambda folder: folder.name)
    def test_resolve_every_source_and_layer(self, folder: Path) -> None:
        plan = read_plan(folder)
        sources = {source["id"] for source in plan["sources"]}
        used = {entry["source"] for table in ("zones", "rules") for entry in plan[table] if "source" in entry}
        used |= {row["source"] for row in read_indicators(folder)}
        assert used <= sources
        assert all((folder / path).is_file() for path in plan["layers"].values())

    @pytest.mark.parametrize("folder", PLANS, ids=lambda folder: folder.name)
    def test_declare_no_source_that_nothing_uses(self, folder: Path) -> None:
        plan = read_plan(folder)
        used = {row["source"] for row in read_indicators(folder)}
        used |= {entry.get("source") for table in ("zones", "rules") for entry in plan[table]}
        for path in folder.glob("*.geojson"):
            used |= {feature["properties"]["source"] for feature in read_features(path)}
        assert {source["id"] for source in plan["sources"]} <= used

    @pytest.mark.parametrize("folder", PLANS, ids=lambda folder: folder.name)
    def test_measure_on_the_ellipsoid_with_edges_in_the_local_projection(self, folder: Path) -> None:
        assert read_plan(folder)["area"] == {"method": "ellipsoidal", "projected": "EPSG:4548"}

    def test_of_hefei_require_the_published_total_share_and_number_of_zones(self) -> None:
        rules = {rule["check"]: rule for rule in read_plan(USTC)["rules"]}
        assert rules["area-total"]["km2"] == 8.22
        assert (rules["area-share"]["min"], rules["area-share"]["max"]) == (0.88, 0.90)
        assert rules["zone-count"]["count"] == 4

    def test_of_huainan_declare_four_unnamed_zones_awaiting_their_boundaries(self) -> None:
        plan = read_plan(AUST)
        assert [zone["id"] for zone in plan["zones"]] == ["zone-1", "zone-2", "zone-3", "zone-4"]
        assert all(zone["awaiting"] and not zone["named"] for zone in plan["zones"])
        assert [rule["count"] for rule in plan["rules"] if rule["check"] == "zone-count"] == [4]
        assert "zones" not in plan["layers"]

    @pytest.mark.parametrize("folder", PLANS, ids=lambda folder: folder.name)
    def test_are_called_indicative(self, folder: Path) -> None:
        assert read_plan(folder)["status"] == "indicative"

"""Boundaries as text: whatever order and units the numbers come in, the same square lies in the same place."""

from __future__ import annotations

import json

import pytest
import shapely
from pyproj import CRS

from geoplan.drafts.typed import read_typed
from geoplan.errors import InputError
from tests.drafts.squares import at, degrees
from tests.helpers import EAST, NORTH

PLANE = CRS.from_epsg(4548)
CORNERS = [(EAST, NORTH), (EAST + 100, NORTH), (EAST + 100, NORTH + 100), (EAST, NORTH + 100)]
LONLAT = [tuple(point) for point in shapely.get_coordinates(degrees(at(0, 0, 100)))[:-1].tolist()]


def lies_in_place(text: str) -> None:
    found = read_typed(text, PLANE)
    assert shapely.hausdorff_distance(found, degrees(at(0, 0, 100))) < 1e-9  # degrees: 0.1 mm


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{lon} {lat}" for lon, lat in LONLAT),
        "\n".join(f"{lat}, {lon}" for lon, lat in LONLAT),
        "\n".join(f"J{place}\t{lon}\t{lat}" for place, (lon, lat) in enumerate(LONLAT, 1)),
        "\n".join(f"{north} {east}" for east, north in CORNERS),
        "\n".join(f"{east}，{north}" for east, north in CORNERS),
        "\n\n".join(f"J{place},1,{north:.4f},{east + 39e6:.4f}" for place, (east, north) in enumerate(CORNERS, 1)),
        "\n".join(f"{lon} {lat}" for lon, lat in [*LONLAT, LONLAT[0]]),
        shapely.to_geojson(degrees(at(0, 0, 100))),
        json.dumps({"type": "Feature", "geometry": shapely.geometry.mapping(degrees(at(0, 0, 100)))}),
    ],
    ids=["lon lat", "lat lon", "named", "north east", "east north", "boundary points", "closed", "geojson", "feature"],
)
def test_the_same_square_in_any_spelling_lies_in_the_same_place(text: str) -> None:
    lies_in_place(text)


def test_a_collection_of_one_feature_is_that_feature() -> None:
    feature = {"type": "Feature", "geometry": shapely.geometry.mapping(degrees(at(0, 0, 100)))}
    lies_in_place(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(InputError, match="no GeoJSON polygon"):
        read_typed(json.dumps({"type": "FeatureCollection", "features": [feature, feature]}), PLANE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "three corners"),
        ("117.1 31.8\n117.2 31.8", "three corners"),
        ("117.1 31.8\n117.2 31.8\nJ3", "line 3 does not hold two numbers"),
        ("117.1 31.8\n17.2 191.8\n117.2 31.9", "line 2 is no place"),
        ("3521000 40518000\n3521100 40518000\n3521100 40518100", "line 1 is no place in degrees or in EPSG:4548"),
        ("0 0\n0 1\n1 1", "line 1 is no place"),
        ("{", "no GeoJSON polygon"),
        ('{"type": "Point", "coordinates": [117, 31]}', "no GeoJSON polygon"),
        ('{"type": "Polygon", "coordinates": "x"}', "no GeoJSON polygon"),
        ("[1]" * 10, "no place|two numbers"),
        ("1" * 2_000_001, "too long"),
    ],
)
def test_what_is_no_boundary_is_refused_with_the_line_and_what_to_do(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_typed(text, PLANE)
    assert caught.value.hint is not None
    assert "one corner a line" in caught.value.hint.en


@pytest.mark.parametrize("text", [
    "9" * 400 + " 2\n3 4\n5 6",
    "3 " + "9" * 400 + "\n3 4\n5 6",
    "{" + '"a":{' * 50_000,
    '{"type": "Polygon", "coordinates": ' + "[" * 100_000,
    '{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 3], [4, 5], [NaN, 1]]]}',
    '{"type": "Polygon", "coordinates": [[[1e999, 1], [2, 3], [4, 5], [1e999, 1]]]}',
    '{"type": "Polygon", "coordinates": [[["117", "31"], ["118", "31"], ["118", "32"], ["117", "31"]]]}',
    '{"type": "Feature", "geometry": null}',
    '{"type": "FeatureCollection", "features": 5}',
    "117.1 31.8\n117.1 31.8\n117.1 31.8\n117.2 31.8",
    "117°12′31″E 31°45′32″N\n1 2\n3 4",
])  # fmt: skip
def test_hostile_text_is_refused_in_one_line_and_never_ends_the_app(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_typed(text, PLANE)
    assert len(caught.value.line("en")) < 600
    assert "\n" not in caught.value.line("zh")


def test_full_width_digits_and_commas_of_chinese_keyboards_are_numbers() -> None:
    wide = str.maketrans("0123456789.,", "０１２３４５６７８９.，")
    lies_in_place("\n".join(f"{lon},{lat}".translate(wide) for lon, lat in LONLAT))


def test_the_number_of_another_zone_before_an_easting_is_refused() -> None:
    # The central meridian of EPSG:4548 is 117° E: zone 39 of 3°, zone 20 of 6°.
    for zone, taken in ((39, True), (20, True), (38, False), (40, False), (19, False)):
        text = "\n".join(f"{north} {east + zone * 1e6}" for east, north in CORNERS)
        if taken:
            lies_in_place(text)
        else:
            with pytest.raises(InputError, match="line 1 is no place"):
                read_typed(text, PLANE)


def test_heights_in_geojson_do_no_harm_and_holes_stay() -> None:
    holed = shapely.Polygon(at(0, 0, 100).exterior, [at(40, 40, 20).exterior])
    found = read_typed(json.dumps(shapely.geometry.mapping(shapely.force_3d(degrees(holed), 9.0))), PLANE)
    assert len(found.interiors) == 1
    assert shapely.hausdorff_distance(shapely.force_2d(found), degrees(holed)) < 1e-9

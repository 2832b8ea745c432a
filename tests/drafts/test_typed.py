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

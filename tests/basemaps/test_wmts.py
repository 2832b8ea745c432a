from __future__ import annotations

import pytest

from geoplan.basemaps.source import State, TileError
from geoplan.basemaps.wmts import Wanted, read_capabilities
from tests.basemaps.capabilities import capabilities, matrices, matrix_set

WANTED = Wanted("base", None, None, "image/png")


def test_the_web_mercator_set_is_chosen_and_its_levels_are_named_as_the_service_names_them() -> None:
    sets = matrix_set("c", "urn:ogc:def:crs:EPSG::4490", matrices(degrees=True))
    sets += matrix_set("w", "urn:ogc:def:crs:EPSG::3857", matrices(name="EPSG:3857:{z}"))
    offer = read_capabilities(capabilities(sets, links=("c", "w")), WANTED, "host")
    assert offer.matrix_set == "w"
    # 559082264.0287178 is the scale of zoom 0 by OGC 07-057r7 annex E.4; each level halves it.
    assert offer.levels == {0: "EPSG:3857:0", 1: "EPSG:3857:1", 2: "EPSG:3857:2"}
    assert (offer.layer, offer.style, offer.image_format) == ("base", "plain", "image/png")
    assert offer.template == "http://host/wmts?"


@pytest.mark.parametrize(
    "crs",
    ["EPSG:900913", "urn:ogc:def:crs:EPSG:6.18:3:3857", "http://www.opengis.net/def/crs/EPSG/0/3857", "EPSG:102100"],
)
def test_the_grid_is_known_by_every_name_of_its_system(crs: str) -> None:
    assert read_capabilities(capabilities(matrix_set("g", crs, matrices())), WANTED, "host").matrix_set == "g"


def test_levels_that_begin_elsewhere_are_counted_by_their_scale() -> None:
    # A set that starts at zoom 5 and calls it 0, with tiles of 512 pixels of half the size on the ground.
    named = matrices(zooms=(5, 6), name="{i}", pixels=512)
    assert read_capabilities(capabilities(matrix_set("g", "EPSG:3857", named)), WANTED, "host").levels == {
        5: "0",
        6: "1",
    }


def test_a_restful_template_goes_before_key_value_pairs() -> None:
    resource = (
        '<ResourceURL format="image/png" resourceType="tile" template="http://host/{TileMatrix}/{TileRow}/{TileCol}"/>'
    )
    data = capabilities(matrix_set("g", "EPSG:3857", matrices()), layer_extra=resource)
    assert read_capabilities(data, WANTED, "host").template == "http://host/{TileMatrix}/{TileRow}/{TileCol}"


def test_a_format_that_is_offered_is_taken_where_the_wanted_one_is_not() -> None:
    data = capabilities(matrix_set("g", "EPSG:3857", matrices()), formats=("application/pbf", "image/jpeg"))
    assert read_capabilities(data, WANTED, "host").image_format == "image/jpeg"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (capabilities(matrix_set("g", "EPSG:3857", matrices()), layer="other"), "no such layer; it has other."),
        (
            capabilities(matrix_set("c", "EPSG:4490", matrices(degrees=True)), links=("c",)),
            "no Web Mercator matrix set; it has c.",
        ),
        (capabilities(matrix_set("g", "EPSG:3857", matrices(corner="0 0"))), "no Web Mercator matrix set"),
        (capabilities(matrix_set("g", "EPSG:3857", matrices(scale=1.1))), "no Web Mercator matrix set"),
        (capabilities(matrix_set("g", "EPSG:3857", "<TileMatrix/>")), "no Web Mercator matrix set"),
        (
            capabilities(matrix_set("g", "EPSG:3857", matrices()), formats=("application/pbf",)),
            "no format that can be shown",
        ),
        (capabilities(matrix_set("g", "EPSG:3857", matrices()), get_tile=""), "does not say how a tile is asked for"),
        (b"<html>sign in</html>", "no such layer"),
        (b"", "can be read"),
        (b"{}", "can be read"),
        (b"<a>" * 5000, "can be read"),
        (b"<?xml version='1.0' encoding='utf-7'?><a/>", "can be read"),
    ],
)
def test_what_offers_no_usable_tiles_is_refused_with_the_reason(data: bytes, said: str) -> None:
    with pytest.raises(TileError, match=said) as caught:
        read_capabilities(data, WANTED, "host")
    assert caught.value.state is State.REFUSED
    assert caught.value.message.zh


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    ],
)
def test_a_document_that_declares_entities_is_refused_unread(declared: bytes) -> None:
    with pytest.raises(TileError, match="can be read"):
        read_capabilities(b"<?xml version='1.0'?>" + declared, WANTED, "host")

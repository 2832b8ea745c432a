"""Every field of basemaps.toml against what does not belong there, and no value of a secret field ever repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from geoplan.basemaps.mistakes import MODELS, duplicate_mistakes, validation_mistakes
from geoplan.basemaps.model import MAX_ZOOM, AnyEntry, Datum, Document, Entry, places
from geoplan.errors import Mistake
from geoplan.inspection import Offset
from tests.plan.documents import chinese_alone

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - stands for a key that must not be repeated
ENTRY: TypeAdapter[Entry] = TypeAdapter(AnyEntry)

# One right entry of each kind, with every key it may have.
COMMON = {
    "id": "a", "name": {"en": "A", "zh": "甲"}, "attribution": "Survey", "min_zoom": 1, "max_zoom": 18,
    "review_number": "GS(2024)1",
}  # fmt: skip
FILE = {**COMMON, "path": "a.tif", "datum": "cgcs2000"}
RIGHT: dict[str, dict[str, Any]] = {
    "mbtiles": {**FILE, "kind": "mbtiles"},
    "pmtiles": {**FILE, "kind": "pmtiles"},
    "geotiff": {**FILE, "kind": "geotiff"},
    "xyz": {
        **COMMON, "kind": "xyz", "url": "https://{s}.example.org/{z}/{x}/{y}?k={key}", "datum": "gcj02",
        "key_env": "MAP_KEY", "subdomains": ["a", "b"],
    },
    "wmts": {
        **COMMON, "kind": "wmts", "url": "https://example.org/wmts?k={key}", "datum": "wgs84", "key_env": "MAP_KEY",
        "layer": "base", "style": "plain", "matrix_set": "w", "matrix": "EPSG:3857:{z}", "format": "image/jpeg",
    },
    "tianditu": {
        **COMMON, "kind": "tianditu", "layer": "img", "labels": False, "key_env": "MY_TK", "subdomains": ["0"],
        "server": "https://t{s}.tianditu.gov.cn",
    },
}  # fmt: skip
KINDS = tuple(RIGHT)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "kind", "url", "name", "path", "format"]), inner, max_size=4)
    ),
    max_leaves=8,
)
WRONG: tuple[Any, ...] = (7, -1, 0.5, float("nan"), True, None, [], [7], {}, {"en": "x"}, "", " ", "a\x00b", "x" * 5001)
# Where a wrong value above is right after all: a key that may be left out may be None, numbers and lists fit their own.
FITS: dict[str, tuple[Any, ...]] = {"min_zoom": (7,), "max_zoom": (7,), "labels": (True,)}


def mistakes_of(entry: dict[str, Any]) -> list[Mistake]:
    try:
        Document.model_validate({"format": 1, "basemaps": [entry]})
    except ValidationError as error:
        return validation_mistakes(error)
    return []


def fields() -> Iterator[tuple[str, str]]:
    for kind, entry in RIGHT.items():
        yield from ((kind, key) for key in entry if key != "kind")


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_entry_of_each_kind_is_right_and_has_every_key(kind: str) -> None:
    assert mistakes_of(RIGHT[kind]) == []
    named = {field.alias or name for name, field in MODELS[kind].model_fields.items()}
    assert named - set(RIGHT[kind]) <= {"capabilities", "subdomains"}  # not beside url, not without {s}


@pytest.mark.parametrize(("kind", "key"), list(fields()))
def test_a_value_that_does_not_belong_is_told_at_its_key_in_both_languages(kind: str, key: str) -> None:
    optional = MODELS[kind].model_fields.get("image_format" if key == "format" else key)
    for value in WRONG:
        fits = any(value is one or (value == one and type(value) is type(one)) for one in FITS.get(key, ()))
        if fits or (value is None and optional is not None and not optional.is_required()):
            continue
        found = mistakes_of(RIGHT[kind] | {key: value})
        assert found, f"{key} = {value!r:.40}"
        assert any(one.key.startswith((f"basemaps[1].{key}", "basemaps[1]")) for one in found)
        for one in found:
            assert one.line("en").isprintable()
            assert chinese_alone(one.message.zh), one.message.zh
            assert len(one.found) <= 80


@pytest.mark.parametrize(("kind", "key"), [("xyz", "url"), ("wmts", "url"), ("tianditu", "server"), ("xyz", "key_env")])
@given(data=st.data())
def test_whatever_is_wrong_about_an_address_its_key_is_never_repeated(kind: str, key: str, data: st.DataObject) -> None:
    before, after = (data.draw(st.text(alphabet="ahtps:/.?{}zxyks#@\\ \u202e-", max_size=25)) for _ in range(2))
    entry = RIGHT[kind] | {key: f"{before}{SECRET}{after}"}
    for one in mistakes_of(entry):
        for text in (one.found, one.allowed, one.message.en, one.message.zh, one.key, repr(one)):
            assert SECRET not in text


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_key_is_answered_with_the_nearest_and_its_value_is_not_shown(kind: str) -> None:
    (found,) = mistakes_of(RIGHT[kind] | {"max_zom": SECRET})
    assert found.key == "basemaps[1].max_zom"
    assert "did you mean max_zoom?" in found.message.en
    assert "是否应为 max_zoom" in found.message.zh
    assert SECRET not in repr(found)
    assert set(found.allowed.split(", ")) == {f.alias or name for name, f in MODELS[kind].model_fields.items()}


@pytest.mark.parametrize("low", [0, 5, MAX_ZOOM])
@pytest.mark.parametrize("high", [0, 5, MAX_ZOOM])
def test_zooms_stand_in_order(low: int, high: int) -> None:
    found = mistakes_of(RIGHT["mbtiles"] | {"min_zoom": low, "max_zoom": high})
    assert ["min_zoom is greater than max_zoom" in one.message.en for one in found] == [True] * (low > high)


@pytest.mark.parametrize("zoom", [-1, MAX_ZOOM + 1, 10**30, "5", 5.0, True])
def test_a_zoom_is_a_whole_number_that_there_can_be(zoom: object) -> None:
    assert [one.key for one in mistakes_of(RIGHT["mbtiles"] | {"max_zoom": zoom})] == ["basemaps[1].max_zoom"]


@pytest.mark.parametrize(
    "name", ["none", "NONE!", "", "a b", "../a", "a/b", "-a", "a" * 65, "核心", "a\u202eb", "a\nb"]
)
def test_what_could_not_stand_in_a_link_is_no_id(name: str) -> None:
    assert mistakes_of(RIGHT["mbtiles"] | {"id": name})


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../a.tif", "a/../../b.tif", "C:\\a.tif", "\\\\server\\a.tif", "C:a.tif", "a\x00.tif", ""],
)
def test_a_path_never_leads_out_of_the_folder(path: str) -> None:
    assert mistakes_of(RIGHT["geotiff"] | {"path": path})


@pytest.mark.parametrize("subdomain", ["", "a.b", "-a", "a-", "a/b", "a b", "@", "a" * 33, "ａ", "evil.org#"])
def test_a_subdomain_is_one_plain_label(subdomain: str) -> None:
    assert mistakes_of(RIGHT["xyz"] | {"subdomains": [subdomain]})


@pytest.mark.parametrize(("kind", "changes", "said"), [
    ("xyz", {"key_env": None}, "{key}: key_env is missing"),
    ("xyz", {"subdomains": None}, "{s}: subdomains is missing"),
    ("xyz", {"url": "https://example.org/{z}/{x}/{y}?k={key}"}, "subdomains is given, but the address has no {s}"),
    ("xyz", {"url": "https://{s}.example.org/{z}/{x}/{y}"}, "key_env is given, but the address has no {key}"),
    ("wmts", {"capabilities": "https://example.org/c"}, "needs either url or capabilities"),
    ("wmts", {"url": None, "capabilities": "https://example.org/{z}?k={key}"}, "capabilities may hold only"),
    ("wmts", {"matrix_set": None}, "matrix_set is missing beside url"),
    ("wmts", {"url": "https://example.org/{TileMatrix}?k={key}"}, "{TileMatrix}, {TileRow} and {TileCol}"),
    ("wmts", {"url": "https://example.org/{TileMatrix}/{TileRow}/{TileCol}/{time}?k={key}"}, "{TileMatrix}, {TileRow}"),
    ("tianditu", {"server": "https://t{s}.tianditu.gov.cn/{key}"}, "server may hold only {s}"),
    ("tianditu", {"key_env": None}, "key_env is missing"),
])  # fmt: skip
def test_what_does_not_go_together_is_told(kind: str, changes: dict[str, Any], said: str) -> None:
    found = mistakes_of(RIGHT[kind] | changes)
    told = " | ".join(one.message.en for one in found)
    assert said in told or "key_env is needed" in told
    assert all(chinese_alone(one.message.zh) for one in found)


@pytest.mark.parametrize(
    "name", ["c", "C", "WGS84crs84Quad", "EPSG:4326", "EPSG:4490:a", "urn:ogc:def:crs:EPSG::4490", "CGCS2000_0"]
)
def test_a_matrix_set_in_degrees_is_refused_however_it_is_called(name: str) -> None:
    found = mistakes_of(RIGHT["wmts"] | {"matrix_set": name})
    assert any("in degrees" in one.message.en for one in found)


@pytest.mark.parametrize("name", ["w", "GoogleMapsCompatible", "EPSG:3857", "EPSG:900913", "cartography", "mercator"])
def test_a_web_mercator_matrix_set_is_taken_however_it_is_called(name: str) -> None:
    assert mistakes_of(RIGHT["wmts"] | {"matrix_set": name}) == []


@pytest.mark.parametrize(("entries", "twice"), [
    ([{"id": "a"}, {"id": "A"}], ["'a'"]),
    ([{"id": "a"}, {"id": "b"}, {"id": "a"}, {"id": "B"}, {"id": "a"}], ["'a'", "'b'"]),
    ([{"id": "ß"}, {"id": "SS"}], ["'ss'"]),
    ([{"id": 1}, {"id": 1}, {}, 7, None, {"id": None}], []),
    ("a", []), (None, []), ({"id": "a"}, []),
])  # fmt: skip
def test_an_id_used_twice_is_told_once_whatever_its_case(entries: object, twice: list[str]) -> None:
    assert [one.found for one in duplicate_mistakes({"basemaps": entries})] == twice


@pytest.mark.parametrize(("template", "names"), [
    ("https://{s}.a/{Z}/{x}/{-y}", {"s", "z", "x", "-y"}),
    ("{{z}}", {"z"}),
    ("{}", {""}),
    ("no places", set()),
    ("{TileMatrix}{TILEROW}", {"tilematrix", "tilerow"}),
])  # fmt: skip
def test_places_are_the_names_in_braces_whatever_their_case(template: str, names: set[str]) -> None:
    assert places(template) == names


@pytest.mark.parametrize(("datum", "offset", "name"), [
    ("wgs84", Offset.NONE, "WGS 84"), ("cgcs2000", Offset.NONE, "CGCS2000"),
    ("gcj02", Offset.GCJ02, "GCJ-02"), ("bd09", Offset.BD09, "BD-09"),
])  # fmt: skip
def test_only_the_two_shifted_datums_shift_what_is_drawn(datum: str, offset: Offset, name: str) -> None:
    assert (Datum(datum).offset, Datum(datum).text.en, Datum(datum).text.zh) == (offset, name, name)


def test_the_address_of_an_entry_is_the_one_that_will_be_asked() -> None:
    assert ENTRY.validate_python(RIGHT["xyz"]).address == RIGHT["xyz"]["url"]  # type: ignore[attr-defined]
    assert ENTRY.validate_python(RIGHT["tianditu"]).address == RIGHT["tianditu"]["server"]  # type: ignore[attr-defined]
    asked = RIGHT["wmts"] | {"url": None, "matrix_set": None, "capabilities": "https://example.org/c?k={key}"}
    assert ENTRY.validate_python(asked).address == asked["capabilities"]  # type: ignore[attr-defined]


@given(ANYTHING)
def test_a_document_of_any_shape_is_right_or_told(raw: object) -> None:
    found = mistakes_of(raw) if isinstance(raw, dict) else mistakes_of({"kind": raw})
    assert found
    assert all(re.search("[\u4e00-\u9fff]", one.message.zh) for one in found)

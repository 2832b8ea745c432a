"""Drafts as bytes: back to the last bit, damaged ones told, sources that GDAL reads, names for files."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geoplan.drafts import Draft, document, with_zone
from geoplan.drafts.document import SCHEMA, file_name, from_bytes, label_of, to_bytes, to_geojson, with_store
from geoplan.errors import InputError, StoreError
from geoplan.store import KeptDraft
from tests.drafts.squares import at, bytes_of, degrees, draft_of
from tests.output.examples import HOSTILE, HOSTILE_IDS

DAYS = "2024-05-17T00:00:00Z", "2024-05-18T00:00:00Z"
KEPT = KeptDraft("valley", "7", 4, "First try", "Li Wei", *DAYS, changed_by="Wang", parent=3, zones=4)


def odd() -> Draft:
    """Return a draft of a holed zone, one in two parts, one with heights and last bits, with fields of every kind."""
    holed = Polygon(at(0, 0, 100).exterior, [at(40, 40, 20).exterior])
    pair = MultiPolygon([at(200, 0, 10), at(300, 0, 10)])
    bits = shapely.transform(at(400, 0, 10), lambda xy: np.nextafter(xy, np.inf))
    made = draft_of({"a": holed, "b": pair, "长": bits}, area=[0.1 + 0.2, None, -0.0], count=[2**53 + 1, 0, None])
    return with_zone(made, "new", degrees(at(500, 0, 10)), pixel_m=2.5)


def spoilt(**changes: Any) -> bytes:
    whole = json.loads(zlib.decompress(to_bytes(odd())))
    return zlib.compress(json.dumps(whole | changes).encode())


def test_a_draft_comes_back_with_every_bit_field_and_line_of_its_ledger() -> None:
    made = odd()
    back = from_bytes(KEPT, to_bytes(made))
    assert bytes_of(back) == bytes_of(made)
    assert list(back.zones.fields) == list(made.zones.fields)
    for name, values in made.zones.fields.items():
        assert [repr(value) for value in back.zones.fields[name]] == [repr(value) for value in values], name
    # The ledger keeps areas to four decimals of a square metre.
    assert [edit.record() for edit in back.edits] == [edit.record() for edit in made.edits]
    assert back.zones.crs.to_epsg() == 4548
    assert (back.parent, back.version, back.author, back.changed_by) == (3, 4, "Li Wei", "Wang")


def test_the_same_draft_is_the_same_bytes_whatever_the_store_says_of_it() -> None:
    assert to_bytes(odd()) == to_bytes(replace(odd(), id="9", version=12, changed="2030-01-01"))


@pytest.mark.parametrize("content", [
    b"",
    b"not compressed",
    zlib.compress(b""),
    zlib.compress(b"[]"),
    zlib.compress(b"{}"),
    zlib.compress(b'"\xff"'),
    to_bytes(odd())[:-9],
    to_bytes(odd())[:40],
])  # fmt: skip
def test_what_is_no_draft_is_told_in_one_line_with_what_to_do(content: bytes) -> None:
    with pytest.raises(StoreError, match=r"First try: the draft cannot be read\. .*or delete it"):
        from_bytes(KEPT, content)


@pytest.mark.parametrize("changes", [
    {"schema": "geoplan.draft/2"},
    {"schema": None},
    {"zones": None},
    {"zones": [["!!!!", {}]]},
    {"zones": [["AAAA", {}]]},
    {"zones": [[1]]},
    {"edits": [{"deed": "exploded"}]},
    {"edits": [5]},
    {"fields": [["id"]]},
], ids=str)  # fmt: skip
def test_a_document_with_one_thing_amiss_is_told_and_no_traceback(changes: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="the draft cannot be read"):
        from_bytes(KEPT, spoilt(**changes))


def test_a_few_bytes_that_unpack_to_more_than_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_MAX_PLAIN", 1000)
    with pytest.raises(StoreError, match="cannot be read"):
        from_bytes(KEPT, to_bytes(odd()))


def test_a_draft_too_large_for_the_store_is_refused_with_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 100)
    with pytest.raises(InputError, match=r"First try: is larger than 0 MiB.*as a file"):
        to_bytes(odd())


def test_gdal_reads_the_source_of_a_draft_in_its_own_system_with_every_digit(tmp_path: Path) -> None:
    path = tmp_path / "source.geojson"
    path.write_bytes(to_geojson(odd()))
    info = pyogrio.read_info(path)
    frame = pyogrio.read_dataframe(path)
    assert info["crs"] == "EPSG:4548"
    assert frame["id"].tolist() == ["a", "b", "长", "new"]
    for found, own in zip(frame.geometry, odd().zones.geometry, strict=True):
        assert shapely.equals_exact(found, own, tolerance=0.0)
    # 100 × 100 − 20 × 20; two squares of 10 m; two of one.
    assert frame.geometry.area.round(3).tolist() == [9600.0, 200.0, 100.0, 100.0]


def test_a_zone_without_a_shape_and_an_empty_draft_have_sources_too() -> None:
    empty = json.loads(to_geojson(replace(odd(), zones=odd().zones.take([]))))
    assert empty["features"] == []
    bare = odd()
    shapes = bare.zones.geometry.copy()
    shapes[0] = None
    source = json.loads(to_geojson(replace(bare, zones=replace(bare.zones, geometry=shapes))))
    assert source["features"][0]["geometry"] is None


@pytest.mark.parametrize("name", HOSTILE, ids=HOSTILE_IDS)
def test_the_file_of_a_published_draft_has_a_name_every_system_accepts(name: str) -> None:
    found = file_name(replace(odd(), name=name))
    assert found.endswith(".draft.geojson")
    assert len(found.encode()) <= 94
    assert not set('/\\:*?"<>|') & set(found)
    assert found.isprintable()
    assert label_of(name).encode("utf-8").startswith("draft “".encode())


def test_a_saved_draft_takes_over_what_the_store_says_and_nothing_else() -> None:
    made = odd()
    saved = with_store(made, KEPT)
    assert (saved.id, saved.version, saved.changed_by) == ("7", 4, "Wang")
    assert saved.zones is made.zones
    assert saved.edits is made.edits
    assert json.loads(zlib.decompress(to_bytes(saved)))["schema"] == SCHEMA

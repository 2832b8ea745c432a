"""A draft as bytes: what the store keeps, lossless to the last bit, and the GeoJSON it is published from."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import shapely

from geoplan.crs import code_of
from geoplan.diff.zoneset import plain
from geoplan.drafts.values import Draft, Edit
from geoplan.errors import InputError, StoreError
from geoplan.output.escape import for_file_name
from geoplan.store import KeptDraft
from geoplan.store.records import crs_text, field_types, layer_of_records, zone_records
from geoplan.store.values import canonical_json, storable
from geoplan.types import InputInfo, Text

SCHEMA = "geoplan.draft/1"
MAX_BYTES = 64 * 1024**2  # compressed, as the store keeps it
_MAX_PLAIN = 1024**3


def to_bytes(draft: Draft) -> bytes:
    """Return what the store keeps of a draft; raises InputError when that is too large (64 MiB)."""
    records = zone_records(draft.zones)
    document = {
        "schema": SCHEMA,
        "parent_hash": draft.parent_hash,
        "crs": crs_text(draft.zones.crs),
        "fields": field_types(draft.zones),
        "zones": [[base64.b64encode(record.geometry).decode("ascii"), record.fields] for record in records],
        "edits": [edit.record() for edit in draft.edits],
    }
    packed = zlib.compress(canonical_json(document).encode(), 6)
    if len(packed) > MAX_BYTES:
        raise InputError(
            Text(f"is larger than {MAX_BYTES // 1024**2} MiB.", f"超过 {MAX_BYTES // 1024**2} MiB。"),
            where=draft.name,
            hint=Text("Load it as a file instead.", "请改为按文件加载。"),
        )
    return packed


def from_bytes(kept: KeptDraft, content: bytes) -> Draft:
    """Return the draft that was kept, its zones to the last bit; raises StoreError when it cannot be read."""
    try:
        document = json.loads(_unpacked(content))
        if document["schema"] != SCHEMA:
            raise ValueError(document["schema"])
        rows = [(base64.b64decode(shape), fields) for shape, fields in document["zones"]]
        source = InputInfo(label_of(kept.name), None, len(rows), None, document["crs"])
        fields = [(str(name), str(dtype)) for name, dtype in document["fields"]]
        zones = layer_of_records(rows, document["crs"], fields, source)
        edits = tuple(Edit.of(record) for record in document["edits"])
        parent_hash = str(document["parent_hash"])
    except (ValueError, KeyError, TypeError, zlib.error, shapely.GEOSException) as error:
        raise StoreError(
            Text("the draft cannot be read.", "草案无法读取。"),
            where=kept.name,
            hint=Text(
                "Open it with the version of geoplan that saved it, or delete it.",
                "请用保存它的 geoplan 版本打开，或将其删除。",
            ),
        ) from error
    return Draft(
        plan=kept.plan,
        name=kept.name,
        author=kept.author,
        zones=zones,
        parent=kept.parent,
        parent_hash=parent_hash,
        edits=edits,
        created=kept.created,
        changed=kept.changed,
        changed_by=kept.changed_by,
        id=kept.id,
        version=kept.version,
    )


def to_geojson(draft: Draft) -> bytes:
    """Return the zones of a draft as GeoJSON in their own CRS, named as GDAL reads it, with every digit.

    This is the file a published revision keeps as its source: `geoplan load` takes it again.
    """
    columns: Mapping[str, Any] = draft.zones.fields
    features = [
        {
            "type": "Feature",
            "properties": {name: plain(values[row]) for name, values in columns.items()},
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
        }
        for row, shape in enumerate(draft.zones.geometry)
    ]
    crs = {"type": "name", "properties": {"name": code_of(draft.zones.crs)}}
    document = {"type": "FeatureCollection", "name": "draft", "crs": crs, "features": features}
    return canonical_json(document).encode()


def with_store(draft: Draft, kept: KeptDraft) -> Draft:
    """Return a draft with what the store knows of it after a save."""
    return replace(
        draft,
        id=kept.id,
        version=kept.version,
        name=kept.name,
        author=kept.author,
        created=kept.created,
        changed=kept.changed,
        changed_by=kept.changed_by,
    )


def label_of(name: str) -> str:
    """Return how to call the zones of a draft in a report."""
    return f"draft “{storable(name)}”"


def file_name(draft: Draft) -> str:
    """Return the name of the file that a published draft comes from."""
    return f"{for_file_name(draft.name, 'draft', 80)}.draft.geojson"


def _unpacked(content: bytes) -> bytes:
    reader = zlib.decompressobj()
    plain = reader.decompress(content, _MAX_PLAIN)
    if not reader.eof:
        raise ValueError("damaged or too large")
    return plain

"""What an export came to, as the JSON document `geoplan.export/1`."""

from __future__ import annotations

from pyproj import CRS

from geoplan.crs import code_of
from geoplan.output.documents import EXPORT_SCHEMA, Document
from geoplan.output.export.values import Exported, axis_order
from geoplan.types import Text


def export_document(made: Exported, path: str) -> Document:
    """Return the document of an export (schema `geoplan.export/1`) written at `path`, ready for `dumps`.

    `revision` is null for zones of the plan folder, `crs` (that of the first layer) for a workbook.
    """
    facts = made.facts
    return {
        "schema": EXPORT_SCHEMA,
        "path": path,
        "format": made.format,
        "media_type": made.media_type,
        "bytes": len(made.content),
        "sha256": made.sha256,
        "plan": {"id": facts.plan, "name": _text(facts.name), "status": facts.status},
        "revision": None
        if facts.number is None
        else {
            "number": facts.number,
            "sha256": facts.hash,
            "time": facts.published.isoformat().replace("+00:00", "Z") if facts.published else None,
        },
        "layers": [
            {"name": layer.name, "features": layer.features, "located": layer.located, "crs": _crs(layer.crs)}
            for layer in made.layers
        ],
        "crs": _crs(made.crs),
        "losses": [{"layer": loss.layer, "message": _text(loss.message)} for loss in made.losses],
    }


def _crs(crs: CRS | None) -> Document | None:
    return None if crs is None else {"code": code_of(crs), "axis_order": axis_order(crs)}


def _text(text: Text) -> Document:
    return {"en": text.en, "zh": text.zh}

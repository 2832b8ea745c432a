"""What pages lay over a map: findings, pieces that changed, ground that is not served, drafts; each with its look."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from geoplan.inspection import Offset
from geoplan.output import style
from geoplan.output.escape import clip, visible
from geoplan.output.map.drawing import features, one_shifted
from geoplan.output.map.values import Pick
from geoplan.types import Severity, Text

MAX_NAME = 300  # characters of a name in a tooltip

_ERROR, _WARNING, _INFO = (style.SEVERITY_STYLES[severity].fill for severity in Severity)


def _area(colour: str, opacity: float, *, weight: float = 2.0, dashes: str | None = None) -> dict[str, Any]:
    look: dict[str, Any] = {"color": colour, "weight": weight, "fillColor": colour, "fillOpacity": opacity}
    return look | ({"dashArray": dashes} if dashes else {})


# Role of a shape: how Leaflet draws it. The same colours as in every other output.
ROLES: Mapping[str, Mapping[str, Any]] = {
    "finding-error": _area(_ERROR, 0.5, weight=2.5),
    "finding-warning": _area(_WARNING, 0.5, weight=2.5),
    "finding-info": _area(_INFO, 0.5, weight=2.5),
    "chosen": _area(style.INK, 0.15, weight=4),
    "service": _area("#117733", 0.14, weight=1.2),
    "uncovered": _area("#882255", 0.45, weight=1.2),
    "added": _area("#009E73", 0.45),
    "removed": _area("#D55E00", 0.45, dashes="2 4"),
    "gained": _area("#009E73", 0.55, weight=1.2),
    "lost": _area("#D55E00", 0.55, weight=1.2),
    "before": _area("#CC6677", 0.25, dashes="6 4"),
    "after": _area("#0072B2", 0.25),
    "incoming": _area("#0072B2", 0.2, weight=2.5),
    "draft": _area("#AA4499", 0.25, weight=2.5, dashes="2 4"),
    "context": _area("#8A979E", 0.0, weight=1.2),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of an overlay: `geometry` in lon, lat (WGS 84) and a `role` of `ROLES`.

    `name` is shown when the pointer is on it; `pick` is what a click on it picks, None for nothing.
    `colour` takes the place of the role's fill, for zones that keep their own.
    """

    geometry: BaseGeometry
    role: str
    name: Text | None = None
    pick: Pick | None = None
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """A layer over the map, with its `label` in the legend and a row for each of the `legend` roles."""

    id: str
    label: Text
    shapes: tuple[Shape, ...]
    legend: tuple[tuple[str, Text], ...] = ()


def overlay_payload(overlay: Overlay, language: str, offset: Offset | None = None) -> str:
    """Return an overlay as the JSON the browser fetches; shifted for display with the `offset` of a basemap."""
    styles: dict[str, dict[str, Any]] = {}
    shapes: list[tuple[BaseGeometry, dict[str, object]]] = []
    for shape in overlay.shapes:
        role = shape.role if shape.colour is None else f"{shape.role}-{shape.colour.lstrip('#')}"
        styles[role] = dict(ROLES[shape.role]) | ({"fillColor": shape.colour} if shape.colour else {})
        properties: dict[str, object] = {"role": role}
        if shape.name is not None:
            properties["name"] = clip(visible(shape.name.get(language)), MAX_NAME)
        if shape.pick is not None:
            properties |= {"kind": shape.pick.kind, "id": shape.pick.id}
        shapes.append((one_shifted(shape.geometry, offset), properties))
    content = {
        "id": overlay.id,
        "label": overlay.label.get(language),
        "features": features(shapes),
        "styles": styles,
        "legend": _legend(overlay.legend, language),
    }
    return json.dumps(content, allow_nan=False, separators=(",", ":"), ensure_ascii=False)


def _legend(rows: Sequence[tuple[str, Text]], language: str) -> list[dict[str, object]]:
    return [
        {
            "text": text.get(language),
            "fill": f"{ROLES[role]['fillColor']}{round(255 * ROLES[role]['fillOpacity']):02X}",
            "line": f"1.5px {'dashed' if 'dashArray' in ROLES[role] else 'solid'} {ROLES[role]['color']}",
        }
        for role, text in rows
    ]

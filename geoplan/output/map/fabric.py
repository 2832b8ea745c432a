"""What the map is told of a fabric: where its tiles are and how they look; the zones themselves stay on the server."""

from __future__ import annotations

from geoplan.output import style
from geoplan.output.map.values import corners
from geoplan.output.map.words import WORDS
from geoplan.pyramid import FabricView
from geoplan.types import Text

_TEXTS = {
    "label": Text(
        "Map of {count} zones. Arrow keys move it, plus and minus zoom; “{near}” lists zones to pick.",
        "{count} 个分区的地图。方向键平移，加减号缩放；“{near}”列出可选的分区。",
    ),
    "near": Text("Zones in the middle of the map", "地图中心的分区"),
    "none": Text("There is no zone in view.", "视图内没有分区。"),
    "lost": Text("The list cannot be had right now; move the map to try again.", "暂时无法获取列表，请移动地图重试。"),
}


def fabric_content(view: FabricView, language: str) -> dict[str, object]:
    """Return what the browser draws a fabric by: its key, its deepest level, its bounds, one fill and one outline.

    With the texts that stand for the drawing where it cannot be seen, in a language.
    """
    bounds = view.fabric.bounds
    dashes = style.boundary_dashes(view.plan.status)
    return {
        "key": view.fabric.key,
        "deepest": view.fabric.meta["deepest"],
        "bounds": None if bounds is None else corners(bounds),
        "fill": style.zone_colour(0),
        "outline": style.OUTLINE,
        "texts": {
            name: text.get(language).format(count=f"{len(view.fabric):,}", near=_TEXTS["near"].get(language))
            for name, text in _TEXTS.items()
        },
        "dashes": " ".join(f"{length:g}" for length in dashes) or None,
    }


def fabric_row(view: FabricView, language: str) -> dict[str, object]:
    """Return the legend's row of the zones: how many there are, and the box that hides them."""
    return {"toggles": "zones", "text": f"{WORDS['zones'].get(language)} ({len(view.fabric):,})"}

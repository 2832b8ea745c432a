"""What the map is told of a fabric: where its tiles are and how they look; the zones themselves stay on the server."""

from __future__ import annotations

from geoplan.output import style
from geoplan.output.map.values import corners
from geoplan.output.map.words import WORDS
from geoplan.pyramid import FabricView


def fabric_content(view: FabricView) -> dict[str, object]:
    """Return what the browser draws a fabric by: its key, its deepest level, its bounds, one fill and one outline."""
    bounds = view.fabric.bounds
    dashes = style.boundary_dashes(view.plan.status)
    return {
        "key": view.fabric.key,
        "deepest": view.fabric.meta["deepest"],
        "bounds": None if bounds is None else corners(bounds),
        "fill": style.zone_colour(0),
        "outline": style.OUTLINE,
        "dashes": " ".join(f"{length:g}" for length in dashes) or None,
    }


def fabric_row(view: FabricView, language: str) -> dict[str, object]:
    """Return the legend's row of the zones: how many there are, and the box that hides them."""
    return {"toggles": "zones", "text": f"{WORDS['zones'].get(language)} ({len(view.fabric):,})"}

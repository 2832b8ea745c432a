"""The legend of a map as rows of plain text and looks; the browser writes them, each a layer that can be hidden."""

from __future__ import annotations

from geoplan.output import handover, style
from geoplan.output.escape import clip, visible
from geoplan.output.handover import category_colours
from geoplan.output.map.values import DrawnZone
from geoplan.output.map.words import WORDS
from geoplan.types import Facility, Text
from geoplan.workflow import PlanView

MAX_LABEL = 60  # characters
MAX_ZONES = 12  # rows of zones; more are told by their labels and are only counted


def category_signs(view: PlanView) -> dict[str, int]:
    """Return the number of the sign that marks a category; different for up to nine, told apart by shape."""
    return {name: place for place, name in enumerate(handover.categories(view))}


def category_name(view: PlanView, category: str) -> Text:
    """Return what the plan calls a facility category; its id, or "Other", without a name."""
    return handover.category_name(view.plan, category) if category else WORDS["unknown_category"]


def legend_rows(
    view: PlanView, zones: tuple[DrawnZone, ...], places: tuple[Facility, ...], lines: tuple[str, ...], language: str
) -> list[dict[str, object]]:
    """Return the rows: the zones, the categories of the `places` that are on the map, the kinds of `lines`."""

    def said(key: str, **values: object) -> str:
        return WORDS[key].get(language).format(**values)

    rows: list[dict[str, object]] = []
    if zones:
        line = "solid" if view.plan.status == "official" else "dashed"
        counted = f" ({len(zones):,})" if len(zones) > MAX_ZONES else ""
        rows.append({"toggles": "zones", "text": said("zones") + counted})
        rows += [
            {"text": _short(zone.name, language), "fill": f"{zone.colour}70", "line": f"1.3px {line} {style.OUTLINE}"}
            for zone in (zones if not counted else ())
        ]
    used = {place.category for place in places}
    if used:
        colours, signs = category_colours(view), category_signs(view)
        rows.append({"toggles": "facilities", "text": said("facilities")})
        rows += [
            {"text": _short(category_name(view, category), language), "shape": "sign"}
            | {"colour": colours[category], "sign": signs[category]}
            for category in sorted(used)
        ]
        rows.append({"text": said("accuracy"), "shape": "ring"})
    if lines:
        rows.append({"toggles": "lines", "text": said("lines")})
        rows += [{"text": said(kind), "shape": "stroke", "line": f"2px solid {LINE_COLOURS[kind]}"} for kind in lines]
    return rows


# The plan's own lines besides its zones.
LINE_COLOURS = {"boundary": style.INK, "context": "#8A979E"}


def _short(name: Text, language: str) -> str:
    return clip(visible(name.get(language)), MAX_LABEL)

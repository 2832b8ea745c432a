"""The map of a plan: scenes and overlays as data, the folium map that carries them, and one self-contained page."""

from geoplan.output.map.browser import digest, whole_script, whole_style_sheet
from geoplan.output.map.carrier import folium_map, update_group
from geoplan.output.map.legend import category_name, category_signs
from geoplan.output.map.overlays import ROLES, Overlay, Shape, overlay_payload
from geoplan.output.map.page import Shown, plan_html
from geoplan.output.map.scene import drawn_zones, map_scene
from geoplan.output.map.values import Bounds, DrawnZone, MapScene, Pick, corners
from geoplan.output.map.words import WORDS

__all__ = [
    "ROLES",
    "WORDS",
    "Bounds",
    "DrawnZone",
    "MapScene",
    "Overlay",
    "Pick",
    "Shape",
    "Shown",
    "category_name",
    "category_signs",
    "corners",
    "digest",
    "drawn_zones",
    "folium_map",
    "map_scene",
    "overlay_payload",
    "plan_html",
    "update_group",
    "whole_script",
    "whole_style_sheet",
]

"""The folium map that carries it all: always the same, and what travels in it is data."""

from __future__ import annotations

import re

import folium
import pytest
from streamlit_folium import generate_leaflet_string

from geoplan.output.assets import AssetLinks
from geoplan.output.map import folium_map, update_group
from tests.plan_folders import HOSTILE

LINKS = AssetLinks(("../assets/leaflet.js", "../assets/map.js"), ("../assets/leaflet.css",))


def rendered(drawing: folium.Map) -> str:
    return str(drawing.get_root().render())


def test_the_page_loads_what_it_is_told_to_and_nothing_else() -> None:
    page = rendered(folium_map(LINKS))
    loaded = re.findall(r'(?:src|href)\s*=\s*"([^"]*)"', page)
    assert loaded == ["../assets/leaflet.js", "../assets/map.js", "../assets/leaflet.css"]
    assert "://" not in page.replace("http://www.w3.org/", "")


def test_no_tiles_are_asked_for() -> None:
    drawing = folium_map(LINKS)
    assert not [child for child in drawing._children.values() if isinstance(child, folium.TileLayer)]
    assert "tileLayer" not in rendered(drawing)


def test_the_map_is_the_same_every_time_so_that_it_is_loaded_once() -> None:
    def script() -> str:
        drawing = folium_map(LINKS)
        drawing.render()  # type: ignore[no-untyped-call]
        return re.sub("map_[0-9a-f]{32}", "map_div", generate_leaflet_string(drawing))

    assert script() == script()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_in_the_state_passes_the_rewriting_of_the_component_unchanged(name: str) -> None:
    drawing = folium_map(LINKS)
    group = update_group({"notices": [{"kind": "info", "text": name}]})
    group.add_to(drawing)
    group.render()  # type: ignore[no-untyped-call]
    script = generate_leaflet_string(group)
    told = "".join(c if c.isascii() and (c.isalnum() or c in " ,.-") else f"\\u{ord(c):04x}" for c in name)
    assert f'.geoplan.update({{"notices":[{{"kind":"info","text":"{told}"}}]}});' in script
    assert "alert(" not in script

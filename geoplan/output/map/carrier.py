"""The folium map that carries it all: the same for every plan, language and page, so that it is never loaded anew.

What is shown travels in a feature group: a script of one line that hands the browser's script its state.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

import folium
from branca.element import MacroElement
from folium.template import Template

from geoplan.output.assets import AssetLinks
from geoplan.output.map.safe import script_json


def folium_map(links: AssetLinks) -> folium.Map:
    """Return a new, empty folium map that loads only `links`: no tiles, no script but Leaflet, its plugins and ours."""
    drawing = folium.Map(
        location=[31.8, 117.2],
        tiles=None,
        zoom_start=11,
        zoom_control=False,
        font_size="13px",
        zoom_snap=0.25,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=90,
        min_zoom=2,
        max_zoom=20,
    )
    drawing.default_js = [(link, link) for link in links.scripts]
    drawing.default_css = [(link, link) for link in links.styles]
    drawing.add_child(_Start())
    return drawing


def update_group(state: dict[str, object]) -> folium.FeatureGroup:
    """Return the group that brings a map to `state`: values of JSON, whose strings reach no script as anything else."""
    group = folium.FeatureGroup()
    group.add_child(_Update(script_json(state)))
    return group


class _Script(MacroElement):
    """A piece of our own script with its data, for folium to carry; `{{` and `{%` in it mean nothing to jinja."""

    script: ClassVar[str] = ""
    _template = Template("{% macro script(this, kwargs) %}{{ this.code() }}{% endmacro %}")

    def __init__(self, data: str = "null") -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = type(self).__name__.strip("_").lower()
        self.data = data

    def code(self) -> str:
        """Return the script with the name of its map, which folium may change, filled in."""
        parent: Any = self._parent
        whole = parent if isinstance(parent, folium.Map) else parent._parent
        # The data comes last: what it holds is never looked at for names.
        filled = re.sub("__MAP__", lambda _: str(whole.get_name()), self.script)
        before, _, after = filled.partition("__DATA__")
        return before + self.data + after


class _Start(_Script):
    script = "GeoplanMap.start(__MAP__);"


class _Update(_Script):
    script = "__MAP__.geoplan.update(__DATA__);"

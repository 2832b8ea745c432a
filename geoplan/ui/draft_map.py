"""The map of a draft: drawn on, and telling what was drawn."""

from __future__ import annotations

from streamlit_folium import st_folium

from geoplan.drafts import Assessment, Ground
from geoplan.output.map import folium_map, map_scene, pick_layer
from geoplan.ui.desk import Desk
from geoplan.ui.server import map_links
from geoplan.ui.visit import Visit

HEIGHT = 480


def current_map(visit: Visit) -> None:
    """Show the plan as it is now, before a draft is open."""
    scene = map_scene(visit.view, visit.language)
    st_folium(
        folium_map(scene, map_links()),
        key=f"map-{scene.digest}",
        height=HEIGHT,
        use_container_width=True,
        returned_objects=[],
    )


def draw_map(visit: Visit, desk: Desk, ground: Ground, found: Assessment) -> None:
    """Show the draft with the tools to draw."""
    scene = map_scene(found.view, visit.language)
    st_folium(
        folium_map(scene, map_links()),
        key=f"map-{scene.digest}",
        height=HEIGHT,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=pick_layer(found.view, scene, visit.address.pick, move=False),
    )

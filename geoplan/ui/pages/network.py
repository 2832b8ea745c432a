"""The page of the network: the places elsewhere that belong to a plan on a map of the world, as a table and a card."""

from __future__ import annotations

import shapely
import streamlit as st

from geoplan.output.charts import picture_html
from geoplan.output.escape import for_html
from geoplan.output.map import Pick, drawn_zones
from geoplan.output.world import Spot, distinct_labels, world_svg
from geoplan.ui import tables
from geoplan.ui.card import card_html
from geoplan.ui.frame import heading
from geoplan.ui.grid import pickable
from geoplan.ui.unlocated import UNLOCATED_STYLE, unlocated_html
from geoplan.ui.visit import Visit
from geoplan.workflow import PlanView

_STYLE = f"""<style>
.gp-world, .st-key-gp-network-side {{ background: #FFF; border: 1px solid #DCE3E5; border-radius: 8px; }}
.gp-world {{ padding: 8px 10px; }}
.gp-world img {{ max-width: none !important; }}
.gp-world .gp-method {{ margin: 6px 0 0; }}
.st-key-gp-network-side {{ padding: 10px 14px; }}
.gp-world > div {{ overflow-x: auto; }} .gp-world > div:focus-visible {{ outline: 2.5px solid #075985; }}
.gp-world .gp-sideways {{ display: none; margin: 4px 0 0; }}
@media (max-width: 760px) {{ .gp-world img {{ width: 780px !important; }}
  .gp-world .gp-sideways {{ display: block; }} }}
{UNLOCATED_STYLE}
</style>"""


def show(visit: Visit) -> None:
    """Show the page."""
    heading(visit, "network", visit.say("network_lead"))
    view, language = visit.view, visit.language
    if not view.network:
        st.info(visit.say("network_none"))
        return
    located = sum(centre.point is not None for centre in view.network)
    title = visit.say("network_map", located=located, all=len(view.network))
    how = f'<p class="gp-method">{for_html(visit.say("network_how"))}</p>'
    st.html(_STYLE)
    drawing, side = st.columns([5, 2], gap="small")
    with drawing:
        picture = picture_html(world(visit, title), title)
        sideways = f'<p class="gp-hint gp-sideways">{for_html(visit.say("network_sideways"))}</p>'
        scrolled = f'<div tabindex="0" role="group" aria-label="{for_html(title)}">{picture}</div>'
        st.html(f'<div class="gp-card gp-world">{scrolled}{sideways}{how}</div>')
        picks = tuple(Pick("facility", centre.id) for centre in view.network)
        pickable("network", tables.facilities_table(view, view.network, language), picks, visit)
    with side, st.container(key="gp-network-side"):
        said = visit.say("network_located", located=located, all=len(view.network))
        st.html(f'<p class="gp-hint">{for_html(said)}</p>')
        chosen = visit.address.pick
        if chosen is not None and chosen.id in {centre.id for centre in view.network}:
            st.html(card_html(view, chosen, language))
        missing = unlocated_html(visit, view.network)
        if missing:
            st.html(missing)


def world(visit: Visit, title: str) -> str:
    """Return the map of the world as SVG."""
    centres = [(centre, centre.point) for centre in visit.view.network if centre.point is not None]
    labels = distinct_labels([centre.name.get(visit.language) for centre, _ in centres])
    spots = [
        Spot(centre.id, label, point.x, point.y, centre.accuracy_m)
        for (centre, point), label in zip(centres, labels, strict=True)
    ]
    here = visit.address.pick
    return world_svg(_home(visit.view, visit.language), spots, title, here.id if here else None)


def _home(view: PlanView, language: str) -> Spot | None:
    """Return where the plan itself is: the middle of its zones, else of its facilities; None without either."""
    zones, _ = drawn_zones(view)
    shapes = [zone.geometry for zone in zones] or [place.point for place in view.facilities if place.point is not None]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(shapes)
    return Spot("", view.plan.name.get(language), (west + east) / 2, (south + north) / 2)

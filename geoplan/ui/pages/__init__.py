"""The pages of the app: one module each, with one function that shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from geoplan.ui.pages import areas, checks, draw, facilities, handover, history, indicators, network, overview, update
from geoplan.ui.visit import Visit


@dataclass(frozen=True, slots=True)
class Page:
    """A page: the icon it is found by, and what shows it. Its name is the text `page_<id>`.

    With `of_now` it works on the plan as it is now, whatever revision a link names.
    """

    icon: str
    show: Callable[[Visit], None]
    of_now: bool = False


# Page id, as `?page=` has it: in the order of the navigation.
PAGES: Mapping[str, Page] = {
    "map": Page(":material/map:", overview.show),
    "areas": Page(":material/square_foot:", areas.show),
    "facilities": Page(":material/location_city:", facilities.show),
    "network": Page(":material/hub:", network.show),
    "indicators": Page(":material/monitoring:", indicators.show),
    "checks": Page(":material/rule:", checks.show),
    "update": Page(":material/upload_file:", update.show, of_now=True),
    "history": Page(":material/history:", history.show),
    "draw": Page(":material/draw:", draw.show, of_now=True),
    "handover": Page(":material/ios_share:", handover.show),
}

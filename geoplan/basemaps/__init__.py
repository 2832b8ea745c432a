"""Basemaps: what is drawn under the zones, from a file of tiles or an address somebody configured.

`read_basemaps` lists what the folder of basemaps offers, `open_source` opens one of them, and `TileServer` answers
single tiles. Nothing is asked of any other computer before a reader has chosen a basemap that names one.
"""

from geoplan.basemaps.config import Basemap, Basemaps, Refused, basemaps_folder, read_basemaps
from geoplan.basemaps.link import BasemapLink, basemap_link
from geoplan.basemaps.model import Datum

__all__ = [
    "Basemap",
    "BasemapLink",
    "Basemaps",
    "Datum",
    "Refused",
    "basemap_link",
    "basemaps_folder",
    "read_basemaps",
]

"""From a basemap to the source of its tiles."""

from __future__ import annotations

from geoplan.basemaps.config import Basemap
from geoplan.basemaps.geotiff import GeotiffSource
from geoplan.basemaps.mbtiles import MbtilesSource
from geoplan.basemaps.model import FileEntry, RemoteEntry
from geoplan.basemaps.pmtiles import PmtilesSource
from geoplan.basemaps.remote import RemoteSource
from geoplan.basemaps.source import TileSource


def open_source(basemap: Basemap) -> TileSource:
    """Return the opened source of a basemap's tiles; asks no address yet.

    Raises TileError for a file that is broken, holds vector tiles, or has no coordinate system.
    """
    entry, path = basemap.entry, basemap.path
    if isinstance(entry, RemoteEntry):
        return RemoteSource(entry)
    if not isinstance(entry, FileEntry) or path is None:
        raise TypeError(basemap.id)
    if entry.kind == "mbtiles":
        return MbtilesSource(path)
    return PmtilesSource(path) if entry.kind == "pmtiles" else GeotiffSource(path)

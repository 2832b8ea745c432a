"""Plans too large for a page: their zones prepared once, as a pyramid of tiles and parcels found by place or id."""

from geoplan.pyramid.fabric import Fabric
from geoplan.pyramid.prepare import check_path, fabric_folder, prepare
from geoplan.pyramid.source import MOST_ZONES, FabricSource, fabric_source
from geoplan.pyramid.view import FabricView, fabric_view

__all__ = [
    "MOST_ZONES",
    "Fabric",
    "FabricSource",
    "FabricView",
    "check_path",
    "fabric_folder",
    "fabric_source",
    "fabric_view",
    "prepare",
]

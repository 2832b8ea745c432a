"""From a file of any kind to a ZoneLayer, saying what was understood."""

from geoplan.read.facilities import read_facilities
from geoplan.read.indicators import read_indicators
from geoplan.read.vector import read_features, read_zones

__all__ = ["read_facilities", "read_features", "read_indicators", "read_zones"]

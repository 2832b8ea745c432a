"""From a file of any kind to a ZoneLayer, saying what was understood."""

from geoplan.read.facilities import read_facilities
from geoplan.read.fieldnames import fields_by_meaning, meaning_of
from geoplan.read.indicators import read_indicators
from geoplan.read.raw import FileFacts, RawLayer, inspect_file, inspect_layers, read_raw
from geoplan.read.vector import read_features, read_zones

__all__ = [
    "FileFacts",
    "RawLayer",
    "fields_by_meaning",
    "inspect_file",
    "inspect_layers",
    "meaning_of",
    "read_facilities",
    "read_features",
    "read_indicators",
    "read_raw",
    "read_zones",
]

"""Handing a plan over: its zones, facilities, network and findings in the formats other programs read.

`export_bytes` and `write_export` take an opened plan (`workflow.PlanView`); `EXPORT_FORMATS` names the formats.
"""

from geoplan.output.export.document import export_document
from geoplan.output.export.exporting import export_bytes, write_export
from geoplan.output.export.formats import EXPORT_FORMATS, Format, format_for
from geoplan.output.export.names import suggested_name
from geoplan.output.export.values import LAYER_NAMES, LAYERS, Exported, ExportedLayer, Layer, Loss

__all__ = [
    "EXPORT_FORMATS",
    "LAYERS",
    "LAYER_NAMES",
    "Exported",
    "ExportedLayer",
    "Format",
    "Layer",
    "Loss",
    "export_bytes",
    "export_document",
    "format_for",
    "suggested_name",
    "write_export",
]

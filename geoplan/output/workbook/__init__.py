"""A plan as an Excel workbook: overview, zones, groups, facilities, network, findings, indicators, sources, method."""

from geoplan.output.workbook.book import Workbook, workbook_bytes, write_workbook

__all__ = ["Workbook", "workbook_bytes", "write_workbook"]

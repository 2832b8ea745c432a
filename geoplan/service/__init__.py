"""Service coverage: the share of each zone within a straight-line distance of the facilities of a category.

A screening, not a walk: the covered ground is a disc around every facility on the ellipsoid, whatever roads there
are. It is bounded from both sides by how well the facilities' places are known. See docs/service.md.
"""

from geoplan.service.calculation import MAX_RADIUS_M, known_categories, radii_for, service_coverage
from geoplan.service.values import LIVING_CIRCLES, SCREENING, ServiceCoverage, UncoveredPiece, ZoneService

__all__ = [
    "LIVING_CIRCLES",
    "MAX_RADIUS_M",
    "SCREENING",
    "ServiceCoverage",
    "UncoveredPiece",
    "ZoneService",
    "known_categories",
    "radii_for",
    "service_coverage",
]

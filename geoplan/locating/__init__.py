"""Which zones points lie in, for any number of points: a grid that answers most, exact geometry for the rest.

docs/service.md says how and why that is exact.
"""

from __future__ import annotations

from geoplan.locating.index import SEVERAL, Located, ZoneIndex
from geoplan.locating.nearest import NearestPoints

__all__ = ["SEVERAL", "Located", "NearestPoints", "ZoneIndex"]

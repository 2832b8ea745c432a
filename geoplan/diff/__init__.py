"""What changed between two sets of zones: an algebra of differences, and the comparison people read.

`between`, `invert` and `apply` work on values alone; `compare` adds areas, totals, findings and facilities.
See docs/diff.md.
"""

from geoplan.diff.algebra import ChangeKind, Diff, ZoneChange, apply, between, invert
from geoplan.diff.comparison import Comparison, Version, compare
from geoplan.diff.zoneset import Zone, ZoneSet

__all__ = [
    "ChangeKind",
    "Comparison",
    "Diff",
    "Version",
    "Zone",
    "ZoneChange",
    "ZoneSet",
    "apply",
    "between",
    "compare",
    "invert",
]

"""What a file's coordinates are: every reading of the numbers held against the plan, a decision and its reasons."""

from geoplan.crs_verdict.decision import apply, decide
from geoplan.crs_verdict.site import Site

__all__ = ["Site", "apply", "decide"]

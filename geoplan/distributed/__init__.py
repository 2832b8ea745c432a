"""Checks and measurements spread over several workers, with the result of one machine; docs/distributed.md says how."""

from __future__ import annotations

from geoplan.distributed.spreading import Spreading

__all__ = ["Spreading"]

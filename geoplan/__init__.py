"""geoplan: zone layouts held against what was published about them.

The public names below are loaded on first use, so that `import geoplan` and the command line start
at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geoplan.api import check, measure
    from geoplan.errors import GeoplanError
    from geoplan.plan import Plan, load_plan
    from geoplan.read import read_zones
    from geoplan.result import CheckResult, Measurement
    from geoplan.types import AreaMethod, Finding, Severity, Text, Tolerance
    from geoplan.zones import ZoneLayer

_HOMES = {
    "AreaMethod": "geoplan.types",
    "CheckResult": "geoplan.result",
    "Finding": "geoplan.types",
    "GeoplanError": "geoplan.errors",
    "Measurement": "geoplan.result",
    "Plan": "geoplan.plan",
    "Severity": "geoplan.types",
    "Text": "geoplan.types",
    "Tolerance": "geoplan.types",
    "ZoneLayer": "geoplan.zones",
    "check": "geoplan.api",
    "load_plan": "geoplan.plan",
    "measure": "geoplan.api",
    "read_zones": "geoplan.read",
}

__all__ = [
    "AreaMethod",
    "CheckResult",
    "Finding",
    "GeoplanError",
    "Measurement",
    "Plan",
    "Severity",
    "Text",
    "Tolerance",
    "ZoneLayer",
    "check",
    "load_plan",
    "measure",
    "read_zones",
]


def __getattr__(name: str) -> object:
    """Import a public name on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'geoplan' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__

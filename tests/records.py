"""Records of revisions made by hand, for tests of what is told of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geoplan.revisions import History
from geoplan.store import Revision
from tests.helpers import make_plan

HASHES = {"a": "0" * 64, "b": "1" * 64}


def revision(number: int = 1, **changes: Any) -> Revision:
    """Return a revision of two zones, 1.5 km² in all, published by Li on 5 July 2024."""
    made = Revision(
        plan="valley",
        number=number,
        parent=number - 1 or None,
        parent_hash="p" * 64,
        hash=f"{number:064x}",
        time="2024-07-05T08:30:00+08:00",
        author="Li",
        message="Survey of July",
        source_path="/srv/li/secret folder/zones.gpkg",
        source_sha256="abcdef0123456789" * 4,
        source_crs="EPSG:4548",
        source_operation="same datum",
        decision={"verdict": "declared"},
        zone_hashes=HASHES,
        total_m2=1_500_000.0,
        passed=True,
        plan_toml_sha256="t" * 64,
        tool_version="0.1.0",
        crs="EPSG:4548",
    )
    return replace(made, **changes)


def history(*revisions: Revision) -> History:
    return History(make_plan(), "store.gpkg", revisions)

"""What a file handed over is called."""

from __future__ import annotations

from geoplan.output.escape import for_file_name


def suggested_name(plan: str, revision: int | None, suffix: str, layer: str | None = None) -> str:
    """Return a file name for a plan's export, such as "valley_r3_zones.geojson", that every system accepts.

    No character that cannot be seen, none that Windows reserves, no device's name, at most 120 bytes before
    `suffix` (which begins with a dot).
    """
    parts = [plan, f"r{revision}" if revision is not None else "", layer or ""]
    return for_file_name("_".join(part for part in parts if part), fallback="plan", limit=120) + suffix

"""A plan folder with many zones of many vertices, from a seed: what the app must stay usable with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 40, 50
PER_SIDE = 50  # vertices: 4 sides of 50 in 2,000 zones are 400,000
_WEST, _SOUTH, _PITCH = 117.0, 31.7, 0.004  # degrees
_BEND = 0.05  # of a pitch: how far a side bends from its chord
_PLAN = """format = 1
id = "{name}"
name = {{ en = "A plan of many zones", zh = "多分区规划" }}
status = "indicative"
[layers]
zones = "zones.geojson"
"""


def write_detailed_plan(folder: Path, rows: int = ROWS, columns: int = COLUMNS, per_side: int = PER_SIDE) -> Path:
    """Write a plan of `rows` × `columns` zones p0, p1, … of 4 · `per_side` vertices each, and return its folder.

    Neighbours share every vertex of their common side, so the zones are a coverage without gap or overlap.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text(_PLAN.format(name=folder.name), encoding="utf-8")
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"p{place}", "name_en": f"Parcel {place}", "name_zh": f"地块 {place}"},
            "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        }
        for place, ring in enumerate(detailed_rings(rows, columns, per_side).tolist())
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    (folder / "zones.geojson").write_text(content, encoding="utf-8")
    return folder


def detailed_rings(rows: int, columns: int, per_side: int, seed: int = 4) -> NDArray[np.float64]:
    """Return open rings in lon, lat, row by row from the south-west, shape (rows · columns, 4 · per_side, 2)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : rows + 1, 0 : columns + 1] * _PITCH
    corners = np.stack([x + _WEST, y + _SOUTH], axis=-1)
    corners += rng.uniform(-0.1, 0.1, corners.shape) * _PITCH
    east = _sides(rng, corners[:, :-1], corners[:, 1:], per_side)
    north = _sides(rng, corners[:-1], corners[1:], per_side)
    parts = [east[:-1], north[:, 1:], _turned(east[1:], corners[1:, 1:]), _turned(north[:, :-1], corners[1:, :-1])]
    rings = np.concatenate(parts, axis=2).reshape(rows * columns, 4 * per_side, 2)
    return np.asarray(np.round(rings, 8))


def _sides(
    rng: np.random.Generator, start: NDArray[np.float64], end: NDArray[np.float64], per_side: int
) -> NDArray[np.float64]:
    """Return lines from start to end without the end, bent by waves of random height."""
    share = np.arange(per_side)[:, None] / per_side
    lines = start[:, :, None] * (1.0 - share) + end[:, :, None] * share
    across = np.stack([-(end - start)[..., 1], (end - start)[..., 0]], axis=-1)
    bend = np.zeros((*start.shape[:2], per_side))
    for waves in (1, 2, 5, 11):
        height = rng.uniform(-_BEND, _BEND, (*start.shape[:2], 1)) / waves
        bend += height * np.sin(np.pi * waves * share[:, 0])
    return np.asarray(lines + across[:, :, None] * bend[..., None])


def _turned(lines: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return lines the other way round: from `end`, without their start."""
    return np.concatenate([end[:, :, None], lines[:, :, :0:-1]], axis=2)

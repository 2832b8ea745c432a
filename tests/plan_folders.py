"""Small plan folders on disk, for tests of what is shown of a plan: squares near Hefei, named as the test likes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

# A square of 0.01° × 0.01° near Hefei is some 946 m × 1109 m.
WEST, SOUTH, SIDE = 117.1, 31.8, 0.01

HOSTILE = (
    "${alert(1)}",
    "`+alert(2)+`",
    "</script><script>alert(3)</script>",
    '<img src=x onerror="alert(4)">',
    "{{ 7*7 }}{% raw %}",
    "{{ 'x' }} __DATA__ map_div",
    "\\x3cimg src=x onerror=alert(5)\\x3e",
)


def square_ring(place: int) -> list[list[float]]:
    """Return the ring of the square at this place in a row of squares that touch each other."""
    west = WEST + place * SIDE
    east, north = west + SIDE, SOUTH + SIDE
    return [[west, SOUTH], [east, SOUTH], [east, north], [west, north], [west, SOUTH]]


def write_plan(
    folder: Path,
    names: Sequence[str] = ("First", "Second"),
    *,
    status: str = "indicative",
    boundaries: bool = True,
    facilities: Sequence[str] = (),
    rules: str = "",
) -> Path:
    """Write a plan whose zones z0, z1, … are squares in a row, with a facility f0, f1, … in the middle of each."""
    folder.mkdir(parents=True, exist_ok=True)
    zones = "".join(
        f'[[zones]]\nid = "z{place}"\nname = {{ en = {json.dumps(name)}, zh = {json.dumps(f"区 {name}")} }}\n'
        for place, name in enumerate(names)
    )
    layers = ('zones = "zones.geojson"\n' if boundaries else "") + (
        'facilities = "facilities.geojson"\n' if facilities else ""
    )
    head = f'format = 1\nid = "{folder.name}"\nname = {{ en = "Trial plan", zh = "试验规划" }}\nstatus = "{status}"\n'
    (folder / "plan.toml").write_text(f"{head}[layers]\n{layers}\n{zones}\n{rules}\n", encoding="utf-8")
    if boundaries:
        shapes = [({"id": f"z{place}"}, "Polygon", [square_ring(place)]) for place in range(len(names))]
        write_layer(folder / "zones.geojson", shapes)
    if facilities:
        points = [
            (
                {"id": f"f{place}", "name_en": name, "name_zh": f"点 {name}", "category": "park", "accuracy_m": 150},
                "Point",
                [WEST + (place + 0.5) * SIDE, SOUTH + 0.5 * SIDE],
            )
            for place, name in enumerate(facilities)
        ]
        write_layer(folder / "facilities.geojson", points)
    return folder


def write_layer(path: Path, features: Sequence[tuple[dict[str, object], str, object]]) -> None:
    """Write features (properties, geometry type, coordinates) as GeoJSON."""
    collection = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
            for properties, kind, coordinates in features
        ],
    }
    path.write_text(json.dumps(collection), encoding="utf-8")

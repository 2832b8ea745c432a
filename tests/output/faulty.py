"""A plan in which almost every check finds something: one folder with a fault of each kind, all names in two tongues.

English names have only Latin letters and Chinese ones only Chinese characters, so that a word of the one in the
output of the other is the program's own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from geoplan.workflow import PlanView, open_plan

EAST, NORTH = 518_000.0, 3_521_000.0

PLAN = """
format = 1
id = "f-1"
name = { en = "Faulty plan", zh = "问题规划" }
summary = { en = "A plan with faults.", zh = "有问题的规划。" }
status = "indicative"
[area]
method = "planar"
projected = "EPSG:4548"
[layers]
zones = "z.geojson"
facilities = "f.geojson"
indicators = "i.csv"
boundary = "b.geojson"
[[sources]]
id = "s1"
title = { en = "Survey", zh = "测量" }
publisher = { en = "Bureau", zh = "规划局" }
date = "2024-05-07"
note = { en = "Read twice", zh = "已复核" }
[[categories]]
id = "c1"
name = { en = "Schools", zh = "学校" }
[[groups]]
id = "g1"
name = { en = "Inner", zh = "内圈" }
[[rules]]
check = "area-total"
km2 = 9.0
source = "s1"
published = { en = "nine", zh = "九" }
[[rules]]
check = "area-share"
group = "g1"
min = 0.88
max = 0.9
source = "s1"
[[rules]]
check = "area-declared"
field = "mj"
[[rules]]
check = "area-minimum"
m2 = 500
[[rules]]
check = "zone-count"
count = 3
[[rules]]
check = "extent"
max_distance_km = 5
"""
ZONES = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸")


def _ring(x: float, y: float, width: float, height: float) -> list[list[float]]:
    west, south = EAST + x, NORTH + y
    return [[west, south], [west + width, south], [west + width, south + height], [west, south + height], [west, south]]


def _shapes() -> list[tuple[str, Any]]:
    """Return zones by id: squares of 100 m in a row, and then what is wrong with each."""
    bowtie = [[EAST, NORTH + 500], [EAST + 100, NORTH + 600], [EAST + 100, NORTH + 500], [EAST, NORTH + 600]]
    corner = [*_ring(200, 0, 100, 100)[:2], [EAST + 300, NORTH + 50], *_ring(200, 0, 100, 100)[2:]]
    return [
        ("z0", {"type": "Polygon", "coordinates": [_ring(0, 0, 100, 100)]}),
        ("z1", {"type": "Polygon", "coordinates": [_ring(97, 0, 103, 100)]}),  # over z0 by 3 m
        ("z2", {"type": "Polygon", "coordinates": [corner]}),  # a vertex that z3 has not
        ("z3", {"type": "Polygon", "coordinates": [_ring(300, 0, 100, 100), _ring(340, 40, 20, 20)[::-1]]}),  # a gap
        ("z4", {"type": "Polygon", "coordinates": [[*bowtie, bowtie[0]]]}),
        ("z5", {"type": "MultiPolygon", "coordinates": [[_ring(0, 200, 100, 100)], [_ring(0, 320, 40, 0.5)]]}),  # thin
        ("z0", {"type": "Polygon", "coordinates": [_ring(500, 500, 100, 100)]}),  # z0 once more
        ("z9", {"type": "Polygon", "coordinates": [_ring(700, 0, 100, 100)]}),  # no zone of the plan
        ("z6", None),
        ("z7", {"type": "Point", "coordinates": [EAST, NORTH]}),
        ("z8", {"type": "Polygon", "coordinates": [_ring(90_000, 0, 100, 100)]}),  # far away
    ]


def _save(path: Path, rows: list[tuple[dict[str, Any], Any]], crs: str = "EPSG:4548") -> None:
    features = [{"type": "Feature", "properties": own, "geometry": shape} for own, shape in rows]
    head = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": crs}}, "features": features}
    path.write_text(json.dumps(head), encoding="utf-8")


def faulty(folder: Path) -> PlanView:
    """Write the plan and open it."""
    folder.mkdir(parents=True, exist_ok=True)
    zones = "".join(
        f'[[zones]]\nid = "z{place}"\nname = {{ en = "Zone {"ABCDEFGHIJ"[place]}", zh = "{name}区" }}\n'
        f'groups = ["g1"]\nsource = "s1"\naccuracy_m = 5\nbasis = {{ en = "Stated", zh = "公布" }}\n'
        for place, name in enumerate(ZONES)
        if place != 9
    )
    missing = '[[zones]]\nid = "z10"\nname = { en = "Zone Z", zh = "缺区" }\nawaiting = false\n'
    (folder / "plan.toml").write_text(PLAN + zones + missing, encoding="utf-8")
    _save(folder / "z.geojson", [({"id": key, "mj": 5_000.0}, shape) for key, shape in _shapes()])
    _save(folder / "b.geojson", [({}, {"type": "Polygon", "coordinates": [_ring(-10, 0, 500, 700)]})])
    place = {"category": "c1", "zone": "z0", "source": "s1", "basis": "derived", "accuracy_m": 3}
    places = [
        ({"id": "f0", "name_en": "School A", "name_zh": "甲校"} | place, [117.21, 31.82]),
        ({"id": "f1", "name_en": "School B", "name_zh": "乙校"} | place | {"zone": "q"}, [117.19, 31.812]),
        ({"id": "f2", "name_en": "School C", "name_zh": "丙校"} | place, None),
    ]
    _save(
        folder / "f.geojson",
        [(own, None if at is None else {"type": "Point", "coordinates": at}) for own, at in places],
        "EPSG:4326",
    )
    names = "id,measure,name_en,name_zh,kind,comparison,value,unit_en,unit_zh,date,period,subject_en,subject_zh,source,note_en,note_zh"  # fmt: skip  # noqa: E501
    rows = ["i1,m,Talents,人才,stock,more_than,7,people,人,2024-05,,Park,园区,s1,counted,已清点",
            "i2,m,Talents,人才,increment,exact,3,people,人,2024,2023,Park,园区,s1,,",
            "i3,m,Talents,人才,goal,exact,,people,人,2035,,Park,园区,s1,strong,强"]  # fmt: skip
    (folder / "i.csv").write_text("\n".join([names, *rows]) + "\n", encoding="utf-8")
    return open_plan(folder)

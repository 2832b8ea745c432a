"""`geoplan new`: a commented plan.toml that checks clean once polygons are dropped in."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from geoplan.errors import UsageError
from geoplan.plan.fields import MAX_TEXT
from geoplan.plan.load import PLAN_FILE
from geoplan.types import Text

TEMPLATE = """\
# A plan for geoplan. Every line that starts with "#" is a comment; docs/plan.md explains all keys.
format = 1
id = {id}
name = {{ en = {name}, zh = {name_zh} }}
status = "draft"                  # official | indicative | draft: shown wherever the boundaries appear

# Put the polygons into this folder as zones.gpkg, zones.geojson, zones.shp (with its .dbf, .shx, .prj),
# zones.fgb, zones.parquet, zones.kml or zones.zip. To use another name, say it here:
# [layers]
# zones = "boundaries_2026.gpkg"
# facilities = "facilities.geojson"   # points with id, name_en, name_zh, category, zone
# boundary = "site.geojson"           # the site: what of it no zone covers is a gap

# How areas are measured. Without `projected` the usual system of the place is taken
# (China: CGCS2000 3-degree Gauss-Krüger; elsewhere UTM).
[area]
method = "ellipsoidal"            # ellipsoidal (land survey) | geodesic | planar
# projected = "EPSG:4548"

# Overlaps and gaps count when they are larger AND wider than this.
[tolerance]
area_m2 = 1.0
width_m = 0.01

# Where the published figures come from.
# [[sources]]
# id = "notice-2026"
# title = "Notice on the zone layout"
# publisher = "Planning bureau"
# date = "2026-05"

# The zones the plan declares. With these, a missing, unknown or doubled zone is found.
# A feature is matched by id, name or alias, in either language.
# [[zones]]
# id = "core"
# name = {{ en = "Core Area", zh = "核心区" }}
# aliases = ["Zone A"]
# groups = ["high-tech-zone"]
# published_km2 = 2.35
# source = "notice-2026"

# [[groups]]
# id = "high-tech-zone"
# name = {{ en = "High-tech zone", zh = "高新区" }}

# What was published, as rules that must hold.
# [[rules]]
# check = "area-total"
# km2 = 8.22
# tolerance_km2 = 0.005
# source = "notice-2026"

# [[rules]]
# check = "area-share"
# group = "high-tech-zone"
# min = 0.88
# max = 0.90
# source = "notice-2026"

# [[rules]]
# check = "zone-count"
# count = 4

# A finding that is right as it is: its id stands in the report. It lapses when the geometry changes.
# [[accepted]]
# finding = "gap-0123456789ab"
# reason = "the lake belongs to no zone"
# author = "your name"
# expires = 2027-12-31
"""


def write_plan(folder: Path, *, name: str | None = None, name_zh: str | None = None) -> Path:
    """Write plan.toml into `folder`, made if need be, and return its path.

    Raises UsageError when there already is one or the folder cannot be written.
    """
    path = folder / PLAN_FILE
    own_name = Path(os.path.normpath(folder.absolute())).name  # resolve() stumbles over a link that leads to itself
    title = name or own_name
    content = TEMPLATE.format(
        id=json.dumps(_slug(own_name)),
        name=_toml_text(title),
        name_zh=_toml_text(name_zh or title),
    )
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True)
        stream = path.open("x", encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        if isinstance(error, FileExistsError) and os.path.lexists(path):
            raise UsageError(
                Text("there is already a plan, and it stays as it is.", "已有规划，未作改动。"),
                where=str(path),
                hint=Text("Choose another folder.", "请选择其他文件夹。"),
            ) from None
        raise _unwritable(folder, error) from None
    try:
        with stream:
            stream.write(content)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(folder, error) from None
    return path


def _unwritable(folder: Path, error: OSError | ValueError) -> UsageError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return UsageError(
        Text(f"the folder cannot be written ({reason}).", f"文件夹无法写入（{reason}）。"),
        where=str(folder),
        hint=Text("Choose another folder.", "请选择其他文件夹。"),
    )


def _slug(name: str) -> str:
    """Return an id made of the letters and digits of a folder name; "plan" when it has none."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:64].rstrip("-") or "plan"


def _toml_text(text: str) -> str:
    """Return a TOML basic string: JSON's escapes are TOML's, apart from DEL and lone surrogates."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return json.dumps(" ".join(shown.split())[:MAX_TEXT] or "plan", ensure_ascii=False)

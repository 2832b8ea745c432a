"""Finding and loading plans: a plan folder or id → a validated `Plan`."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from geoplan.errors import Mistake, PlanError, UsageError
from geoplan.plan.mistakes import reference_mistakes, validation_mistakes
from geoplan.plan.model import Plan
from geoplan.plan.wording import toml_text
from geoplan.types import Text

PLAN_FILE = "plan.toml"
MAX_PLAN_BYTES = 4_000_000  # a plan is written by hand; more than this is not one
# A key of fifty parts: tomllib takes quadratic time over long ones, so a file of few bytes could keep it busy.
_ENDLESS_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){50}""")
# Python reads such a number, yet refuses to write it, and pydantic stumbles over that.
_ENDLESS_NUMBER = re.compile(r"\b0[xob][0-9A-Fa-f_]{3000}")
LAYER_SUFFIXES = (".gpkg", ".geojson", ".fgb", ".parquet", ".shp", ".zip", ".kml", ".json")


def data_folder() -> Path:
    """Return the folder of plans: GEOPLAN_DATA, else geodata/ here, else geodata/ beside the package."""
    configured = os.environ.get("GEOPLAN_DATA")
    if configured:
        return Path(configured)
    here = Path.cwd() / "geodata"
    return here if here.is_dir() else Path(__file__).resolve().parents[2] / "geodata"


def find_plan(name: str | Path) -> Path:
    """Return the folder of a plan given as a folder, as its plan.toml, or as the id of a plan in the data folder.

    Raises UsageError when there is none, listing the ids there are.
    """
    path = Path(name)
    if path.name == PLAN_FILE and _is_file(path):
        return path.parent
    if _is_file(path / PLAN_FILE):
        return path
    in_data = data_folder() / path
    if path == Path(path.name) and _is_file(in_data / PLAN_FILE):
        return in_data
    known = ", ".join(plan_ids()) or f"none in {data_folder()}"
    raise UsageError(
        Text(f'there is no plan "{name}".', f"没有规划“{name}”。"),
        hint=Text(
            f"Give a folder that holds {PLAN_FILE}, or one of: {known}.",
            f"请给出含有 {PLAN_FILE} 的文件夹，或以下之一：{known}。",
        ),
    )


def _is_file(path: Path) -> bool:
    """Return whether a path is a file; no for a name no file can have, or a folder that cannot be entered."""
    try:
        return path.is_file()
    except OSError:
        return False


def plan_ids() -> tuple[str, ...]:
    """Return the names of the plan folders in the data folder, sorted."""
    folder = data_folder()
    try:
        return tuple(sorted(entry.name for entry in folder.iterdir() if _is_file(entry / PLAN_FILE)))
    except OSError:  # no such folder, or one that must not be read
        return ()


def load_plan(name: str | Path) -> Plan:
    """Return the plan in a folder or of an id in the data folder.

    Raises UsageError when there is no such plan, and PlanError with every mistake in plan.toml at once.
    """
    folder = find_plan(name)
    raw = _document(folder / PLAN_FILE)
    mistakes = reference_mistakes(raw)
    try:
        plan = Plan.model_validate(raw)
    except ValidationError as error:
        raise PlanError(str(folder / PLAN_FILE), (*validation_mistakes(error, raw), *mistakes)) from None
    mistakes += _missing_files(plan, folder)
    if mistakes:
        raise PlanError(str(folder / PLAN_FILE), tuple(mistakes))
    plan._folder = folder
    return plan


def layer_path(plan: Plan, layer: str) -> Path | None:
    """Return the path of a plan's layer ("zones", "facilities", …), or None when it has none.

    Zones need not be named in plan.toml: a single file called zones.gpkg, zones.geojson, … in the
    folder is taken. Raises UsageError when several would do.
    """
    named: str | None = getattr(plan.layers, layer)
    if named is not None:
        return plan.folder / named
    if layer != "zones":
        return None
    found = [path for suffix in LAYER_SUFFIXES if (path := plan.folder / f"zones{suffix}").is_file()]
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise UsageError(
            Text(f"several files could be the zones: {names}.", f"有多个可能的分区文件：{names}。"),
            where=str(plan.folder),
            hint=Text('Name one in plan.toml: [layers] zones = "…".', "请在 plan.toml 的 [layers] zones 中指定一个。"),
        )
    return found[0] if found else None


def _document(path: Path) -> Mapping[str, Any]:
    def refuse(message: Text, found: str = "") -> PlanError:
        return PlanError(str(path), (Mistake("plan.toml", message, found),))

    try:
        if path.stat().st_size > MAX_PLAN_BYTES:
            raise refuse(Text(f"is larger than {MAX_PLAN_BYTES:,} bytes", f"超过 {MAX_PLAN_BYTES:,} 字节"))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte, at = f"{error.object[error.start]:#04x}", error.start
        raise refuse(
            Text(
                f"is not UTF-8 text (byte {byte} at {at}); save it as UTF-8",
                f"不是 UTF-8 文本（位置 {at} 的字节为 {byte}）；请另存为 UTF-8",
            )
        ) from None
    except OSError as error:
        raise refuse(Text("cannot be read", "无法读取"), str(error.strerror)) from None
    try:
        if _ENDLESS_KEY.search(text):
            raise refuse(Text("holds a key of fifty parts or more", "含有五十段以上的键"))
        if _ENDLESS_NUMBER.search(text):
            raise refuse(Text("holds a number of thousands of digits", "含有数千位的数字"))
        return tomllib.loads(text.replace("\r\n", "\n"))
    except RecursionError:
        raise refuse(Text("is nested too deeply", "嵌套过深")) from None
    except ValueError as error:  # TOMLDecodeError, and integers of thousands of digits
        raise refuse(toml_text(error)) from None


def _missing_files(plan: Plan, folder: Path) -> list[Mistake]:
    """Return a mistake for each layer that is not there, or that a link leads out of the plan folder."""
    root = folder.resolve()
    mistakes = []
    for layer in type(plan.layers).model_fields:
        name = getattr(plan.layers, layer)
        if name is None:
            continue
        if not _is_file(root / name):
            said = Text("there is no such file in the plan folder", "规划文件夹中没有该文件")
        elif not (root / name).resolve().is_relative_to(root):
            said = Text("leads out of the plan folder", "指向规划文件夹之外")
        else:
            continue
        mistakes.append(Mistake(f"layers.{layer}", said, repr(name)))
    return mistakes

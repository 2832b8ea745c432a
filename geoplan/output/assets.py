"""The files a map needs in a browser, found in installed packages: nothing is fetched, copied or committed."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from geoplan.errors import InputError
from geoplan.types import Text

LEAFLET_PACKAGE = "xstatic.pkg.leaflet"
LEAFLET_SCRIPT = "leaflet.js"
LEAFLET_STYLE = "leaflet.css"


@dataclass(frozen=True, slots=True)
class AssetLinks:
    """Where a page finds its scripts and styles: addresses relative to the page, or absolute."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]


def leaflet_folder() -> Path:
    """Return the folder of the installed Leaflet (its script, style and images).

    Raises InputError, saying what to install, when the package or its files are missing.
    """
    try:
        spec = importlib.util.find_spec(LEAFLET_PACKAGE)
    except ModuleNotFoundError:
        spec = None
    folder = Path(spec.origin).parent / "data" if spec is not None and spec.origin else Path()
    if not all((folder / name).is_file() for name in (LEAFLET_SCRIPT, LEAFLET_STYLE)):
        raise InputError(
            Text("the map's script library Leaflet is not installed.", "地图脚本库 Leaflet 未安装。"),
            where=LEAFLET_PACKAGE,
            hint=Text("Install the project's requirements: make env.", "请安装项目依赖：make env。"),
        )
    return folder


def leaflet_links(base: str) -> AssetLinks:
    """Return the links to a Leaflet that is served under `base` (no slash at its end)."""
    return AssetLinks((f"{base}/{LEAFLET_SCRIPT}",), (f"{base}/{LEAFLET_STYLE}",))

"""The files a map needs in a browser, found in installed packages: nothing is fetched, copied or committed."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from geoplan.errors import InputError
from geoplan.types import Text


@dataclass(frozen=True, slots=True)
class AssetLinks:
    """Where a page finds its scripts and styles: addresses relative to the page, or absolute."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """A library of the browser: the installed package, the folder of its files in it, its scripts and styles."""

    package: str
    folder: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...]


# By their names in links, in the order they are loaded. Of the packages nothing but the files is used.
LIBRARIES: Mapping[str, Library] = MappingProxyType(
    {
        "leaflet": Library("xstatic.pkg.leaflet", "data", ("leaflet.js",), ("leaflet.css",)),
        "markercluster": Library(
            "xstatic.pkg.leaflet_markercluster", "data", ("leaflet.markercluster.js",), ("MarkerCluster.css",)
        ),
    }
)


def asset_folder(name: str) -> Path:
    """Return the folder of an installed library of `LIBRARIES`.

    Raises InputError, saying what to install, when the package or its files are missing.
    """
    library = LIBRARIES[name]
    try:
        spec = importlib.util.find_spec(library.package)
    except ModuleNotFoundError:
        spec = None
    folder = Path(spec.origin).parent / library.folder if spec is not None and spec.origin else Path()
    if not all((folder / file).is_file() for file in (*library.scripts, *library.styles)):
        raise InputError(
            Text(f"the map's script library {name} is not installed.", f"地图脚本库 {name} 未安装。"),
            where=library.package,
            hint=Text("Install the project's requirements: make env.", "请安装项目依赖：make env。"),
        )
    return folder

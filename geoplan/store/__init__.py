"""Stores of revisions: one GeoPackage file by default, PostGIS for a team."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import cast

from geoplan.errors import StoreError, UsageError
from geoplan.plan import data_folder
from geoplan.store.base import WAIT_S, Draft, KeptDraft, Patience, Problem, Revision, SourceFile, Store
from geoplan.store.copying import copy_history
from geoplan.store.gpkg import GeoPackageStore
from geoplan.types import Text

STORE_FILE = "geoplan.gpkg"
_DATABASE = ("postgresql://", "postgres://")


def open_store(address: str | Path | None = None) -> Store:
    """Return the store at an address: a `postgresql://` URL, or the path of a GeoPackage.

    Without an address GEOPLAN_STORE says which, else it is geoplan.gpkg in the data folder. Nothing is
    made or connected to before the first use. Raises StoreError when the driver for PostgreSQL is not
    installed, UsageError for a URL of another kind.
    """
    given = str(address or os.environ.get("GEOPLAN_STORE") or data_folder() / STORE_FILE)
    if given.startswith(_DATABASE):
        return _postgis(given)
    if "://" in given:
        kind = given.split("://", 1)[0]  # the rest may hold a password
        raise UsageError(
            Text(f"there is no store of the kind {kind}://.", f"不支持 {kind}:// 类型的存储。"),
            hint=Text("Give a file name, or postgresql://…", "请给出文件名，或 postgresql://…"),
        )
    return GeoPackageStore(given)


def _postgis(url: str) -> Store:
    try:
        # The driver is an extra that most do without: only an address that needs it asks for it.
        module = importlib.import_module("geoplan.store.postgis")
    except ImportError as error:
        raise StoreError(
            Text("the driver for PostgreSQL is not installed.", "未安装 PostgreSQL 驱动。"),
            where="postgresql://…",
            hint=Text('Run: pip install "geoplan[postgis]"', '请运行：pip install "geoplan[postgis]"'),
        ) from error
    return cast("Store", module.PostgisStore(url))


__all__ = [
    "STORE_FILE",
    "WAIT_S",
    "Draft",
    "KeptDraft",
    "Patience",
    "Problem",
    "Revision",
    "SourceFile",
    "Store",
    "copy_history",
    "open_store",
]

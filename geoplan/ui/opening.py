"""Opening plans for the pages: read once, kept while neither the plan's files nor its store change."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import streamlit as st

from geoplan.current import store_stamp
from geoplan.errors import GeoplanError
from geoplan.facility_counts import FacilityCounts, count_facilities
from geoplan.output.map.kept import Kept
from geoplan.plan import data_folder, load_plan
from geoplan.plan.load import PLAN_FILE
from geoplan.pyramid import FabricSource, FabricView, fabric_source
from geoplan.types import Text
from geoplan.ui.fabrics import is_checked, opened_fabric
from geoplan.workflow import PlanView, open_plan

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]

MAX_VIEWS = 16  # plans and revisions kept open for all sessions together
_COUNTED: Kept[PlanView, FacilityCounts] = Kept(count_facilities, MAX_VIEWS)


def plan_stamp(folder: Path) -> Stamp:
    """Return what tells a changed plan: every file's name, time and size, and the same of its store of revisions."""
    own = tuple(_file_stamp(folder, path) for path in sorted(path for path in folder.rglob("*") if path.is_file()))
    published = store_stamp(folder)
    return (*own, published) if published is not None else own


def opened_view(name: str, stamp: Stamp, revision: int | None = None) -> PlanView:
    """Return a plan of the data folder with its layers and checks, of a `revision` or as it is now.

    One with more zones than a page can hold is opened as a `FabricView`; raises NotPreparedError until that can be.
    Other errors as for `workflow.open_plan`.
    """
    folder = str(data_folder() / name)
    source = _fabric_source(folder, stamp, revision)
    if source is not None:
        return _fabric_view(folder, stamp, revision, is_checked(source), source)
    return _view(folder, stamp, revision)


def counted(view: PlanView) -> FacilityCounts | None:
    """Return which facilities lie in which zone of an opened plan, counted once for it.

    None without boundaries, and for a fabric, whose zones are asked one by one.
    """
    if view.layer is None or view.result.measurement is None or isinstance(view, FabricView):
        return None
    return _COUNTED(view)


def plan_name(name: str) -> Text:
    """Return what a plan of the data folder calls itself; its id when it cannot be read (its page says why)."""
    folder = data_folder() / name
    # Only plan.toml says it: all the other plans' files and stores are not asked at every run for the top bar.
    try:
        return _plan_name(str(folder), _file_stamp(folder, folder / PLAN_FILE))
    except FileNotFoundError:  # taken away since the list of plans was made
        return Text.same(name)


def _file_stamp(folder: Path, path: Path) -> tuple[str, int, int]:
    found = path.stat()
    return str(path.relative_to(folder)), found.st_mtime_ns, found.st_size


@st.cache_resource(max_entries=MAX_VIEWS, show_spinner=False)
def _view(folder: str, stamp: Stamp, revision: int | None) -> PlanView:  # noqa: ARG001 - a changed file is read anew
    return open_plan(folder, revision=revision)


@st.cache_resource(max_entries=MAX_VIEWS, show_spinner=False)
def _fabric_source(folder: str, stamp: Stamp, revision: int | None) -> FabricSource | None:  # noqa: ARG001 - the key
    return fabric_source(load_plan(folder), revision)


@st.cache_resource(max_entries=MAX_VIEWS, show_spinner=False)
def _fabric_view(
    folder: str, stamp: Stamp, revision: int | None, checked: bool, _source: FabricSource  # noqa: ARG001 - the key
) -> FabricView:  # fmt: skip
    return opened_fabric(_source)


@st.cache_resource(max_entries=64, show_spinner=False)
def _plan_name(folder: str, stamp: tuple[str, int, int]) -> Text:  # noqa: ARG001 - the stamp is the key
    try:
        return load_plan(folder).name
    except GeoplanError:
        return Text.same(Path(folder).name)

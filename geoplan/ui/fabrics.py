"""Fabrics for the pages: opened where they are prepared, prepared by a process of their own where they are not."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import geoplan.types
from geoplan.errors import GeoplanError, InputError
from geoplan.pyramid import FabricSource, FabricView, check_path, fabric_folder, fabric_view
from geoplan.pyramid.cache import read_json
from geoplan.pyramid.job import status_path
from geoplan.types import Text
from geoplan.ui.parcel_routes import SERVED

STEPS = {"read": 0.0, "parcels": 0.15, "tiles": 0.35, "checks": 1.0}  # where each begins in the whole
_ENDED = Text("preparing the zones ended unexpectedly.", "准备分区时意外终止。")
_HINT = Text(
    "Prepare it by hand to see why: geoplan prepare PLAN.",
    "请手动运行以查看原因：geoplan prepare PLAN。",
)


class NotPreparedError(GeoplanError):
    """A plan's zones are too many to send and are not prepared yet; `source` says what to wait for."""

    def __init__(self, source: FabricSource) -> None:
        self.source = source
        super().__init__(Text("its zones are being prepared.", "正在准备分区。"), where=source.plan.id)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far preparing is: the step by name, and the whole from 0 to 1."""

    step: str
    done: float


_RUNNING: dict[str, subprocess.Popen[bytes]] = {}
_FAILED: dict[str, InputError] = {}
_LOCK = threading.Lock()


def opened_fabric(source: FabricSource) -> FabricView:
    """Return the view of a fabric; raises NotPreparedError while there is none."""
    view = fabric_view(source)
    if view is None:
        raise NotPreparedError(source)
    SERVED.add(view.fabric)
    return view


def is_checked(source: FabricSource) -> bool:
    """Return whether the outcome of a fabric's checks is there."""
    return check_path(source).is_file()


def is_prepared(source: FabricSource) -> bool:
    """Return whether a fabric's map can be shown."""
    return fabric_folder(source).is_dir()


def pursue(source: FabricSource) -> Progress:
    """See to it that a fabric is being prepared and checked, and return how far it is.

    Another process that is at it already is waited for. Raises InputError for what it failed on, until `retry`.
    """
    status = status_path(source)
    with _LOCK:
        if source.key in _FAILED:
            raise _FAILED[source.key]
        running = _RUNNING.get(source.key)
        if running is None:
            status.unlink(missing_ok=True)
            _RUNNING[source.key] = _started(source)
        elif running.poll() is not None:
            del _RUNNING[source.key]
            if running.returncode:
                _FAILED[source.key] = _failure(read_json(status), source)
                raise _FAILED[source.key]
    told = read_json(status)
    step = told.get("step") if isinstance(told, dict) else None
    if step not in STEPS:
        return Progress("read", 0.0)
    ends = [*list(STEPS.values())[1:], 1.0]
    begin, end = STEPS[step], ends[list(STEPS).index(step)]
    return Progress(step, begin + (end - begin) * float(told["done"]))


def retry(source: FabricSource) -> None:
    """Forget what preparing a fabric failed on, so that it is tried again: a page was opened anew."""
    with _LOCK:
        _FAILED.pop(source.key, None)


def _started(source: FabricSource) -> subprocess.Popen[bytes]:
    home = str(Path(geoplan.types.__file__).resolve().parents[1])
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    command = [sys.executable, "-m", "geoplan.pyramid", str(source.plan.folder.absolute())]
    command += [] if source.revision is None else [str(source.revision)]
    with fabric_folder(source).with_suffix(".log").open("wb") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )


def _failure(told: object, source: FabricSource) -> InputError:
    error = told.get("error") if isinstance(told, dict) else None
    if not isinstance(error, dict):
        return InputError(_ENDED, where=source.plan.id, hint=_HINT)
    hint = error["hint"]
    return InputError(Text(*error["message"]), where=error["where"], hint=None if hint is None else Text(*hint))

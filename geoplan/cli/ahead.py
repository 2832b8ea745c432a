"""Reading the file that a command is about while the rest of geoplan is loaded: both take about as long.

What is begun here is only a guess from the arguments; whoever needs another file, or another layer of it, reads it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from pathlib import Path
from threading import Thread

from geoplan.cli.options import is_plan
from geoplan.errors import GeoplanError
from geoplan.read import read_zones
from geoplan.read.raw import RawLayer, read_layer
from geoplan.read.vector import layer_of, require_zones
from geoplan.zones import ZoneLayer

_FEWEST_BYTES = 1_000_000  # of a file that is worth a thread
_SWITCH_SECONDS = 0.0001  # a thread that is between two array functions waits so long for one that loads modules


class Reading:
    """A layer that is being read by a thread of its own."""

    def __init__(self, path: str, layer: str | None) -> None:
        """Begin to read."""
        self.path, self.layer = path, layer
        self._raw: Future[RawLayer] = Future()
        self._usual = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)
        # It does not hold up the end of a process that has no use for it.
        Thread(target=self._read, name="reading ahead", daemon=True).start()

    def zones(self, path: str | Path, *, layer: str | None, crs: str | None) -> ZoneLayer:
        """Return what `read_zones` would, not at once, and raise what it would; what was not begun is read now."""
        sys.setswitchinterval(self._usual)
        if (str(path), layer) == (self.path, self.layer):
            with suppress(CancelledError):  # by an error nobody expects: it will come again
                return require_zones(layer_of(self._raw.result(), crs))
        return read_zones(path, layer=layer, crs=crs, at_once=False)

    def _read(self) -> None:
        try:
            self._raw.set_result(
                read_layer(Path(self.path), layer=self.layer, encoding=None, polygons=True, at_once=False)
            )
        except GeoplanError as error:
            self._raw.set_exception(error)
        except RuntimeError:
            return  # the process ends and starts no more threads
        finally:
            self._raw.cancel()


def begin(arguments: Sequence[str]) -> Reading | None:
    """Return the reading of the file that the arguments of a command seem to be about, None where that is not clear."""
    target = arguments[0] if arguments else ""
    if _option("--engine", arguments) not in (None, "local") or not _is_large_file(target):
        return None
    return Reading(target, _option("--layer", arguments))


def _is_large_file(target: str) -> bool:
    with suppress(OSError, ValueError, GeoplanError):
        return not is_plan(target) and Path(target).is_file() and Path(target).stat().st_size >= _FEWEST_BYTES
    return False


def _option(name: str, arguments: Sequence[str]) -> str | None:
    """Return what is given for an option, as `name value` or `name=value`."""
    for place, argument in enumerate(arguments):
        if argument == name and place + 1 < len(arguments):
            return arguments[place + 1]
        if argument.startswith(f"{name}="):
            return argument.removeprefix(f"{name}=")
    return None

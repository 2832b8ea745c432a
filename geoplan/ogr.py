"""pyogrio, loaded without the tables it only asks after: `from geoplan.ogr import pyogrio`.

pyogrio imports pandas, geopandas and pyarrow whenever they are installed, to see their versions, and that takes
several times as long as everything a check needs. While it is imported, a stand-in answers for each of them
that is not loaded yet; afterwards they are imported as ever by whoever asks for them, pyogrio included.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_ASKED_AFTER = ("pandas", "geopandas", "pyarrow")


class _StandIn(ModuleType):
    """A module that knows its version; whatever else it is asked for, by another thread, it loads the real one."""

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return version(self.__name__)
        if name.startswith("__") and name != "__path__":  # where its submodules are
            raise AttributeError(name)  # the import system looking at what it was given
        _remove(self)
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def _stand_ins() -> Iterator[None]:
    """Let stand-ins answer for the packages that are installed but not loaded."""
    placed = [_StandIn(name) for name in _ASKED_AFTER if name not in sys.modules and _installed(name)]
    sys.modules.update({module.__name__: module for module in placed})
    try:
        yield
    finally:
        for module in placed:
            _remove(module)


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None and bool(version(name))
    except (PackageNotFoundError, ValueError):
        return False


def _remove(module: ModuleType) -> None:
    if sys.modules.get(module.__name__) is module:
        del sys.modules[module.__name__]


with _stand_ins():
    import pyogrio
    import pyogrio.errors
    import pyogrio.raw
    import pyogrio.util

__all__ = ["pyogrio"]

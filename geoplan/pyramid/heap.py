"""Memory that is free but still held: given back between two steps, so that the next does not come on top of it."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

from geoplan import memory

_ARROW_POOL = "ARROW_DEFAULT_MEMORY_POOL"


def keep_no_reserve() -> None:
    """Let Arrow, when it is loaded, take memory from the system as it goes: its own way keeps some in reserve."""
    os.environ.setdefault(_ARROW_POOL, "system")


def give_back() -> None:
    """Give back what Python, Arrow and the C heap hold in reserve, where the system has a way to ask for it.

    Arrow keeps what a file was read with (of a city as much as its shapes take), and the heap what a million shapes
    leave behind between those that stay. Nowhere is this needed for a right result.
    """
    gc.collect()
    arrow: Any = sys.modules.get("pyarrow")  # only if something was read by it
    if arrow is not None:
        arrow.default_memory_pool().release_unused()
    memory.give_back()

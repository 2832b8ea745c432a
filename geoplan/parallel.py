"""Work on large arrays by several threads, for functions that let others run meanwhile, as those of GEOS do."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 8192  # entries: enough to be worth a thread's while
MAX_THREADS = 8
_alone = ContextVar("alone", default=False)


def spread(function: Callable[..., NDArray[Any]], *arrays: NDArray[Any], chunk: int = CHUNK) -> NDArray[Any]:
    """Return `function(*arrays)`, an array of one value per entry, computed piece by piece by several threads.

    The arrays are equally long and not empty where threads are worth it; an error in any piece is raised. A `chunk` is
    so many entries as are worth a thread's while.
    """
    count = len(arrays[0])
    threads = min(usable_threads(), count // chunk)
    if threads < 2:
        return function(*arrays)
    begins = range(0, count, chunk)
    with ThreadPoolExecutor(threads) as pool:
        pieces = pool.map(lambda begin: function(*(array[begin : begin + chunk] for array in arrays)), begins)
        return np.concatenate(list(pieces))


def usable_threads() -> int:
    """Return how many threads may work at once here: one per processor, but never more than a few."""
    return 1 if _alone.get() else min(os.cpu_count() or 1, MAX_THREADS)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let no other threads be started meanwhile: of several processes on a machine each has a processor to itself."""
    before = _alone.set(True)
    try:
        yield
    finally:
        _alone.reset(before)


@contextmanager
def uncollected() -> Iterator[None]:
    """Let Python look for no cycles meanwhile: it would look through a million values that stay, over and over."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()

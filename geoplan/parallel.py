"""Work on large arrays by several threads, for functions that let others run meanwhile, as those of GEOS do."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 8192  # entries: enough to be worth a thread's while
MAX_THREADS = 8


def spread(function: Callable[..., NDArray[Any]], *arrays: NDArray[Any]) -> NDArray[Any]:
    """Return `function(*arrays)`, an array of one value per entry, computed piece by piece by several threads.

    The arrays are equally long and not empty where threads are worth it; an error in any piece is raised.
    """
    count = len(arrays[0])
    threads = min(os.cpu_count() or 1, MAX_THREADS, count // CHUNK)
    if threads < 2:
        return function(*arrays)
    begins = range(0, count, CHUNK)
    with ThreadPoolExecutor(threads) as pool:
        pieces = pool.map(lambda begin: function(*(array[begin : begin + CHUNK] for array in arrays)), begins)
        return np.concatenate(list(pieces))


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

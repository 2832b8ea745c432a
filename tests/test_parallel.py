"""Work spread over threads gives what it gives in one piece, in the same order."""

from __future__ import annotations

import gc
import threading

import numpy as np
import pytest
import shapely

from geoplan import parallel
from geoplan.parallel import CHUNK, one_thread, spread, uncollected, usable_threads


@pytest.mark.parametrize("count", [0, 1, CHUNK, 2 * CHUNK, 5 * CHUNK + 17])
def test_the_pieces_come_back_in_order(count: int) -> None:
    one, other = np.arange(count), np.arange(count) % 7
    assert spread(lambda a, b: a * 10 + b, one, other).tolist() == [10 * i + i % 7 for i in range(count)]


def test_more_than_one_thread_works_where_there_are_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel.os, "cpu_count", lambda: 2)
    both = threading.Barrier(2, timeout=10)

    def meet(values: np.ndarray) -> np.ndarray:
        both.wait()  # one thread alone would wait for ever
        return values

    assert len(spread(meet, np.arange(2 * CHUNK))) == 2 * CHUNK


def test_an_error_in_one_piece_is_raised() -> None:
    points = np.full(3 * CHUNK, shapely.Point(0, 0), dtype=object)
    points[-1] = "no geometry"
    with pytest.raises(TypeError):
        spread(shapely.is_valid, points)


def test_cycles_are_collected_again_afterwards_also_after_an_error() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), uncollected():
        _ = 1 // 0
    assert gc.isenabled()


def test_whoever_had_switched_collecting_off_finds_it_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_one_thread_works_where_no_others_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel.os, "cpu_count", lambda: 2)
    here = threading.current_thread()
    with one_thread():
        found = spread(lambda some: np.full(len(some), threading.current_thread() is here), np.arange(4 * CHUNK))
        assert found.all()
        assert usable_threads() == 1
    assert usable_threads() == 2

"""Distinct numbers are those of np.unique, without numpy.ma being loaded for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.fabric import make_fabric
from geoplan.arrays import distinct, objects
from tests.read.files import frame, save


@given(st.lists(st.integers(-3, 3)) | st.lists(st.floats(allow_nan=False)))
def test_distinct_numbers_are_those_of_numpy(values: list[Any]) -> None:
    assert distinct(np.array(values)).tolist() == np.unique(np.array(values)).tolist()


@given(st.lists(st.none() | st.integers() | st.text(max_size=2) | st.lists(st.integers(), max_size=2)))
def test_objects_are_kept_as_they_are_whatever_they_hold(values: list[Any]) -> None:
    for found in (objects(values), objects(iter(values))):
        assert (found.dtype, found.shape) == (np.dtype(object), (len(values),))
        assert all(one is other for one, other in zip(found, values, strict=True))


def test_rows_count_number_by_number() -> None:
    assert distinct(np.array([[3, 1], [1, 2]])).tolist() == [1, 2, 3]


def test_a_check_with_overlaps_and_gaps_loads_no_masked_arrays(tmp_path: Path) -> None:
    shapes = list(make_fabric(1_200, seed=5, overlaps=4, gaps=4).polygons)
    path = save(tmp_path / "parcels.fgb", frame(shapes))
    script = (
        "import sys\n"
        f"sys.argv = ['geoplan', 'check', {str(path)!r}, '--json', '--output', {str(tmp_path / 'out.json')!r}]\n"
        "from geoplan.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    print('numpy.ma' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from geoplan.pyramid.heap import give_back, keep_no_reserve

SCRIPT = """
import re, sys
from pathlib import Path
import shapely
from geoplan.pyramid.heap import give_back

def held():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1)) / 1000

base = held()
shapes = list(shapely.box(*[range(300_000)] * 2, *[range(1, 300_001)] * 2))
kept = shapes[::5_000]  # a few that stay, all over the heap
full = held() - base
del shapes
give_back()
print(full, held() - base)
"""


def test_giving_back_changes_nothing_that_is_in_use() -> None:
    numbers = list(range(1_000))
    give_back()
    assert sum(numbers) == 499_500


@pytest.mark.skipif(sys.platform != "linux", reason="only the GNU C library is asked")
def test_what_a_city_of_shapes_leaves_behind_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True)
    full, after = map(float, done.stdout.split())
    assert full > 100  # MB
    assert after < full / 3


def test_what_the_user_says_of_arrows_memory_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", "mimalloc")
    keep_no_reserve()
    assert os.environ["ARROW_DEFAULT_MEMORY_POOL"] == "mimalloc"
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL")
    keep_no_reserve()
    assert os.environ["ARROW_DEFAULT_MEMORY_POOL"] == "system"

"""What a layer will ask for is held against what there is, before anything is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyogrio
import pytest
import shapely

from benchmarks.fabric import make_fabric
from geoplan import memory, workflow
from geoplan.errors import InputError
from geoplan.memory import free_bytes, require_memory
from geoplan.read import raw, read_zones
from tests.helpers import EAST, NORTH, make_layer, square
from tests.read.files import save


def told(path: Path, text: str) -> Path:
    path.write_text(text, encoding="ascii")
    return path


def test_what_fits_is_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: 10**9)
    require_memory("parcels.gpkg", features=1000, vertices=25_000)


def test_a_layer_of_which_few_shapes_are_made_may_be_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: 2_800_000_000)
    require_memory("parcels.fgb", features=1_000_000, vertices=25_000_000, lazy=True)  # 0.7 + 1.5 + 0.2 GB
    with pytest.raises(InputError, match=r"3\.5 GB of memory"):
        require_memory("parcels.shp", features=1_000_000, vertices=25_000_000)  # 1.3 + 2.0 + 0.2 GB


@pytest.mark.parametrize(
    ("suffix", "at_once", "lazy"), [("fgb", False, True), ("fgb", True, False), ("shp", False, False)]
)
def test_a_file_is_asked_about_as_it_is_going_to_be_read(
    suffix: str, at_once: bool, lazy: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(raw, "require_memory", lambda *_, lazy: asked.append(lazy))
    read_zones(save(tmp_path / f"zones.{suffix}"), at_once=at_once)
    assert asked == [lazy]


def test_what_does_not_fit_is_refused_with_both_figures_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: 1_500_000_000)
    with pytest.raises(InputError) as caught:
        require_memory("parcels.gpkg", features=2_000_000, vertices=50_000_000)
    line = caught.value.line("en")
    assert line.startswith("parcels.gpkg: the layer has 2,000,000 features")
    assert "1.5 GB are free" in line
    assert "district by district" in line
    assert "1.5 GB" in caught.value.line("zh")
    assert caught.value.exit_code == 3


def test_where_the_system_says_nothing_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: None)
    require_memory("parcels.gpkg", features=10**12, vertices=10**13)


def test_memory_that_runs_out_all_the_same_is_one_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(workflow, "run_checks", exhausted)
    with pytest.raises(InputError, match="not enough memory") as caught:
        workflow.check_layer(make_layer([square(EAST, NORTH, 100)]))
    assert caught.value.hint is not None


def test_a_container_leaves_its_limit_less_what_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    told(tmp_path / "memory.max", "5000000\n")
    told(tmp_path / "memory.current", "2000000\n")
    assert free_bytes() == 3_000_000


def test_a_container_without_a_limit_is_as_large_as_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    told(tmp_path / "memory.max", "max\n")
    told(tmp_path / "memory.current", "2000000\n")
    assert free_bytes() == pytest.approx(memory._in_machine(), rel=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="ulimit -v holds on Linux")
def test_a_file_too_large_for_the_limit_ends_in_one_line_and_not_in_a_crash(tmp_path: Path) -> None:
    # A sparse tail makes the file as long as one of 10⁸ vertices, without writing them.
    parcels = save(tmp_path / "parcels.fgb")
    with parcels.open("r+b") as stream:
        stream.truncate(1_600_000_000)
    command = f'ulimit -v 2097152; exec "{sys.executable}" -m geoplan check "{parcels}"'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "GB of memory" in done.stderr


@pytest.fixture(scope="module")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of 20,000 parcels, a hundredth of the two million that 2 GB are too little for."""
    path = tmp_path_factory.mktemp("parcels") / "parcels.fgb"
    shapes = shapely.to_wkb(make_fabric(20_000, seed=5, overlaps=8, gaps=8).polygons)
    pyogrio.raw.write(path, shapes, [], [], driver="FlatGeobuf", geometry_type="Polygon", crs="EPSG:4548")
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="ulimit -v holds on Linux")
@pytest.mark.parametrize("limit_mb", [400, 500, 600, 900])
def test_under_any_limit_a_layer_is_checked_or_refused_in_one_line(limit_mb: int, parcels: Path) -> None:
    # Each thread of a linear algebra library, one per processor, would take addresses of its own.
    check = f'OPENBLAS_NUM_THREADS=1 exec "{sys.executable}" -m geoplan check "{parcels}"'
    command = f"ulimit -v {limit_mb * 1000}; {check}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    told = (done.returncode, done.stderr.count("\n"), "GB of memory" in done.stderr, "overlap" in done.stdout)
    assert told in [(3, 1, True, False), (1, 0, False, True)]
    if limit_mb in (400, 900):
        assert done.returncode == (3 if limit_mb == 400 else 1)

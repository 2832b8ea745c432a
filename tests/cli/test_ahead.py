"""What is read while a command is loaded is what the command asks for; a wrong guess costs time, never a result."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import shapely

from benchmarks.fabric import make_fabric
from geoplan.cli import ahead
from geoplan.errors import InputError, UsageError
from geoplan.read import read_zones
from tests.read.files import frame, save


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file large enough to be read ahead."""
    shapes = make_fabric(3_000, seed=5, overlaps=8, gaps=8).polygons
    path = save(tmp_path_factory.mktemp("large") / "parcels.fgb", frame(list(shapes)))
    assert path.stat().st_size > ahead._FEWEST_BYTES
    return path


@pytest.fixture(autouse=True)
def usual() -> object:
    """Leave the interpreter as it was."""
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


def begun(*arguments: str) -> ahead.Reading:
    reading = ahead.begin(arguments)
    assert reading is not None
    return reading


def test_the_file_named_first_is_read_as_ever(large: Path) -> None:
    before = sys.getswitchinterval()
    found = begun(str(large), "--json").zones(str(large), layer=None, crs=None)
    expected = read_zones(large)
    assert found.source == expected.source
    assert shapely.to_wkb(list(found.geometry)).tolist() == shapely.to_wkb(expected.geometry).tolist()
    assert sys.getswitchinterval() == before


def test_another_system_is_that_of_the_file_as_asked(large: Path) -> None:
    assert begun(str(large)).zones(large, layer=None, crs="EPSG:4549").source.crs == "EPSG:4549"


def test_another_file_or_layer_is_read_when_it_is_asked_for(large: Path, tmp_path: Path) -> None:
    small = save(tmp_path / "small.fgb")
    assert len(begun(str(large)).zones(small, layer=None, crs=None)) == 2
    reading = begun(str(large), "--layer", "no such")
    assert len(reading.zones(large, layer="parcels", crs=None)) > 3_000


@pytest.mark.parametrize("options", [("--layer", "no such"), ("--layer=no such",)])
def test_what_is_wrong_is_told_where_the_zones_are_asked_for(options: tuple[str, ...], large: Path) -> None:
    with pytest.raises(InputError, match="there is no layer"):
        begun(str(large), *options).zones(large, layer="no such", crs=None)
    with pytest.raises(UsageError):
        begun(str(large)).zones(large, layer=None, crs="EPSG:1")


def test_an_error_nobody_expects_comes_when_the_file_is_read_again(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(ahead, "read_layer", stop)
    reading = begun(str(large))
    monkeypatch.undo()
    assert len(reading.zones(large, layer=None, crs=None)) > 3_000


def test_nothing_is_begun_that_is_no_large_file_or_is_for_others_to_read(large: Path, tmp_path: Path) -> None:
    small = str(save(tmp_path / "small.fgb"))
    for arguments in ((), (small,), ("--json", str(large)), (str(tmp_path),), ("a\0b",), ("x" * 5000,)):
        assert ahead.begin(arguments) is None
    assert ahead.begin((str(large), "--engine", "dask")) is None
    assert ahead.begin((str(large), "--engine=dask")) is None
    assert ahead.begin((str(large), "--engine", "local")) is not None


@pytest.mark.parametrize("wrong", [["--bogus"], ["--crs", "EPSG:1"], ["--output", "/no/such/folder/x"]])
def test_a_mistake_ends_in_one_line_while_the_file_is_being_read(wrong: list[str], large: Path) -> None:
    command = [sys.executable, "-m", "geoplan", "check", str(large), *wrong]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "Traceback" not in done.stderr

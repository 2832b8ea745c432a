"""Fabrics as pages have them: opened, prepared by another process, what that failed on said until it is tried again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.fabric import make_fabric
from geoplan.errors import InputError
from geoplan.plan import load_plan
from geoplan.pyramid import MOST_ZONES, FabricSource, check_path, fabric_folder, fabric_source, prepare
from geoplan.pyramid.cache import VARIABLE, write_json
from geoplan.pyramid.job import status_path
from geoplan.ui import fabrics
from geoplan.ui.fabrics import NotPreparedError, is_checked, is_prepared, opened_fabric, pursue, retry
from geoplan.ui.parcel_routes import SERVED
from tests.pyramid.fabrics import write_plan

N = MOST_ZONES + 30
PATIENCE = 60  # seconds


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(tmp_path_factory.mktemp("plans") / "city", make_fabric(N, seed=7).polygons)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    yield
    for process in fabrics._RUNNING.values():
        process.terminate()
        process.wait(timeout=30)
    fabrics._RUNNING.clear()
    fabrics._FAILED.clear()


def sourced(folder: Path) -> FabricSource:
    found = fabric_source(load_plan(folder))
    assert found is not None
    return found


def pursued(source: FabricSource) -> list[fabrics.Progress]:
    """Ask how far it is until the checks are there, and return what was told."""
    told = []
    until = time.monotonic() + PATIENCE
    while not is_checked(source):
        assert time.monotonic() < until
        told.append(pursue(source))
        time.sleep(0.1)
    return told


def test_a_fabric_that_is_not_prepared_says_what_to_wait_for(plan: Path) -> None:
    source = sourced(plan)
    assert not is_prepared(source)
    with pytest.raises(NotPreparedError) as waiting:
        opened_fabric(source)
    assert waiting.value.source is source


def test_it_is_prepared_by_a_process_of_its_own_told_from_beginning_to_end_and_served(plan: Path) -> None:
    source = sourced(plan)
    told = pursued(source)
    assert is_prepared(source)
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert {one.step for one in told} <= set(fabrics.STEPS)
    assert told[0].step == "read"
    view = opened_fabric(source)
    assert len(view.fabric) == source.features
    assert not view.checking
    assert SERVED.get(source.key) is view.fabric


def test_the_process_starts_once_however_often_it_is_asked_for(plan: Path) -> None:
    source = sourced(plan)
    pursue(source)
    (first,) = fabrics._RUNNING.values()
    pursue(source)
    assert list(fabrics._RUNNING.values()) == [first]


def test_a_map_is_shown_while_its_checks_still_run(plan: Path) -> None:
    source = sourced(plan)
    prepare(source)
    check_path(source).unlink()
    assert is_prepared(source)
    assert not is_checked(source)
    assert opened_fabric(source).checking
    assert {one.step for one in pursued(source)} <= {"read", "checks"}


def test_what_preparing_failed_on_is_said_every_time_until_it_is_tried_again(plan: Path, tmp_path: Path) -> None:
    broken = write_plan(tmp_path / "broken", make_fabric(N, seed=8).polygons)
    whole = (broken / "zones.gpkg").read_bytes()
    stamp = (broken / "zones.gpkg").stat()
    source = sourced(broken)
    (broken / "zones.gpkg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError) as refused:
        pursued(source)
    with pytest.raises(InputError) as again:
        pursue(source)
    assert again.value is refused.value
    assert not is_prepared(source)
    (broken / "zones.gpkg").write_bytes(whole)
    os.utime(broken / "zones.gpkg", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    retry(source)
    pursued(source)
    assert is_prepared(source)


def test_a_process_that_ended_without_a_word_is_an_error_with_what_to_do(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = sourced(plan)
    pursue(source)
    (process,) = fabrics._RUNNING.values()
    process.kill()
    process.wait(timeout=30)
    status_path(source).unlink(missing_ok=True)
    with pytest.raises(InputError, match="unexpectedly") as refused:
        pursue(source)
    assert refused.value.hint is not None
    assert "geoplan prepare" in refused.value.hint.en


def test_progress_is_a_share_of_the_whole_whatever_the_file_says(plan: Path) -> None:
    source = sourced(plan)
    pursue(source)
    (process,) = fabrics._RUNNING.values()
    process.terminate()
    process.wait(timeout=30)
    fabric_folder(source).parent.mkdir(exist_ok=True)
    running, fabrics._RUNNING[source.key] = process, _Going()  # type: ignore[assignment]
    try:
        for said, expected in (
            ({"step": "tiles", "done": 0.0}, 0.35),
            ({"step": "tiles", "done": 1.0}, 1.0),
            ({"step": "parcels", "done": 0.5}, 0.25),
            ({"step": "none such", "done": 0.5}, 0.0),
            (["no", "status"], 0.0),
        ):
            write_json(status_path(source), said)
            assert pursue(source).done == pytest.approx(expected)
    finally:
        fabrics._RUNNING[source.key] = running


class _Going:
    """A process that never ends, so that its file alone says how far it is."""

    returncode = None

    def poll(self) -> None:
        return None

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from benchmarks.fabric import make_fabric
from geoplan.errors import InputError
from geoplan.plan import load_plan
from geoplan.pyramid import MOST_ZONES, FabricSource, fabric_folder, fabric_source, fabric_view
from geoplan.pyramid.cache import VARIABLE, held, made_folder, read_json
from geoplan.pyramid.job import run, status_path
from tests.processes import interruptible
from tests.pyramid.fabrics import write_plan

N = MOST_ZONES + 60


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(tmp_path_factory.mktemp("plans") / "city", make_fabric(N, seed=3).polygons)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    return made_folder()


@pytest.fixture
def source(plan: Path) -> FabricSource:
    found = fabric_source(load_plan(plan))
    assert found is not None
    return found


def test_a_page_reads_how_far_it_is_and_nothing_of_that_stays(source: FabricSource, cache: Path) -> None:
    read: list[object] = []
    run(source, lambda *_: read.append(read_json(status_path(source))))
    steps = [one["step"] for one in read if isinstance(one, dict)]
    assert len(steps) == len(read)
    assert list(dict.fromkeys(steps)) == ["read", "parcels", "tiles", "checks"]
    assert [path.name for path in cache.iterdir()] == [fabric_folder(source).name]
    assert fabric_view(source) is not None


def test_what_it_fails_on_stays_for_the_page(plan: Path, source: FabricSource, tmp_path: Path) -> None:
    broken = write_plan(tmp_path / "broken", make_fabric(N, seed=8).polygons)
    found = fabric_source(load_plan(broken))
    assert found is not None
    (broken / "zones.gpkg").write_bytes((broken / "zones.gpkg").read_bytes()[:40_000])
    with pytest.raises(InputError) as refused:
        run(found)
    told = read_json(status_path(found))["error"]
    assert told["message"] == [refused.value.message.en, refused.value.message.zh]


def test_memory_that_runs_out_is_an_error_and_no_traceback(
    source: FabricSource, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_memory(step: str, done: float) -> None:
        if (step, done) == ("tiles", 0.0):
            raise MemoryError

    with pytest.raises(InputError, match="memory"):
        run(source, out_of_memory)
    assert [path.suffix for path in cache.iterdir()] == [".json"]


def test_it_waits_for_another_that_is_at_it(source: FabricSource) -> None:
    lock = fabric_folder(source).with_suffix(".lock")
    with held(lock) as free:
        assert free
        waiting = threading.Thread(target=run, args=(source,))
        waiting.start()
        time.sleep(0.7)
        assert waiting.is_alive()
        assert fabric_view(source) is None
    waiting.join(timeout=60)
    assert fabric_view(source) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="there are no polite ends there")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_leaves_nothing_behind(plan: Path, source: FabricSource, cache: Path, how: signal.Signals) -> None:
    command = interruptible("-m", "geoplan.pyramid", str(plan))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "parcels" in line:
                break
        process.send_signal(how)
        process.stderr.read()
        assert process.wait(timeout=30) == 130
    assert list(cache.iterdir()) == []

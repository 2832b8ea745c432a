"""What goes wrong with a cluster of real processes is told in one line of two languages that says what to do."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geoplan.distributed import Spreading
from geoplan.distributed.crew import DaskCrew, dask_crew
from geoplan.distributed.scheduler import connected
from geoplan.errors import GeoplanError, InputError, UsageError
from tests.distributed.clusters import OLDER, WITHOUT, Cluster
from tests.distributed.layers import checked, fabric
from tests.distributed.test_spreading import write

pytestmark = [
    pytest.mark.xdist_group("dask"),
    pytest.mark.skipif(sys.platform == "win32", reason="processes are killed as on POSIX"),
]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "cluster").mkdir()
    with Cluster(tmp_path / "cluster") as found:
        yield found


def refused(address: str) -> UsageError:
    """Return the error that a cluster is refused with, which has a hint, and Chinese of its own."""
    with pytest.raises(UsageError) as found, connected(address):
        pass
    assert found.value.where == "--scheduler"
    assert found.value.hint is not None
    assert found.value.message.zh != found.value.message.en
    return found.value


def test_a_worker_without_geoplan_or_with_other_versions_is_refused_and_named(cluster: Cluster) -> None:
    for first, said in (
        (WITHOUT, "has no geoplan (it is not installed). Install geoplan"),
        (OLDER, "has geoplan 0.0.1, here it is geoplan"),
        ("import shapely; shapely.geos_version_string = '3.0.0'", "has GEOS 3.0.0, here it is GEOS 3."),
    ):
        worker = cluster.worker(first)
        line = refused(cluster.address).line("en")
        assert "the worker tcp://127.0.0.1:" in line
        assert said in line
        worker.kill()
        worker.wait()


def test_a_scheduler_without_geoplan_is_refused(tmp_path: Path) -> None:
    with Cluster(tmp_path, WITHOUT) as cluster:
        cluster.worker()
        assert f"the scheduler {cluster.address} has no geoplan" in refused(cluster.address).line("en")


def test_a_scheduler_without_workers_is_refused(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoplan.distributed.scheduler.CONNECT_SECONDS", 1.0)
    assert f"has no workers. Start some with: dask worker {cluster.address}." in refused(cluster.address).line("en")


def test_whatever_else_listens_at_an_address_is_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoplan.distributed.scheduler.CONNECT_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert "no Dask scheduler answers at" in refused(f"tcp://127.0.0.1:{server.getsockname()[1]}").line("en")
    assert "no certificates" in refused("tls://127.0.0.1:1").line("en")


def test_a_file_of_another_machine_is_told_by_its_path(cluster: Cluster, tmp_path: Path) -> None:
    """A path below /proc/self/cwd means a file of its own to each process."""
    if not Path("/proc/self/cwd").exists():
        pytest.skip("there is no /proc here")
    cluster.worker()
    write(tmp_path / "a.parquet", fabric(), 50)
    command = [sys.executable, "-m", "geoplan", "check", "/proc/self/cwd/a.parquet", "--engine", "dask"]
    ours = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    found = subprocess.run(
        [*command, "--scheduler", cluster.address], cwd=tmp_path, env=ours, capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (2, "")
    (line,) = found.stderr.strip().splitlines()
    assert "cannot open /proc/self/cwd/a.parquet" in line
    assert "same path" in line
    shutil.copy(write(tmp_path / "b.parquet", fabric().take(range(90)), 50), cluster.folder / "a.parquet")
    found = subprocess.run(
        [*command, "--scheduler", cluster.address], cwd=tmp_path, env=ours, capture_output=True, text=True, check=False
    )
    assert found.returncode == 3
    assert "is another file for the workers on" in found.stderr


class Deadly:
    """A crew whose tasks end something first."""

    def __init__(self, crew: DaskCrew, victim: int | None) -> None:
        self.crew, self.victim = crew, victim

    def start(self, _: Any, parts: Any, frame: Any, options: Any, shared: Any = None) -> Any:
        return self.crew.start(deadly, parts, frame, [{"victim": self.victim}] * len(options), shared)

    def share(self, value: Any) -> Any:
        return self.crew.share(value)


def deadly(part: Any, frame: Any, *, victim: int | None) -> Any:
    os.kill(victim or os.getpid(), signal.SIGKILL)
    signal.pause()


def test_workers_that_die_of_a_part_again_and_again_are_told_of() -> None:
    dask = pytest.importorskip("dask")
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}), dask_crew(workers=1) as crew:
        with pytest.raises(InputError, match="kept dying") as found:
            checked(fabric(), make=Spreading(Deadly(crew, None)).subject)
        assert "反复终止" in found.value.line("zh")
        assert "--workers" in found.value.line("zh")


def test_a_scheduler_that_goes_away_in_the_middle_is_told_of(cluster: Cluster) -> None:
    cluster.worker()
    with (
        pytest.raises(GeoplanError, match="the scheduler went away"),
        dask_crew(cluster.address) as crew,
    ):
        checked(fabric(), make=Spreading(Deadly(crew, cluster.scheduler.pid)).subject)

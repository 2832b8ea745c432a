"""A Dask cluster of two real worker processes: loopback only, the same results, and a worker that is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest
from click.testing import CliRunner

from geoplan.cli.main import cli
from geoplan.counting import PointSource, count_in_layer
from geoplan.distributed import Spreading
from geoplan.distributed.crew import DaskCrew, dask_crew
from geoplan.distributed.points import ByWorkers
from geoplan.errors import UsageError
from geoplan.output.documents import check_document, dumps
from geoplan.output.points import points_document
from geoplan.plan import load_plan
from geoplan.workflow import open_plan
from tests.distributed.layers import LAYERS, checked, cut_in, fabric, measured, spread_over
from tests.distributed.test_points import kinds, places, zones
from tests.distributed.test_spreading import write
from tests.processes import interruptible
from tests.read.point_files import wkb_of, write_parquet

PLANS = sorted(path.parent for path in (Path(__file__).parents[2] / "geodata").glob("*/plan.toml"))
pytestmark = pytest.mark.xdist_group("dask")


def listening() -> set[int]:
    """The ports this process and its children listen on."""
    here = psutil.Process()
    connections = (one for process in (here, *here.children(recursive=True)) for one in process.net_connections())
    return {connection.laddr.port for connection in connections if connection.status == psutil.CONN_LISTEN}


@pytest.fixture(scope="module")
def before() -> set[int]:
    """What other tests' servers listen on."""
    return listening()


@pytest.fixture(scope="module")
def crew(before: set[int]) -> Iterator[DaskCrew]:
    with dask_crew(workers=2) as found:
        found.client.wait_for_workers(2)
        yield found


@pytest.mark.parametrize("name", ["fabric", "hostile", "two layers"])
def test_two_workers_come_to_what_one_machine_comes_to(crew: DaskCrew, name: str) -> None:
    layer = LAYERS[name]()
    assert checked(layer, make=spread_over(3, crew)) == checked(layer)
    assert measured(layer, make=spread_over(3, crew)) == measured(layer)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.name)
def test_two_workers_check_every_plan_alike(crew: DaskCrew, path: Path) -> None:
    plan = load_plan(path)
    together = open_plan(plan, make=spread_over(2, crew))
    assert check_document(together.result) == check_document(open_plan(plan).result)


def test_the_result_is_the_same_when_a_worker_is_killed_in_the_middle(crew: DaskCrew) -> None:
    layer = fabric()
    victim = min(crew.client.run(os.getpid).values())
    working: list[bool] = []

    def kill_once_it_works() -> None:
        while not any(crew.client.processing().values()):
            time.sleep(0.001)
        os.kill(victim, signal.SIGKILL)
        working.append(any(crew.client.processing().values()))

    waiting = Thread(target=kill_once_it_works)
    waiting.start()
    together = checked(layer, make=Spreading(Slowly(crew), cut=cut_in(20)).subject)
    waiting.join()
    assert working == [True]
    assert not psutil.pid_exists(victim) or psutil.Process(victim).status() == psutil.STATUS_ZOMBIE
    assert together == checked(layer)


def test_points_are_counted_alike_when_the_worker_that_has_the_zones_is_killed(crew: DaskCrew, tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "p.parquet", wkb_of(places(400)), kinds(400), crs="EPSG:4548", rows=10)
    source, killing = PointSource(path, nearest=True), Killing(crew)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("geoplan.distributed.points.POINT_ROWS", 10)
        together = dumps(points_document(count_in_layer(zones(), source, passes=ByWorkers(killing))))
    assert killing.killed
    assert together == dumps(points_document(count_in_layer(zones(), source)))


class Slowly:
    """A crew whose tasks take their time, so that there is a middle to kill a worker in."""

    def __init__(self, crew: DaskCrew) -> None:
        self.crew = crew

    def start(self, task: Any, parts: Any, frame: Any, options: Any, shared: Any = None) -> Any:
        slow = [{"task": task, "options": own} for own in options]
        return self.crew.start(slowly, parts, frame, slow, shared)

    def share(self, value: Any) -> Any:
        return self.crew.share(value)


class Killing(Slowly):
    """A crew of which the workers that have what is shared are killed once, while others wait for it."""

    killed = 0

    def start(self, task: Any, parts: Any, frame: Any, options: Any, shared: Any = None) -> Any:
        pending = super().start(task, parts, frame, options, shared)
        if shared is not None and not self.killed:
            process_ids = self.crew.client.run(os.getpid)
            for holder in next(iter(self.crew.client.who_has([shared]).values()), ()):
                os.kill(process_ids[holder], signal.SIGKILL)
                self.killed += 1
        return pending


def slowly(part: Any, frame: Any, *, task: Any, options: Any, **shared: Any) -> Any:
    time.sleep(0.02)
    return task(part, frame, **options, **shared)


def test_nothing_but_the_loopback_interface_is_listened_on_and_no_page_is_served(
    crew: DaskCrew, before: set[int]
) -> None:
    here = psutil.Process()
    found = [
        connection
        for process in (here, *here.children(recursive=True))
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port not in before
    ]
    assert found
    assert {connection.laddr.ip for connection in found} == {"127.0.0.1"}
    assert crew.client.cluster.scheduler_address.startswith("tls://127.0.0.1:")
    answers = [asked_for_a_page(connection.laddr.port) for connection in found]
    assert not any(b" 200 " in answer or b" 302 " in answer for answer in answers)


def asked_for_a_page(port: int) -> bytes:
    """Return how a port answers to a browser, nothing when it does not."""
    with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
        connection.sendall(b"GET /status HTTP/1.0\r\n\r\n")
        try:
            return connection.recv(200)
        except OSError:
            return b""


def cluster_elsewhere() -> Any:
    """A cluster that somebody else started, as far as geoplan can tell."""
    return pytest.importorskip("distributed").LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        protocol="tcp",
    )


def test_a_scheduler_is_used_by_its_address_and_left_running(crew: DaskCrew) -> None:
    with cluster_elsewhere() as cluster:
        with dask_crew(cluster.scheduler_address) as named:
            layer = fabric()
            assert checked(layer, make=spread_over(2, named)) == checked(layer)
        assert cluster.scheduler.workers


@pytest.mark.parametrize(
    ("address", "said"),
    [("http://127.0.0.1:1", "no address"), ("127.0.0.1:1", "no address"), ("tcp://127.0.0.1:1", "answers")],
)
def test_a_scheduler_that_is_not_there_is_one_line(address: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoplan.distributed.scheduler.CONNECT_SECONDS", 0.5)
    with pytest.raises(UsageError, match=said), dask_crew(address):
        pass


def test_without_dask_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r'pip install "geoplan\[dask\]"'), dask_crew():
        pass


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--workers", "2"], "go with --engine dask"),
        (["--scheduler", "tcp://a:1"], "go with --engine dask"),
        (["--engine", "dask", "--workers", "2", "--scheduler", "tcp://a:1"], "--scheduler has its own"),
    ],
)
def test_options_that_contradict_each_other_are_refused(tmp_path: Path, options: list[str], said: str) -> None:
    path = write(tmp_path / "a.parquet", fabric(), 50)
    found = CliRunner().invoke(cli, ["measure", str(path), *options])
    assert said in str(found.exception)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a terminal are those of POSIX")
@pytest.mark.parametrize("started", [1, 3], ids=["while they start", "when they have started"])
def test_ctrl_c_ends_the_workers_and_says_so_in_one_line(tmp_path: Path, started: int) -> None:
    path = write(tmp_path / "a.parquet", fabric(900), 9)
    command = interruptible("-m", "geoplan", "check", str(path), "--engine", "dask", "--workers", "2")
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as process:
        here = psutil.Process(process.pid)
        while process.poll() is None and len(here.children(recursive=True)) < started:
            time.sleep(0.01)
        children = here.children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said.decode().split()) == (130, ["geoplan:", "stopped."])
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []

"""Workers of Dask: processes of this machine that are started and ended here, or those of a scheduler given by address.

Nothing is listened on but the loopback interface, with certificates made for the occasion, and no dashboard is
served. A scheduler elsewhere is connected to only where somebody names it: whoever runs it runs our code with our
files, and what its workers send back is unpickled here.
"""

from __future__ import annotations

import importlib
import logging
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import numpy as np
import pyproj
import shapely

from geoplan.distributed.spread import Pending
from geoplan.distributed.survey import Frame, run
from geoplan.errors import InputError, UsageError
from geoplan.types import VERSION, Text

MOST_WORKERS = 8  # started on one machine unless more are asked for
CONNECT_SECONDS = 10.0
_SCHEMES = ("tcp://", "tls://")
_INSTALL = Text('Install it with: pip install "geoplan[dask]".', '请安装：pip install "geoplan[dask]"。')
# No pages are served: neither the dashboard nor what it is made from. A worker that died may take its time to start
# again on a busy machine: after 15 seconds it would be given up for good. Memory that is freed is soon needed again, so
# it is kept: taking it anew for every array costs a third of a worker's time.
_QUIET: Mapping[str, Any] = {
    "distributed.deploy.lost-worker-timeout": "1 hour",
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 2**25,
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 2**28,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


@contextmanager
def dask_crew(scheduler: str | None = None, workers: int | None = None) -> Iterator[DaskCrew]:
    """Yield the workers of a scheduler given by address, or so many started here, which are ended afterwards.

    Raises UsageError when Dask is not installed, when nothing answers at the address, and when the workers there have
    no geoplan or another one than this.
    """
    if scheduler is None:
        with _local(workers or min(os.cpu_count() or 1, MOST_WORKERS)) as client:
            yield DaskCrew(client)
    else:
        with _connected(scheduler) as client:
            _require_same(client, scheduler)
            yield DaskCrew(client)


class DaskCrew:
    """Runs tasks on the workers of a client; those of a worker that died are run again by others."""

    def __init__(self, client: Any) -> None:
        """Keep the client."""
        self.client = client

    def start(
        self,
        task: Callable[..., Any],
        parts: Sequence[Any],
        frame: Frame,
        options: Sequence[Mapping[str, Any]],
        shared: Any = None,
    ) -> Pending:
        """Begin a task on each part, with the options for each, and return what waits for them."""
        count = len(parts)
        with warnings.catch_warnings():
            # Shapes that were read here go out with the tasks, so that they are still there when a worker dies.
            warnings.filterwarnings("ignore", message="Sending large graph")
            futures = self.client.map(
                run,
                *([task] * count, list(parts), [frame] * count, list(options), [shared] * count),
                pure=False,
                key=f"{task.__name__}-{uuid4()}",
            )
        return _Futures(self.client, futures)

    def share(self, value: Any) -> Any:
        """Return the future of a value that workers hand to each other; the scheduler keeps it for new ones.

        It is no data that was scattered, which would be gone with the worker that has it.
        """
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sending large graph")
            return self.client.submit(kept, value, pure=False)


def kept(value: Any) -> Any:
    """Return a value, as a task."""
    return value


class _Futures:
    """Tasks that run on workers."""

    def __init__(self, client: Any, futures: Sequence[Any]) -> None:
        self._client, self._futures = client, futures

    def results(self) -> list[Any]:
        """Return their results in the order of the parts; raises InputError when workers kept dying of one."""
        try:
            return list(self._client.gather(self._futures))
        except _dask().KilledWorker as error:
            raise InputError(
                Text(
                    f"the workers that took a part of the layer kept dying ({error.last_worker.address}); "
                    "most likely their memory ran out.",
                    f"处理图层某一部分的工作进程反复终止（{error.last_worker.address}），可能是内存不足。",
                ),
                hint=Text(
                    "Give them more memory, or start fewer with --workers.", "请增加内存，或用 --workers 减少进程。"
                ),
            ) from None


def versions() -> dict[str, str]:
    """Return the versions that figures depend on, to the last digit."""
    return {
        "geoplan": VERSION,
        "numpy": np.__version__,
        "GEOS": shapely.geos_version_string,
        "PROJ": pyproj.proj_version_str,
    }


def _dask() -> Any:
    """Return the module `distributed`, whose loading takes a second that only those wait for who ask for it."""
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise UsageError(
            Text("Dask is not installed.", "未安装 Dask。"), where="--engine dask", hint=_INSTALL
        ) from None


@contextmanager
def _local(workers: int) -> Iterator[Any]:
    distributed = _dask()
    with (
        importlib.import_module("dask").config.set(_QUIET),
        distributed.LocalCluster(
            n_workers=0,  # they start while the fields of a file are read
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            security=distributed.Security.temporary(),
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        cluster.scheduler.http_server.stop()  # without routes it would still say what it is
        cluster.scale(workers)
        yield client


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    if not address.startswith(_SCHEMES):
        raise UsageError(
            Text(f"“{address}” is no address of a Dask scheduler.", f"“{address}”不是 Dask 调度器地址。"),
            where="--scheduler",
            hint=Text("Write it as tcp://HOST:PORT or tls://HOST:PORT.", "格式：tcp://主机:端口 或 tls://主机:端口。"),
        )
    try:
        client = _dask().Client(address, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(
            Text(f"no Dask scheduler answers at {address}.", f"{address} 没有 Dask 调度器响应。"),
            where="--scheduler",
            hint=Text("Start one with: dask scheduler.", "请先启动：dask scheduler。"),
        ) from error
    with client:
        yield client


def _require_same(client: Any, address: str) -> None:
    """Refuse a cluster without workers, and workers that would come to other figures than this machine."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        raise UsageError(
            Text(f"the scheduler at {address} has no workers.", f"调度器 {address} 没有工作进程。"),
            where="--scheduler",
            hint=Text(f"Start some with: dask worker {address}.", f"请先启动：dask worker {address}。"),
        ) from None
    own = versions()
    try:
        told = client.run(versions)
    except (ImportError, AttributeError) as error:
        raise UsageError(
            Text(
                f"the workers of {address} have no geoplan ({error}).", f"{address} 的工作进程没有 geoplan（{error}）。"
            ),
            where="--scheduler",
            hint=Text(f"Install geoplan {VERSION} where they run.", f"请在其环境中安装 geoplan {VERSION}。"),
        ) from None
    for worker, found in told.items():
        differ = [f"{name} {found.get(name)}" for name in own if found.get(name) != own[name]]
        if differ:
            here = ", ".join(f"{name} {own[name]}" for name in own if found.get(name) != own[name])
            raise UsageError(
                Text(
                    f"the worker {worker} has {', '.join(differ)}, here it is {here}: figures could differ.",
                    f"工作进程 {worker} 为 {'、'.join(differ)}，本机为 {here}，结果可能不同。",
                ),
                where="--scheduler",
                hint=Text("Give all the same versions.", "请统一版本。"),
            )

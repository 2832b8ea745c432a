"""Workers of Dask: processes of this machine that are started and ended here, or those of a scheduler given by address.

Nothing is listened on but the loopback interface, with certificates made for the occasion, and no dashboard is
served. A scheduler elsewhere is connected to only where somebody names it: whoever runs it runs our code with our
files, and what its workers send back is unpickled here.
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from typing import Any
from uuid import uuid4

from geoplan.distributed.scheduler import connected, lost, without
from geoplan.distributed.spread import Pending
from geoplan.distributed.survey import Frame, run
from geoplan.errors import InputError, UsageError
from geoplan.types import Text

MOST_WORKERS = 8  # started on one machine unless more are asked for
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

    Raises UsageError when Dask is not installed, and as `connected` does.
    """
    if scheduler is None:
        with _silent(), _local(workers or min(os.cpu_count() or 1, MOST_WORKERS)) as client:
            yield DaskCrew(client)
    else:
        _dask()
        with _silent(), connected(scheduler) as client:
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
        """Return their results in the order of the parts.

        Raises InputError when workers kept dying of one, UsageError when the scheduler went away or a worker that came
        later has no geoplan.
        """
        distributed = _dask()
        try:
            return list(self._client.gather(self._futures))
        except ImportError as error:
            raise without(Text("a worker", "某工作进程"), Text.same(str(error))) from None
        except distributed.client.FutureCancelledError as error:
            raise lost(error.reason) from None
        except distributed.comm.CommClosedError as error:
            raise lost(str(error)) from None
        except distributed.KilledWorker as error:
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


def _dask() -> Any:
    """Return the module `distributed`, whose loading takes a second that only those wait for who ask for it."""
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise UsageError(
            Text("Dask is not installed.", "未安装 Dask。"), where="--engine dask", hint=_INSTALL
        ) from None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let threads that are started meanwhile, and processes that these start, hear nothing of Ctrl-C.

    A terminal sends it to all processes of a command. Only the one in front ends, and ends the others.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield  # on Windows there is nothing of the kind to hand on
        return
    resource_tracker.ensure_running()  # the first process started would start it, and listen to Ctrl-C again afterwards
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _silent() -> Iterator[None]:
    """Let Dask log nothing to the terminal: what a user must know is told as an error, in one line."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        # Tasks that Ctrl-C gave up are told of when the process ends, so nothing is logged until then.
        if not isinstance(sys.exception(), KeyboardInterrupt):
            logging.disable(before)


@contextmanager
def _local(workers: int) -> Iterator[Any]:
    distributed = _dask()
    with ExitStack() as stack:
        stack.enter_context(importlib.import_module("dask").config.set(_QUIET))
        with _uninterrupted():
            cluster = distributed.LocalCluster(
                n_workers=0,  # they start while the fields of a file are read
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                security=distributed.Security.temporary(),
                silence_logs=logging.CRITICAL,
            )
            stack.enter_context(cluster)
        client = stack.enter_context(distributed.Client(cluster))
        cluster.scheduler.http_server.stop()  # without routes it would still say what it is
        cluster.scale(workers)
        yield client

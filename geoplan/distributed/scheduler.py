"""A cluster that somebody else runs: reached by its address, and refused when it would come to other figures.

Whoever runs it runs our code with our files, and what its workers send back is unpickled here.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyproj
import shapely

from geoplan.errors import UsageError
from geoplan.types import VERSION, Text

CONNECT_SECONDS = 10.0
_SCHEMES = ("tcp://", "tls://")
_WHERE = "--scheduler"


def versions() -> dict[str, str]:
    """Return the versions that figures depend on, to the last digit."""
    return {
        "geoplan": VERSION,
        "numpy": np.__version__,
        "GEOS": shapely.geos_version_string,
        "PROJ": pyproj.proj_version_str,
    }


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Yield a client of the scheduler at an address, whose workers work as this process does.

    Raises UsageError when it is no address, when no scheduler answers there in time, when it has no workers, and when
    the scheduler or a worker has no geoplan or other versions than this process.
    """
    _require_scheduler(address)
    with importlib.import_module("distributed").Client(address, timeout=CONNECT_SECONDS) as client:
        require_same(client, address)
        yield client


def lost(reason: str) -> UsageError:
    """Return the error of a cluster that went away in the middle of the work."""
    return UsageError(
        Text(f"the scheduler went away in the middle of the work: {reason}.", f"调度器在工作途中断开：{reason}。"),
        where=_WHERE,
        hint=Text("See what its log says, and try again.", "请查看其日志后重试。"),
    )


def without(host: Text, reason: Text) -> UsageError:
    """Return the error of a scheduler or worker that cannot run our code."""
    return UsageError(
        Text(f"{host.en} has no geoplan ({reason.en}).", f"{host.zh} 没有 geoplan（{reason.zh}）。"),
        where=_WHERE,
        hint=Text(f"Install geoplan {VERSION} where it runs.", f"请在其环境中安装 geoplan {VERSION}。"),
    )


def require_same(client: Any, address: str) -> None:
    """Refuse a cluster without workers, and one that would come to other figures than this process."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        raise UsageError(
            Text(f"the scheduler at {address} has no workers.", f"调度器 {address} 没有工作进程。"),
            where=_WHERE,
            hint=Text(f"Start some with: dask worker {address}.", f"请先启动：dask worker {address}。"),
        ) from None
    # First by what Dask itself tells of its processes: code of ours may not run there at all.
    told = client.get_versions(packages=["geoplan"])
    own = _installed(told["client"])
    _require(own, _installed(told["scheduler"]), Text(f"the scheduler {address}", f"调度器 {address}"))
    for worker, found in told["workers"].items():
        _require(own, _installed(found), _worker(worker))
    for worker, found in client.run(versions, on_error="return").items():
        if isinstance(found, BaseException):
            raise without(_worker(worker), Text.same(str(found)))
        _require(versions(), found, _worker(worker))


def _worker(address: str) -> Text:
    return Text(f"the worker {address}", f"工作进程 {address}")


def _installed(told: Mapping[str, Any]) -> dict[str, str]:
    """Return what Dask tells of a process; of Python only what makes code another, geoplan "" where it is not there."""
    packages = told["packages"]
    python = ".".join(packages["python"].split(".")[:2])
    return {"Python": python, "distributed": packages["distributed"], "geoplan": packages["geoplan"] or ""}


def _require(own: Mapping[str, str], found: Mapping[str, str], host: Text) -> None:
    """Raise UsageError when a process of a cluster has not the versions of this one."""
    differ = [name for name in own if found.get(name) != own[name]]
    if not differ:
        return
    if "geoplan" in differ and not found.get("geoplan"):
        raise without(host, Text("it is not installed", "未安装"))
    there = ", ".join(f"{name} {found.get(name)}" for name in differ)
    here = ", ".join(f"{name} {own[name]}" for name in differ)
    raise UsageError(
        Text(f"{host.en} has {there}, here it is {here}.", f"{host.zh} 为 {there}，本机为 {here}。"),
        where=_WHERE,
        hint=Text("Give all the same versions, or figures could differ.", "请在各处安装相同版本，否则结果可能不同。"),
    )


def _require_scheduler(address: str) -> None:
    """Raise UsageError unless a scheduler answers at an address: a client would wait for anything else for ever."""
    if not address.startswith(_SCHEMES):
        raise UsageError(
            Text(f"“{address}” is no address of a Dask scheduler.", f"“{address}”不是 Dask 调度器地址。"),
            where=_WHERE,
            hint=Text("Write it as tcp://HOST:PORT or tls://HOST:PORT.", "格式：tcp://主机:端口 或 tls://主机:端口。"),
        )
    try:
        with ThreadPoolExecutor(1) as beside:  # whoever asks may have a loop that runs in this thread
            kind = beside.submit(lambda: asyncio.run(_kind_at(address))).result()
    except TypeError:
        raise UsageError(
            Text("there are no certificates to connect by TLS with.", "没有用于 TLS 连接的证书。"),
            where=_WHERE,
            hint=Text(
                "Set those of the cluster in Dask's configuration: distributed.comm.tls.",
                "请在 Dask 配置 distributed.comm.tls 中指定集群证书。",
            ),
        ) from None
    except (OSError, TimeoutError, ValueError) as error:
        raise _nobody(address) from error
    if kind != "Scheduler":
        raise _nobody(address)


async def _kind_at(address: str) -> str:
    """Return what kind of process of Dask answers at an address; raises TimeoutError when none does in time."""
    security = importlib.import_module("distributed.security").Security().get_connection_args("client")
    async with asyncio.timeout(CONNECT_SECONDS):
        core = importlib.import_module("distributed.core")
        async with core.rpc(address, timeout=CONNECT_SECONDS, connection_args=security) as there:
            return str((await there.identity()).get("type"))


def _nobody(address: str) -> UsageError:
    return UsageError(
        Text(f"no Dask scheduler answers at {address}.", f"{address} 没有 Dask 调度器响应。"),
        where=_WHERE,
        hint=Text("Start one with: dask scheduler.", "请先启动：dask scheduler。"),
    )

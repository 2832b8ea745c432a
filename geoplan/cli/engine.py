"""The options by which a command has its work done by several workers, and what reads, measures and counts by them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from geoplan.checks import Subject
from geoplan.cli.ahead import Reading
from geoplan.cli.options import is_plan
from geoplan.errors import UsageError
from geoplan.read import read_zones
from geoplan.types import Text
from geoplan.workflow import SubjectMaker
from geoplan.zones import ZoneLayer

if TYPE_CHECKING:
    from geoplan.point_counts import Passes

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Engine:
    """How a command reads a file and makes the subject of its checks; `takes` says which folders are files to it.

    `passes` says who goes through points, None for this process.
    """

    read: Callable[..., ZoneLayer]
    make: SubjectMaker
    takes: Callable[[str], bool]
    passes: Passes | None = None

    def means_plan(self, target: str) -> bool:
        """Return whether a TARGET means a plan rather than a file; raises InputError as `is_plan` does."""
        return not self.takes(target) and is_plan(target)


def engine_options(function: FunctionT) -> FunctionT:
    """Add the options that say who does the work."""
    for option in (
        click.option(
            "--workers",
            type=click.IntRange(min=1),
            metavar="N",
            help="With --engine dask: processes to start here (default: one per processor).",
        ),
        click.option(
            "--scheduler",
            metavar="ADDRESS",
            help="With --engine dask: use the cluster of this scheduler, tcp://HOST:PORT or tls://HOST:PORT.",
        ),
        click.option(
            "--engine",
            type=click.Choice(["local", "dask"]),
            default="local",
            show_default=True,
            help="Who does the work: this process, or the workers of a Dask cluster.",
        ),
    ):
        function = option(function)
    return function


@contextmanager
def engine_of(options: dict[str, Any], *, edges: bool = True) -> Iterator[Engine]:
    """Yield the engine that the options ask for; `edges` says whether the borders of zones matter.

    Raises UsageError for options without their engine, and as `dask_crew` does.
    """
    scheduler, workers = options["scheduler"], options["workers"]
    if options["engine"] == "local":
        if scheduler is not None or workers is not None:
            raise UsageError(
                Text("--scheduler and --workers go with --engine dask.", "--scheduler、--workers 用于 --engine dask。")
            )
        yield Engine(partial(_read_here, click.get_current_context().obj), Subject, lambda _: False)
        return
    if scheduler is not None and workers is not None:
        raise UsageError(
            Text(
                "--workers starts workers here, --scheduler has its own.",
                "--workers 在本机启动进程，--scheduler 自有进程。",
            ),
            hint=Text("Use one of them.", "请只用其一。"),
        )
    # Loaded only by those who ask for it, like all that their work needs.
    crew = importlib.import_module("geoplan.distributed.crew")
    spreading = importlib.import_module("geoplan.distributed.spreading")
    points = importlib.import_module("geoplan.distributed.points")
    with crew.dask_crew(scheduler, workers) as workforce:
        spread = spreading.Spreading(workforce, edges=edges)
        yield Engine(
            read=spread.read,
            make=spread.subject,
            takes=lambda target: bool(spreading.parquet_files(Path(target))),
            passes=points.ByWorkers(workforce),
        )


def _read_here(
    ahead: Reading | None,
    path: str | Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    projected: str | None = None,  # noqa: ARG001 - for who measures while reading
) -> ZoneLayer:
    if ahead is not None:
        return ahead.zones(path, layer=layer, crs=crs)
    return read_zones(path, layer=layer, crs=crs, at_once=False)

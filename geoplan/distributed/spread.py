"""A layer spread over workers: what they told of it, a column per figure, and its shapes as far as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.area import MANY_POINTS, Crowds, ellipsoidal_areas
from geoplan.crs import same_crs
from geoplan.distributed import survey as tasks
from geoplan.distributed.borders import unmatched_in
from geoplan.distributed.parts import Floats, Ints, Part, Shapes
from geoplan.distributed.survey import PARTS, SOLID, STORED, Frame, Refusal, Survey, subject_of
from geoplan.shapes import Columns, LazyShapes, Shelf

_FETCHES = 4  # of some rows of a part; whoever keeps coming gets more and more of the rows that follow

Task = Callable[..., Any]


class Crew(Protocol):
    """Workers that run tasks: on this machine, on others, or for tests in this very process."""

    def start(
        self, task: Task, parts: Sequence[Any], frame: Frame, options: Sequence[Mapping[str, Any]], shared: Any = None
    ) -> Pending:
        """Begin a task on each part, with the options for each, and return what waits for them.

        `shared` stands for a value that they are all given, as `share` returned it.
        """

    def share(self, value: Any) -> Any:
        """Return what stands for a value in tasks, however large it is and whoever dies of those who have it."""


class Pending(Protocol):
    """Tasks that run."""

    def results(self) -> list[Any]:
        """Return their results in the order of the parts, when all have ended."""


class LayerShapes(LazyShapes):
    """The geometry of a layer as stored, with what is known of the layer besides."""

    def __init__(self, spread: Spread) -> None:
        """Keep the layer."""
        super().__init__(spread.stored, lambda: spread.stored_columns)
        self.spread = spread


class Spread:
    """A layer in parts, surveyed by a crew from the moment it is made; nobody waits before something is asked for."""

    def __init__(self, crew: Crew, parts: Sequence[Part], frame: Frame, *, edges: bool, held: Shapes | None = None):
        """Begin the survey; `held` is the geometry as stored, where it is in memory already."""
        self._crew, self._parts, self.frame, self._edges = crew, tuple(parts), frame, edges
        self._firsts = np.array([part.first for part in parts], dtype=np.int64)
        self._fetched = np.zeros(len(parts), np.int64)
        self.stored = Shelf(sum(part.count for part in parts), self._fetch)
        if held is not None:
            self.stored.put(np.arange(len(held)), held)
        self.solid = Shelf(len(self.stored), self._make_solid)
        self._pending = self._start(tasks.survey, [{"edges": edges}] * len(parts))

    @cached_property
    def surveys(self) -> tuple[Survey, ...]:
        """Return what every part tells of itself; raises what a worker met."""
        return tuple(unwrapped(self._pending.results()))

    @cached_property
    def stored_columns(self) -> Columns:
        """Return what is known of the geometry as stored, by the names of shapely's functions."""
        return _together(STORED, [one.stored for one in self.surveys])

    @cached_property
    def solid_columns(self) -> Columns:
        """Return what is known of the geometry that is measured and compared."""
        return _together(SOLID, [one.solid or one.stored for one in self.surveys])

    @cached_property
    def part_columns(self) -> Columns:
        """Return what is known of the single polygons of the latter."""
        return _together(PARTS, [one.parts or one.stored for one in self.surveys])

    @cached_property
    def part_places(self) -> Ints:
        """Return the feature of each single polygon."""
        several = zip(self.surveys, self._parts, strict=True)
        places = [np.arange(part.count) if one.of_parts is None else one.of_parts for one, part in several]
        return np.concatenate([own + part.first for own, part in zip(places, self._parts, strict=True)])

    @cached_property
    def singles(self) -> Shelf:
        """Return the single polygons, as far as they are needed."""
        return Shelf(len(self.part_places), self._make_singles)

    def column(self, name: str) -> NDArray[Any]:
        """Return one column of the surveys over all rows."""
        return np.concatenate([getattr(one, name) for one in self.surveys])

    def ask(
        self, task: Task, which: Sequence[int] | None = None, frame: Frame | None = None, **options: Any
    ) -> list[Any]:
        """Return what a task comes to for every part, or those chosen; raises what a worker met.

        `frame` stands in for that of the survey.
        """
        chosen = range(len(self._parts)) if which is None else which
        return unwrapped(self._start(task, [options] * len(chosen), chosen, frame).results())

    def crowds(self, frame: Frame) -> Crowds:
        """Return how crowded the layer is in the plane of a frame; raises what a worker met."""
        told: list[Any] = [one.crowds for one in self.surveys]
        if None in told or not self._of_survey(frame):
            told = self.ask(tasks.crowded, frame=frame)
        total, cells = 0, dict[tuple[float, float], int]()
        for one in told:
            total += one.total
            for middle, count in one.cells.items():
                cells[middle] = cells.get(middle, 0) + count
        return Crowds(total, cells)

    def ellipsoidal_m2(self, frame: Frame) -> Floats:
        """Return the areas in the plane of a frame; raises what a worker met.

        They were taken with the survey, and are put right where cells are not as crowded as they were taken for.
        """
        crowds = self.crowds(frame)
        if not self._of_survey(frame) or any(one.ellipsoidal_m2 is None for one in self.surveys):
            return np.concatenate(self.ask(tasks.ellipsoidal, frame=frame, crowds=crowds))
        areas: Floats = self.column("ellipsoidal_m2")
        wrong = self._lonely(crowds)
        if len(wrong):
            plane = frame.projected or frame.crs
            areas[wrong] = ellipsoidal_areas(self.solid.at(wrong), frame.crs, plane, crowds=crowds)
        return areas

    def _lonely(self, crowds: Crowds) -> Ints:
        """Return the features that begin a ring in a cell which is not crowded in the whole layer either."""
        if crowds.total < MANY_POINTS:
            return np.arange(len(self.stored))
        found = [
            rows + part.first
            for one, part in zip(self.surveys, self._parts, strict=True)
            for (x, y), rows in one.sparse.items()
            if not crowds.many(x, y)
        ]
        return np.unique(np.concatenate([np.empty(0, np.int64), *found]))

    @cached_property
    def told_edges(self) -> tuple[Floats, Ints]:
        """Return the edges that parts left unmatched and that stay so, in their order, and the part each is of.

        Rows are x0, y0, x1, y1.
        """
        several = [one.borders for one in self.surveys]
        segments = np.vstack([np.empty((0, 4)), *several])
        kept = np.flatnonzero(unmatched_in(segments))
        part = np.repeat(np.arange(len(several)), [len(one) for one in several])
        return segments[kept], part[kept]

    def part_of(self, rows: Ints) -> Ints:
        """Return the number of the part that each row is in."""
        return np.asarray(np.searchsorted(self._firsts, rows, side="right") - 1)

    def pieces(self, rows: Ints) -> tuple[tuple[Part, Ints], ...]:
        """Return the parts that hold some rows, which are ascending, with their rows there."""
        which, starts = np.unique(self.part_of(rows), return_index=True)
        several = zip(which.tolist(), np.split(rows, starts[1:]), strict=True)
        return tuple((self._parts[one], own - self._firsts[one]) for one, own in several)

    def run(self, task: Task, parts: Sequence[Any], **options: Any) -> list[Any]:
        """Return what a task comes to for some other parts than those of the layer; raises what a worker met."""
        return unwrapped(self._crew.start(task, parts, self.frame, [options] * len(parts)).results())

    @cached_property
    def sound(self) -> NDArray[np.bool_]:
        """Return which rows are solid as they are stored."""
        kinds, empty = self.stored_columns["get_type_id"], self.stored_columns["is_empty"]
        polygonal = ((kinds == shapely.GeometryType.POLYGON) | (kinds == shapely.GeometryType.MULTIPOLYGON)) & ~empty
        sound: NDArray[np.bool_] = polygonal & self.column("valid") & ~self.column("out_of_range")
        return sound

    def _of_survey(self, frame: Frame) -> bool:
        known = self.frame.projected
        return known is not None and frame.projected is not None and same_crs(known, frame.projected)

    def _start(
        self,
        task: Task,
        options: Sequence[Mapping[str, Any]],
        which: Sequence[int] | None = None,
        frame: Frame | None = None,
    ) -> Pending:
        parts = self._parts if which is None else [self._parts[place] for place in which]
        return self._crew.start(task, parts, frame or self.frame, options)

    def _fetch(self, rows: Ints) -> tuple[Ints, Shapes]:
        """Bring rows from the parts that hold them, and more of a part to which one keeps coming back."""
        which, starts = np.unique(self.part_of(rows), return_index=True)
        wanted = np.split(rows, starts[1:])
        self._fetched[which] += 1
        for place, one in enumerate(which.tolist()):
            ahead = 4 ** min(int(self._fetched[one]) - _FETCHES, 16) if self._fetched[one] > _FETCHES else 0
            begin, end = int(wanted[place][0]), self._parts[one].first + self._parts[one].count
            wanted[place] = np.union1d(wanted[place], np.arange(begin, min(begin + ahead, end)))
        options = [{"rows": own - self._firsts[one]} for own, one in zip(wanted, which.tolist(), strict=True)]
        blobs = unwrapped(self._start(tasks.fetch, options, which.tolist()).results())
        with np.errstate(invalid="ignore"):
            return np.concatenate(wanted), np.asarray(shapely.from_wkb(np.concatenate(blobs)), dtype=object)

    def _make_solid(self, rows: Ints) -> tuple[Ints, Shapes]:
        shapes = self.stored.at(rows)
        odd = np.flatnonzero(~self.sound[rows])
        if len(odd):
            shapes[odd] = subject_of(shapes[odd], self.frame).solid
        return rows, shapes

    def _make_singles(self, rows: Ints) -> tuple[Ints, Shapes]:
        places = self.part_places[rows]
        features, back = np.unique(places, return_inverse=True)
        parts, of = shapely.get_parts(self.solid.at(features), return_index=True)
        there = ~shapely.is_empty(parts)
        parts, of = parts[there], of[there]
        number = rows - np.searchsorted(self.part_places, places)
        return rows, parts[np.searchsorted(of, back) + number]


def covered_by(spread: Spread, shape: Any) -> NDArray[np.bool_]:
    """Return which solid polygons a shape covers, told by the workers."""
    return np.concatenate(spread.ask(tasks.covered, by=shape))


def solid_shapes(spread: Spread) -> LazyShapes:
    """Return the geometry that is measured and compared as an array."""
    return LazyShapes(spread.solid, lambda: spread.solid_columns, covered=partial(covered_by, spread))


def unwrapped(results: Sequence[Any]) -> list[Any]:
    """Return results of tasks; raises what a worker met."""
    for result in results:
        if isinstance(result, Refusal):
            raise result.error()
    return list(results)


def _together(functions: Sequence[Task], several: Sequence[Columns]) -> Columns:
    names = [function.__name__ for function in functions]
    return {name: np.concatenate([one[name] for one in several]) for name in names}

"""The subject of the checks when its layer is spread over workers: the same properties, from what the workers tell.

Whatever is not overridden here is taken from the shapes themselves, as on one machine.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from geoplan.area import CGCS2000, Areas, measure_areas
from geoplan.checks import Subject
from geoplan.coverage import Coverage
from geoplan.crs import same_datum
from geoplan.distributed import survey as tasks
from geoplan.distributed.dividing import coverage_of
from geoplan.distributed.parts import Floats, even_edges, parts_in_hand
from geoplan.distributed.spread import Spread, solid_shapes
from geoplan.distributed.survey import Frame
from geoplan.errors import GeoplanError
from geoplan.rings import Rings, rings_of
from geoplan.shapes import LazyShapes
from geoplan.types import AreaMethod
from geoplan.zones import joint_digest

_MANY_PIECES = 500  # whose widths take workers longer than it takes to ask them


@dataclass(frozen=True)
class SpreadSubject(Subject):
    """A layer under check whose geometry is with workers; see `Subject`."""

    spread: Spread = field(kw_only=True)

    @cached_property
    def valid(self) -> NDArray[np.bool_]:
        """Return per feature whether it is valid; what is not polygonal counts as valid."""
        return self.spread.column("valid")

    @cached_property
    def in_numbers(self) -> NDArray[np.bool_]:
        """Return per feature whether it has coordinates, all of them finite."""
        return self.spread.column("usable")

    @cached_property
    def out_of_range(self) -> NDArray[np.bool_]:
        """Return per feature whether a coordinate cannot be of the layer's CRS."""
        return self.spread.column("out_of_range")

    @cached_property
    def solid(self) -> NDArray[Any]:
        """Return the polygons that can be measured and compared, None for other features."""
        return cast("NDArray[Any]", solid_shapes(self.spread))

    @cached_property
    def parts(self) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Return the single polygons `solid` is made of, and for each the place of its feature."""
        shapes = LazyShapes(self.spread.singles, lambda: self.spread.part_columns)
        return cast("NDArray[Any]", shapes), self.spread.part_places

    @cached_property
    def rings(self) -> Rings:
        """Return the rings of `solid`, all of which are brought for it."""
        return rings_of(np.asarray(self.solid))

    @cached_property
    def areas(self) -> Areas:
        """Return the areas of `solid` by all methods, NaN where there is none."""
        return cast("Areas", SpreadAreas(self))

    @cached_property
    def coverage(self) -> Coverage:
        """Return overlaps, gaps and unmatched vertices, exact in the coordinates as stored."""
        return coverage_of(self.spread, self.reach, self.boundary)

    def measure(self, geometries: NDArray[Any]) -> NDArray[np.float64]:
        """Return areas in m² of other polygons of the layer by the chosen method; of all its parts, by the workers."""
        if geometries is not self.parts[0]:
            return super().measure(np.asarray(geometries))
        return SpreadAreas(self, single=True).by(self.method)

    def widths(self, pieces: NDArray[Any]) -> NDArray[np.float64]:
        """Return the widths in m of pieces in the layer's CRS; of many, as the workers tell them."""
        if len(pieces) < _MANY_PIECES:
            return super().widths(pieces)
        shares = parts_in_hand(pieces, even_edges(len(pieces), _MANY_PIECES))
        return np.concatenate(self.spread.run(tasks.across, shares))

    def subject_digest(self, *places: int) -> str:
        """Return the digest findings about these features (all of them, if none is named) hang on."""
        return super().subject_digest(*places) if places else self._digest

    @cached_property
    def _digest(self) -> str:
        return joint_digest([one for several in self.spread.ask(tasks.contents) for one in several])


class SpreadAreas:
    """What `area.Areas` tells of a layer, or of its `single` polygons, measured by the workers when it is asked for.

    Where a worker refuses to measure its part, or the datum is changed by what suits the whole layer, all shapes are
    brought and measured here: the error names the feature, and the figures are those of one machine.
    """

    def __init__(self, subject: SpreadSubject, *, single: bool = False) -> None:
        """Keep what is to be measured."""
        self._subject, self._spread, self._single = subject, subject.spread, single
        self._looked_at: int | None = None

    @cached_property
    def ellipsoidal_m2(self) -> Floats:
        """Return the areas by the procedure of the land survey."""
        return self._told("ellipsoidal_m2", self._ellipsoidal)

    @cached_property
    def geodesic_m2(self) -> Floats:
        """Return the areas with edges as geodesics."""
        return self._told("geodesic_m2", self._figures)

    @cached_property
    def planar_m2(self) -> Floats:
        """Return the areas in the plane of the projected CRS."""
        return self._told("planar_m2", self._figures)

    @cached_property
    def perimeter_m(self) -> Floats:
        """Return the lengths of all rings, with edges as geodesics."""
        return self._told("perimeter_m", self._figures)

    def by(self, method: AreaMethod) -> Floats:
        """Return the areas by one method."""
        areas: Floats = getattr(self, f"{method.value}_m2")
        return areas

    def part(self, first: int, last: int) -> Any:
        """Return the figures of the features from `first` up to, not including, `last`.

        Those of one place are measured here; whoever looks at a second place is going to look at all.
        """
        if self._looked_at in (None, first):
            self._looked_at = first
            return self._measured(np.asarray(self._subject.solid[first:last]))
        return _Slice(self, slice(first, last))

    @property
    def _frame(self) -> Frame:
        return Frame(self._subject.layer.crs, self._subject.projected)

    @cached_property
    def _here(self) -> Areas:
        """Return the figures as one machine measures them, from all shapes."""
        return self._measured(np.asarray(self._subject.parts[0] if self._single else self._subject.solid))

    def _measured(self, shapes: NDArray[Any]) -> Areas:
        subject = self._subject
        return measure_areas(shapes, subject.layer.crs, subject.projected, official_rounding=subject.official_rounding)

    def _told(self, wanted: str, ask: Callable[[str], Floats]) -> Floats:
        """Return figures as the workers tell them, or those measured here."""
        crs, plane = self._subject.layer.crs, self._subject.projected
        if same_datum(crs, plane) and same_datum(crs, CGCS2000):
            with suppress(GeoplanError):  # told below, with the number of the feature in the whole layer
                return ask(wanted)
        here: Floats = getattr(self._here, wanted)
        return here

    def _ellipsoidal(self, _: str) -> Floats:
        rounding = self._subject.official_rounding
        if not rounding and not self._single:
            return self._spread.ellipsoidal_m2(self._frame)
        crowds = self._spread.crowds(self._frame)
        told = self._spread.ask(
            tasks.ellipsoidal, frame=self._frame, crowds=crowds, official_rounding=rounding, single=self._single
        )
        return np.concatenate(told)

    def _figures(self, wanted: str) -> Floats:
        return np.concatenate(self._spread.ask(tasks.figures, frame=self._frame, wanted=wanted, single=self._single))


class _Slice:
    """Some rows of all figures."""

    def __init__(self, areas: SpreadAreas, rows: slice) -> None:
        self.geodesic_m2, self.planar_m2 = areas.geodesic_m2[rows], areas.planar_m2[rows]
        self.perimeter_m = areas.perimeter_m[rows]

"""A case to decide: what was declared or asked for, and every reading of the numbers that could be meant."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import code_of, is_cgcs2000_or_wgs84, norm_crs, operation_between, to_degrees
from geoplan.crs_verdict.fit import Placed, distinct, place
from geoplan.crs_verdict.readings import (
    AXIS_ORDERS,
    Numbers,
    Reading,
    as_written,
    crs_text,
    degrees_crs,
    every_reading,
    ways_to_write,
    with_offsets,
)
from geoplan.crs_verdict.site import Ground, Site
from geoplan.errors import CrsError, UsageError
from geoplan.inspection import Offset
from geoplan.offsets import is_shifted_region
from geoplan.types import Text

_LONG = 60  # characters of a system's text that a sentence has room for


@dataclass(frozen=True, slots=True)
class Asked:
    """What is stated about the coordinates: by the file (`declared`) and by whoever loads it.

    `crs` is the system that counts: the given one, else the declared one, with the parameters that were given.
    `name` is what to call it, `spelled` the options that say it again, `given` that the user stands for it.
    `axes` and `offset` are None unless given.
    """

    declared: CRS | None
    crs: CRS | None
    name: str
    spelled: str
    given: bool
    axes: str | None
    offset: Offset | None

    @property
    def axis_orders(self) -> tuple[str, ...]:
        """Return the axis orders to try, the usual one first."""
        return (self.axes,) if self.axes else AXIS_ORDERS

    @property
    def offsets(self) -> tuple[Offset, ...]:
        """Return the shifts to try, none first."""
        return (self.offset,) if self.offset is not None else tuple(Offset)

    @property
    def at_its_word(self) -> Reading | None:
        """Return the reading that takes the statement as it is, None when nothing is stated."""
        if self.crs is None:
            return None
        return replace(as_written(self.crs, self.axis_orders[0]), offset=self.offsets[0])


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision rests on.

    `placed` are the readings that land near the plan, different ones only, as-stated first. `stated` is the
    reading at its word, wherever it lands, None when nothing is stated or the numbers cannot be of it; then
    `unfit` are the features that cannot, and `refusal` the reason when its datum has no known parameters.
    """

    asked: Asked
    numbers: Numbers
    ground: Ground | None
    target: CRS
    placed: tuple[Placed, ...]
    stated: Placed | None
    unfit: NDArray[np.int64]
    refusal: CrsError | None

    def is_rewriting(self, one: Placed) -> bool:
        """Return whether a reading is the stated system and shift, with its axes or zone number written otherwise."""
        if self.asked.crs is None or one.reading.offset is not self.asked.offsets[0]:
            return False
        ways = ways_to_write(self.asked.crs, self.numbers, self.asked.axis_orders)
        return any(replace(way, offset=one.reading.offset) == one.reading for way in ways)


def asked_for(
    declared: CRS | None, crs: str | None, operation: str | None, axes: str | None, offset: Offset | None
) -> Asked:
    """Return what is stated. Raises CrsError for an unknown system, UsageError for options that cannot be followed."""
    if axes is not None and axes not in AXIS_ORDERS:
        raise UsageError(
            Text(f"“{axes}” is not an axis order.", f"“{axes}”不是坐标轴顺序。"),
            hint=Text("Say east-north or north-east.", "请用 east-north 或 north-east。"),
        )
    wanted = norm_crs(crs) if crs is not None else declared
    name = code_of(wanted) if wanted is not None else ""
    if ":" not in name and crs is not None:
        name = f"“{crs if len(crs) <= _LONG else crs[: _LONG - 1] + '…'}”"
    spelled = "" if wanted is None else f"--crs {quoted(crs or crs_text(wanted))}"
    if operation is not None:
        wanted, name = _with_parameters(wanted, operation), f"{name} with {operation}"
        spelled += f" --operation {quoted(operation)}"
    return Asked(declared, wanted, name, spelled, crs is not None or operation is not None, axes, offset)


def case_of(geometry: NDArray[np.object_], asked: Asked, site: Site | None) -> Case:
    """Return the case of a file's geometry, every reading placed."""
    numbers, ground = Numbers.of(geometry), Ground.of(site)
    target = site.target if site is not None else degrees_crs()
    word = asked.at_its_word
    unfit = word.out_of_range(numbers) if word is not None else np.empty(0, np.int64)
    refusal = _refusal(asked.crs, numbers, asked.axis_orders[0])
    found = [*_readings(asked, numbers, site, ground)] if len(numbers.boxes) else []
    # As stated first: of readings that come to the same, the first stands.
    placed = distinct(one for one in found if one.lands)
    stated = next((one for one in found if one.reading == word), None)
    return Case(asked, numbers, ground, target, placed, stated, unfit, refusal)


def _readings(asked: Asked, numbers: Numbers, site: Site | None, ground: Ground | None) -> Iterator[Placed]:
    for plain in _systems(asked, numbers, site):
        first = replace(plain, offset=asked.offsets[0])
        if not (first == asked.at_its_word or _plausible(first, numbers, ground)):
            continue
        one = place(first, numbers, ground)
        if one is None:
            continue
        yield one
        if one.lands and is_shifted_region(one.lon, one.lat).all():
            others = (place(other, numbers, ground) for other in with_offsets(plain, asked.offsets[1:]))
            yield from (other for other in others if other is not None)


def _systems(asked: Asked, numbers: Numbers, site: Site | None) -> Iterator[Reading]:
    if asked.crs is not None:
        yield from ways_to_write(asked.crs, numbers, asked.axis_orders)
    if asked.given:
        return
    others = () if site is None else tuple({c.to_wkt(): c for c in (site.target, site.zones_crs) if c}.values())
    yield from every_reading(numbers, others, asked.axis_orders)


def _plausible(reading: Reading, numbers: Numbers, ground: Ground | None) -> bool:
    """Return whether the middle of the file could be there: spares most readings the work of placing everything."""
    middle = np.median((numbers.boxes[:, :2] + numbers.boxes[:, 2:]) / 2, axis=0)
    try:
        lon, lat = reading.places(middle[:1], middle[1:])
    except CrsError:
        return False
    if ground is not None:
        return bool(ground.near(lon, lat)[0])
    home = degrees_crs().area_of_use
    return home is not None and bool(
        (home.west <= lon[0] <= home.east and home.south <= lat[0] <= home.north)
        or not is_cgcs2000_or_wgs84(reading.crs)
    )


def _refusal(crs: CRS | None, numbers: Numbers, axis_order: str) -> CrsError | None:
    """Return why the stated datum cannot be taken to CGCS2000, None if it can."""
    if crs is None or is_cgcs2000_or_wgs84(crs):
        return None
    lon, lat = to_degrees(*as_written(crs, axis_order).in_crs(*numbers.vertices.T), crs)
    known = np.isfinite(lon) & np.isfinite(lat)
    bounds = (lon[known].min(), lat[known].min(), lon[known].max(), lat[known].max()) if known.any() else None
    try:
        operation_between(crs, degrees_crs(), bounds)
    except CrsError as error:
        return error
    return None


def _with_parameters(crs: CRS | None, operation: str) -> CRS:
    """Return the stated CRS with datum parameters hung on it."""
    words = operation.split()
    if crs is None or not words or not all(word.startswith(("+towgs84=", "+nadgrids=")) for word in words):
        raise UsageError(
            Text(
                f"“{operation}” cannot be followed: it must be +towgs84=… or +nadgrids=…, and a system be declared.",
                f"无法采用“{operation}”：须为 +towgs84=… 或 +nadgrids=…，并已声明坐标系。",
            ),
            hint=Text(
                "Give --crs CODE with --operation +towgs84=dx,dy,dz,rx,ry,rz,scale.",
                "请同时给出 --crs 代码 与 --operation +towgs84=dx,dy,dz,rx,ry,rz,scale。",
            ),
        )
    return norm_crs(f"{_proj_text(crs)} {operation}")


def _proj_text(crs: CRS) -> str:
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what PROJ text drops is the datum's name, which the parameters stand for
        text = plain.to_proj4()
    kept = [word for word in text.split() if not word.startswith(("+towgs84", "+nadgrids", "+datum"))]
    ellipsoid = plain.ellipsoid
    if ellipsoid is not None and not any(word.startswith(("+ellps", "+a=")) for word in kept):
        kept.append(f"+a={ellipsoid.semi_major_metre!r} +rf={ellipsoid.inverse_flattening!r}")
    return " ".join(kept)


def quoted(text: str) -> str:
    """Return a word of a command line, in quotes where a shell needs them."""
    plain = text.isascii() and all(c.isalnum() or c in ":_-+=.,/" for c in text)
    return text if plain else "'" + text.replace("'", "'\\''") + "'"


def bounds_of(one: Placed) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) in degrees of where a reading puts the vertices."""
    west, south, east, north = shapely.total_bounds(shapely.points(one.lon, one.lat)).tolist()
    return west, south, east, north

"""Coordinate systems: one type inside (`pyproj.CRS`), x = east or longitude first, and no silent datum change.

Coordinates of shapely geometries are always (east, north) or (longitude, latitude), whatever the axis
order of the registry. WGS 84 and CGCS2000 are treated as one datum (they differ by less than 0.1 m);
every other datum change needs an operation with known parameters that covers the place, or is refused.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.crs import BoundCRS
from pyproj.exceptions import CRSError as ProjCrsError
from pyproj.transformer import TransformerGroup
from shapely.geometry.base import BaseGeometry

from geoplan import ellipsoid, smooth
from geoplan.ellipsoid import Floats
from geoplan.errors import CrsError
from geoplan.types import Text

Geometries: TypeAlias = NDArray[np.object_] | Sequence[BaseGeometry | None]
Bounds: TypeAlias = tuple[float, float, float, float]
Verdict: TypeAlias = Literal["fit", "doubtful", "unfit"]

FIT_WITHIN = 1e-3
DOUBTFUL_WITHIN = 1e-2

# Names of the two datums that count as one, lower case and without punctuation or the "D_" of ESRI.
_WGS84_NAMES = ("worldgeodeticsystem1984", "wgs1984", "wgs84")
_CGCS2000_NAMES = ("china2000", "cgcs2000", "chinageodeticcoordinatesystem2000")
# PROJ knows no public parameters to CGCS2000 for these, or only those of a far oil field or basin.
_WITHOUT_PUBLIC_PARAMETERS = ("xian1980", "beijing1954", "newbeijing")
_ROUND_TRIP_LIMIT = 1.0  # of the CRS's own unit: a coordinate that moves further is not one of this CRS
_MANY = 20_000  # coordinates, from which on looking at their region first is worth it
_REGION_STEP_M = 20_000.0


@dataclass(frozen=True, slots=True)
class Operation:
    """How coordinates get from one CRS to another: `description` by PROJ, `accuracy_m` (None = not stated)."""

    description: str
    accuracy_m: float | None


@dataclass(frozen=True, slots=True)
class Fitness:
    """Whether planar areas of a projected CRS can be trusted at one place.

    `error` is the relative error of a planar area there (+0.388 means 38.8 % too large; NaN if the
    place is outside the projection), `central_meridian` is in degrees for the Transverse Mercator family.
    """

    code: str
    error: float
    central_meridian: float | None
    verdict: Verdict
    message: Text


def norm_crs(value: Any) -> CRS:
    """Return the two-dimensional pyproj CRS for a code ("EPSG:4548", "4548", 4548), WKT, PROJ text or CRS.

    Compound systems lose their heights. Raises CrsError if `value` names no known system, or one
    that is neither geographic in degrees from Greenwich nor projected.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PROJ text earns a lecture on lossiness that no user can act on
            crs = CRS.from_user_input(value.strip() if isinstance(value, str) else value)
            if crs.is_compound:
                crs = crs.sub_crs_list[0]
            crs = _flat(crs)
    except (ProjCrsError, UnicodeEncodeError) as error:  # the latter: bytes of a command line that are no text
        shown = "".join(character if character.isprintable() else "\ufffd" for character in str(value)[:80])
        raise CrsError(
            Text(f"“{shown}” is not a known coordinate system.", f"“{shown}”不是已知的坐标系。"),
            hint=Text(
                "Give an EPSG code such as EPSG:4490 or EPSG:4548.", "请给出 EPSG 代码，如 EPSG:4490 或 EPSG:4548。"
            ),
        ) from error
    if not (crs.is_geographic or crs.is_projected) or not _in_plain_degrees(crs):
        raise CrsError(
            Text(
                f"{crs.name} is neither longitude and latitude in degrees from Greenwich nor a projected system.",
                f"{crs.name}既不是以格林尼治为起点、以度为单位的经纬度坐标系，也不是投影坐标系。",
            ),
            hint=Text("Convert the data to CGCS2000 first.", "请先将数据转换到 CGCS2000。"),
        )
    return crs


@lru_cache(maxsize=256)
def code_of(crs: CRS) -> str:
    """Return the code of a CRS ("EPSG:4548"), or its name if the registry has none at confidence 70 or more."""
    epsg = crs.to_epsg(min_confidence=70)
    if epsg is not None:
        return f"EPSG:{epsg}"
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else crs.name


def default_projected(lon: float, lat: float) -> CRS:
    """Return the projected CRS to measure in at a place given in degrees.

    In the range of China (73.5–136.5°E, 3–54°N) the CGCS2000 3° Gauss-Krüger system by central
    meridian (EPSG:4534 is CM 75E … EPSG:4554 is CM 135E), elsewhere UTM on WGS 84.
    Raises CrsError if the place is not on the globe.
    """
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise CrsError(
            Text(f"Longitude {lon}, latitude {lat} is not a place.", f"经度 {lon}、纬度 {lat} 不是有效位置。"),
            hint=Text("Check the coordinate system and axis order.", "请检查坐标系和坐标轴顺序。"),
        )
    if 73.5 <= lon <= 136.5 and 3 <= lat <= 54:
        return CRS.from_epsg(4534 + min(max(int(lon / 3 + 0.5) - 25, 0), 20))
    zone = min(int((lon + 180) // 6) + 1, 60)
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


@lru_cache(maxsize=256)
def is_cgcs2000_or_wgs84(crs: CRS) -> bool:
    """Return whether the CRS, geographic or projected, is on CGCS2000 or WGS 84 (any realisation)."""
    if crs.is_bound or crs.datum is None or crs.ellipsoid is None:
        return False
    name = re.sub(r"[^a-z0-9]", "", re.sub(r"^d_", "", crs.datum.name.lower()))
    same_shape = (
        abs(crs.ellipsoid.semi_major_metre - ellipsoid.SEMI_MAJOR_M) < 1e-3
        and abs(crs.ellipsoid.inverse_flattening - ellipsoid.INVERSE_FLATTENING) < 1e-5
    )
    return same_shape and (name in _CGCS2000_NAMES or name.startswith(_WGS84_NAMES))


def same_crs(first: CRS, second: CRS) -> bool:
    """Return whether two CRS are the same system, also when one comes from ESRI text and one from the registry."""
    return first == second or (":" in code_of(first) and code_of(first) == code_of(second))


def same_datum(first: CRS, second: CRS) -> bool:
    """Return whether no datum change lies between two CRS; WGS 84 and CGCS2000 count as one datum."""
    if is_cgcs2000_or_wgs84(first) and is_cgcs2000_or_wgs84(second):
        return True
    if first.is_bound or second.is_bound:
        return same_crs(first, second)
    return same_crs(_geographic(first), _geographic(second))


def operation_between(source: CRS, target: CRS, bounds: Bounds | None = None) -> Operation:
    """Return how coordinates are taken from `source` to `target`; `bounds` is (west, south, east, north) in degrees.

    Raises CrsError if the datum change has no operation with known parameters that covers the bounds.
    """
    if same_datum(source, target):
        if code_of(_geographic(source)) == code_of(_geographic(target)):
            return Operation("same datum", 0.0)
        return Operation("null (WGS 84 and CGCS2000 differ by less than 0.1 m)", 0.1)
    step = _datum_step(source, target, bounds)
    return Operation(step.description, step.accuracy if step.accuracy >= 0 else None)


def convert(x: Floats, y: Floats, source: CRS, target: CRS) -> tuple[Floats, Floats]:
    """Return coordinate arrays taken from `source` to `target`; x is always east or longitude.

    A coordinate outside the range of either projection comes back as NaN in both arrays.
    Raises CrsError for a datum change without known parameters (see `operation_between`).
    """
    if same_crs(source, target):
        return x, y
    lon, lat = to_degrees(x, y, source)
    if not same_datum(source, target) and np.size(lon):
        known = np.isfinite(lon) & np.isfinite(lat)
        bounds = (lon[known].min(), lat[known].min(), lon[known].max(), lat[known].max()) if known.any() else None
        lon, lat = _run(_datum_step(source, target, bounds), lon, lat)
    return _run(_from_geographic(target), lon, lat)


def to_degrees(x: Floats, y: Floats, crs: CRS) -> tuple[Floats, Floats]:
    """Return coordinate arrays of `crs` as longitude and latitude on its own datum; NaN outside its range."""
    return _run(_to_geographic(crs), x, y)


def project(geometries: Geometries, source: CRS, target: CRS) -> NDArray[np.object_]:
    """Return the geometries, in two dimensions, taken vertex by vertex from `source` to `target`.

    None and empty stay what they are. A vertex outside the range of either projection becomes infinite,
    so that the geometry stays in its place, its ring stays closed, and every area of it is NaN.
    Raises CrsError for a datum change without known parameters.
    """
    return _vertexwise(geometries, lambda x, y: convert(x, y, source, target))


def to_lonlat(geometries: Geometries, crs: CRS) -> NDArray[np.object_]:
    """Return the geometries in degrees on the CRS's own datum (longitude, latitude); see `project`."""
    return _vertexwise(geometries, lambda x, y: to_degrees(x, y, crs))


def outside_range(geometries: Geometries, crs: CRS) -> NDArray[np.bool_]:
    """Return for each geometry whether a coordinate of it cannot be of this CRS.

    That is: not a number; |latitude| > 90 or |longitude| > 180 in a geographic CRS; in a projected
    one, a coordinate that does not survive the way to the ellipsoid and back. None and empty: False.
    """
    array = np.asarray(geometries, dtype=object)
    coordinates, index = shapely.get_coordinates(array, return_index=True)
    flags = np.zeros(array.shape[0], dtype=np.bool_)
    flags[index[coordinates_outside(coordinates[:, 0], coordinates[:, 1], crs)]] = True
    return flags


def coordinates_outside(x: Floats, y: Floats, crs: CRS) -> NDArray[np.bool_]:
    """Return for each coordinate pair whether it cannot be of this CRS; see `outside_range`.

    Of many, the region they lie in is looked at first: where all of it keeps its place, so does each of them.
    """
    if crs.is_geographic:
        return np.asarray(~((np.abs(x) <= 180) & (np.abs(y) <= 90)))

    def there_and_back(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return _run(_from_geographic(crs), *to_degrees(x, y, crs))

    if len(x) > _MANY:
        bounds = np.array([x.min(), y.min(), x.max(), y.max()])  # NaN, if there is one
        if smooth.keeps_range(there_and_back, bounds, _ROUND_TRIP_LIMIT, _REGION_STEP_M / metres_per_unit(crs)):
            return np.zeros(len(x), dtype=np.bool_)
    back_x, back_y = there_and_back(x, y)
    return np.asarray(~(np.hypot(back_x - x, back_y - y) <= _ROUND_TRIP_LIMIT))


def metres_per_unit(crs: CRS) -> float:
    """Return the length in metres of one unit of a projected CRS."""
    return float(crs.axis_info[0].unit_conversion_factor)


def metres_jacobian(crs: CRS, x: Floats, y: Floats) -> Floats:
    """Return, shape (n, 2, 2), the metres east and north (rows) per unit of x and y (columns) at each place.

    Metres are those of the CGCS2000 ellipsoid, units degrees in a geographic CRS. In a projected one
    the way to longitude and latitude is differentiated over 200 units, with a relative error below 1e-9.
    It is taken from the coordinates themselves because PROJ's own scale factors describe the sphere
    for Web Mercator. NaN where the place is outside the projection, or so close to a pole (0.1°)
    that degrees of longitude say nothing.
    """
    jacobian = np.zeros((np.size(x), 2, 2))
    if crs.is_geographic:
        lat = y
        jacobian[:, 0, 0] = jacobian[:, 1, 1] = 1.0
    else:
        _, lat = to_degrees(x, y, crs)
        h = 100.0
        for column, (dx, dy) in enumerate(((h, 0.0), (0.0, h))):
            ahead, behind = to_degrees(x + dx, y + dy, crs), to_degrees(x - dx, y - dy, crs)
            turn = ahead[0] - behind[0]  # the antimeridian may lie between the two
            jacobian[:, 0, column] = (turn - 360.0 * np.round(turn / 360.0)) / (2 * h)
            jacobian[:, 1, column] = (ahead[1] - behind[1]) / (2 * h)
    lat = np.where(np.abs(lat) <= 89.9, lat, np.nan)
    meridian, prime_vertical = ellipsoid.radii(lat)
    jacobian[:, 0] *= (np.radians(1.0) * prime_vertical * np.cos(np.radians(lat)))[:, None]
    jacobian[:, 1] *= (np.radians(1.0) * meridian)[:, None]
    return jacobian


def determinants(jacobians: Floats) -> Floats:
    """Return the area in m² of one square unit for each matrix of `metres_jacobian` (NaN passes through)."""
    return np.asarray(np.abs(jacobians[:, 0, 0] * jacobians[:, 1, 1] - jacobians[:, 0, 1] * jacobians[:, 1, 0]))


def fitness(projected: CRS, lon: float, lat: float) -> Fitness:
    """Return how far planar areas in `projected` are off at a place given in degrees, and a verdict.

    "fit" up to 0.1 %, "doubtful" up to 1 % (say the size), "unfit" beyond (refuse), also where the
    projection is not defined. Raises CrsError if `projected` is not a projected CRS.
    """
    require_projected(projected)
    x, y = _run(_from_geographic(projected), np.array([lon]), np.array([lat]))
    density = float(determinants(metres_jacobian(projected, x, y))[0])
    error = metres_per_unit(projected) ** 2 / density - 1 if density > 0 else np.nan
    # Written so that NaN, which is larger than nothing, ends as unfit.
    within = abs(error)
    verdict: Verdict = "fit" if within <= FIT_WITHIN else "doubtful" if within <= DOUBTFUL_WITHIN else "unfit"
    code = code_of(projected)
    return Fitness(code, error, _central_meridian(projected), verdict, _fitness_text(code, error, verdict))


def require_projected(crs: CRS) -> None:
    """Raise CrsError unless `crs` is a projected CRS."""
    if not crs.is_projected:
        raise CrsError(
            Text(
                f"{code_of(crs)} is not a projected coordinate system, so it has no plane to measure in.",
                f"{code_of(crs)}不是投影坐标系，不能用于平面量算。",
            ),
            hint=Text("Use a Gauss-Krüger code such as EPSG:4548.", "请使用高斯-克吕格投影代码，如 EPSG:4548。"),
        )


def _fitness_text(code: str, error: float, verdict: Verdict) -> Text:
    if not np.isfinite(error):
        return Text(f"{code} is not defined at this place.", f"{code}在此处无定义。")
    size = f"{100 * error:+.3g} %" if abs(error) >= 1e-6 else f"{0:+.4f} %"
    ending = {
        "fit": ("", ""),
        "doubtful": (" Choose the central meridian nearest to the site.", "请选用离项目地最近的中央经线。"),
        "unfit": (" It must not be used for areas here.", "此处不得用于面积量算。"),
    }[verdict]
    return Text(
        f"Planar areas in {code} are off by {size} at this place.{ending[0]}",
        f"{code}的平面面积在此处的误差为 {size}。{ending[1]}",
    )


def _central_meridian(crs: CRS) -> float | None:
    operation = crs.coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return None
    return next((float(p.value) for p in operation.params if p.name == "Longitude of natural origin"), None)


def _in_plain_degrees(crs: CRS) -> bool:
    base = _geographic(crs)
    meridian = base.prime_meridian
    at_greenwich = meridian is None or meridian.longitude == 0
    return at_greenwich and all(
        abs(axis.unit_conversion_factor - np.radians(1.0)) < 1e-9 for axis in base.axis_info[:2]
    )


def _flat(crs: CRS) -> CRS:
    # Only where there is a height to drop: the way to two dimensions forgets which code ESRI text stands for.
    return crs.to_2d() if len(crs.axis_info) > 2 and not crs.is_bound else crs


@lru_cache(maxsize=256)
def _geographic(crs: CRS) -> CRS:
    """Return the geographic CRS under a projected or bound one, without its datum operation."""
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    base = plain if plain.is_geographic else plain.geodetic_crs
    if base is None:
        raise CrsError(Text(f"{crs.name} has no datum.", f"{crs.name}没有基准。"))
    return _flat(base)


@lru_cache(maxsize=256)
def _to_geographic(crs: CRS) -> Transformer | None:
    """Return the way from x, y to degrees on the CRS's own datum; None if they are degrees already."""
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    return Transformer.from_crs(plain, _geographic(crs), always_xy=True) if plain.is_projected else None


@lru_cache(maxsize=256)
def _from_geographic(crs: CRS) -> Transformer | None:
    """Return the way from degrees on the CRS's own datum to x, y; None if it is geographic."""
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    return Transformer.from_crs(_geographic(crs), plain, always_xy=True) if plain.is_projected else None


def _datum_step(source: CRS, target: CRS, bounds: Bounds | None) -> Transformer:
    """Return the most accurate operation between the datums whose area of use covers the bounds, or refuse."""
    covering = [step for step in _datum_operations(source, target) if bounds is None or _covers(step, bounds)]
    if not covering:
        raise _no_operation(source, target)
    return min(covering, key=lambda step: step.accuracy if step.accuracy >= 0 else np.inf)


@lru_cache(maxsize=64)
def _datum_operations(source: CRS, target: CRS) -> tuple[Transformer, ...]:
    if any(_lacks_parameters(crs) for crs in (source, target)):
        return ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a grid that is not installed: the operations that are decide below
        group = TransformerGroup(_datum_end(source), _datum_end(target), always_xy=True, allow_ballpark=False)
    given = source.is_bound or target.is_bound  # parameters a user gave have no stated accuracy
    return tuple(step for step in group.transformers if step.accuracy >= 0 or given)


def _datum_end(crs: CRS) -> CRS:
    """Return the geographic CRS to look operations up for; the registry has most of them to WGS 84."""
    if is_cgcs2000_or_wgs84(crs):
        return CRS.from_epsg(4326)
    if crs.is_bound and crs.target_crs is not None and crs.coordinate_operation is not None:
        # The projected part is undone before the datum step: hang the parameters on the degrees.
        return BoundCRS(_geographic(crs), crs.target_crs, crs.coordinate_operation)
    return _geographic(crs)


def _lacks_parameters(crs: CRS) -> bool:
    if crs.is_bound:
        return False
    name = re.sub(r"[^a-z0-9]", "", _geographic(crs).name.lower())
    datum = re.sub(r"[^a-z0-9]", "", re.sub(r"^d_", "", crs.datum.name.lower())) if crs.datum else ""
    return any(text.startswith(_WITHOUT_PUBLIC_PARAMETERS) for text in (name, datum))


def _covers(step: Transformer, bounds: Bounds) -> bool:
    area = step.area_of_use
    west, south, east, north = bounds
    return area is None or (area.west <= west and east <= area.east and area.south <= south and north <= area.north)


def _no_operation(source: CRS, target: CRS) -> CrsError:
    names = [crs.datum.name if crs.datum else crs.name for crs in (source, target)]
    return CrsError(
        Text(
            f"No public parameters take {code_of(source)} (datum {names[0]}) to {code_of(target)} (datum {names[1]}) "
            "at this place; without them positions could be wrong by tens of metres or more.",
            f"从 {code_of(source)}（基准 {names[0]}）到 {code_of(target)}（基准 {names[1]}）在此处没有公开的转换参数；"
            "不加参数直接使用，位置可能偏差数十米甚至更多。",
        ),
        hint=Text(
            "Deliver the data in CGCS2000, or declare the system with its parameters "
            "(WKT BOUNDCRS, or PROJ text with +towgs84=… or +nadgrids=…).",
            "请提供 CGCS2000 数据，或连同转换参数一起声明坐标系"
            "（WKT BOUNDCRS，或带 +towgs84=… / +nadgrids=… 的 PROJ 文本）。",
        ),
    )


def _run(step: Transformer | None, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    if step is None or np.size(x) == 0:
        return x, y
    new_x, new_y = step.transform(x, y)
    good = np.isfinite(new_x) & np.isfinite(new_y)
    return np.where(good, new_x, np.nan), np.where(good, new_y, np.nan)


def _vertexwise(
    geometries: Geometries, function: Callable[[Floats, Floats], tuple[Floats, Floats]]
) -> NDArray[np.object_]:
    def finite_or_infinite(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        # A ring that begins and ends with NaN does not count as closed: NaN differs from itself.
        new_x, new_y = function(x, y)
        return np.where(np.isnan(new_x), np.inf, new_x), np.where(np.isnan(new_y), np.inf, new_y)

    array = np.asarray(geometries, dtype=object)
    return np.asarray(shapely.transform(array, finite_or_infinite, interleaved=False), dtype=object)

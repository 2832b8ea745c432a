"""How well a reading fits: where it puts the vertices, how many lie on current boundaries, and what chance would do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs_verdict.readings import Numbers, Reading
from geoplan.crs_verdict.site import Ground
from geoplan.ellipsoid import Floats
from geoplan.errors import CrsError

EXACT_M = 0.05  # what rounding of coordinates leaves; tells copies apart where boundaries are dense
SAME_M = 1.0  # a vertex this near to a current boundary is on it: more than any rounding of coordinates in use
LOOSE_M = (5.0, 20.0)  # what tracing by hand leaves


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much it takes: at least `hits` vertices, which chance alone would bring about less often than `level`."""

    level: float
    hits: int


PROOF = Evidence(1e-6, 4)  # enough to read a file otherwise than declared
DOUBT = Evidence(1e-3, 3)  # enough to stop
_MOST = 0.5  # of the features: so many must land near the plan
_DOUBT_SHARE = 0.1  # below it: nine times what the share among the features tried first is likely to be off by
_NODES = 9
_EQUAL_DEGREES = 1e-9  # 0.1 mm: readings that agree so far are one
_MOVE_CELL, _MOVE_REACH = 2.0, 1000  # moves are counted in squares of 2 m, up to 2 km each way
_MOVE_PAIRS = 4_000_000


@dataclass(frozen=True, slots=True)
class Placed:
    """A reading with where it puts things.

    `lon`, `lat` are the sampled vertices, `points` the same in the ground's plane, `distance` their distances to
    the current boundaries in metres. `lands` says that most features land within 30 km of the plan, `astray` are those
    that do not (where most do not, those of the ones that were tried), `score` is that of `Candidate`.
    """

    reading: Reading
    lon: Floats
    lat: Floats
    points: Floats
    distance: Floats
    astray: NDArray[np.int64]
    lands: bool
    score: float

    @property
    def median_m(self) -> float | None:
        """Return the median distance to the current boundaries, None without any."""
        middle = float(np.median(self.distance)) if len(self.distance) else np.inf
        return middle if np.isfinite(middle) else None

    def on(self, radius: float = SAME_M) -> NDArray[np.bool_]:
        """Return which sampled vertices lie within `radius` metres of a current boundary."""
        return np.asarray(self.distance <= radius)

    def same_place(self, other: Placed) -> bool:
        """Return whether two readings put every vertex at the same place."""
        apart = np.maximum(np.abs(self.lon - other.lon), np.abs(self.lat - other.lat))
        return bool((apart <= _EQUAL_DEGREES).all())


def place(reading: Reading, numbers: Numbers, ground: Ground | None) -> Placed | None:
    """Return where a reading puts the numbers, or None when it cannot be held against the ground.

    That is: a feature's coordinates cannot be of its CRS, or its datum has no known parameters.
    """
    if reading.outside(numbers.boxes[numbers.few]).any() or len(reading.out_of_range(numbers)):
        return None
    try:
        lon, lat = reading.places(*numbers.vertices.T)
        astray, share = _astray(reading, numbers, ground)
    except CrsError:
        return None
    if not (np.isfinite(lon) & np.isfinite(lat)).all():
        return None
    if ground is None:
        nothing = np.empty(0)
        return Placed(reading, lon, lat, np.empty((0, 2)), nothing, astray, share > _MOST, share)
    points = ground.metres(lon, lat)
    lands = share > _MOST
    distance = ground.distances(points) if lands else np.full(len(points), np.inf)
    score = _score(reading, numbers, ground) if lands else 0.0
    return Placed(reading, lon, lat, points, distance, astray, lands, score)


def distinct(placed: Iterable[Placed]) -> tuple[Placed, ...]:
    """Return the readings that put the vertices at different places, of equal ones the first."""
    kept: list[Placed] = []
    for one in placed:
        if not any(one.same_place(other) for other in kept):
            kept.append(one)
    return tuple(kept)


def beyond_chance(hits: int, tried: int, chance: float, evidence: Evidence = PROOF) -> bool:
    """Return whether `hits` or more of `tried` are evidence, each coming about with this chance.

    The tail of the binomial distribution is summed.
    """
    if hits < evidence.hits or chance >= 1 or hits / tried <= chance:
        return False
    ways = lgamma(tried + 1) - lgamma(hits + 1) - lgamma(tried - hits + 1)
    term = exp(ways + hits * log(chance) + (tried - hits) * log1p(-chance))
    tail = 0.0
    for k in range(hits, tried + 1):  # beyond the mean every term is smaller than the one before
        tail += term
        term *= (tried - k) / (k + 1) * chance / (1 - chance)
        if term < 1e-3 * evidence.level / tried:
            break
    return tail < evidence.level


def least_chance(tried: int) -> float:
    """Return the least chance of a hit to reckon with, as eight trials without one show no less (0.2 % to 1 %)."""
    return min(max(0.002, 1 / (8 * tried)), 0.01) if tried else 0.01


def supported(
    one: Placed, ground: Ground, radius: float, evidence: Evidence, among: NDArray[np.bool_] | None = None
) -> bool:
    """Return whether more vertices (of those `among`) lie on current boundaries than chance explains."""
    chosen = np.ones(len(one.distance), dtype=np.bool_) if among is None else among
    hits, tried = int(one.on(radius)[chosen].sum()), int(chosen.sum())
    least = least_chance(tried)
    if not beyond_chance(hits, tried, least, evidence):  # spares the trials
        return False
    return beyond_chance(hits, tried, max(ground.chance(one.points[chosen], radius), least), evidence)


def explaining(
    placed: Sequence[Placed], preferred: Placed | None, ground: Ground, radius: float, evidence: Evidence
) -> tuple[tuple[Placed, ...], bool]:
    """Return the readings supported at `radius`, best first, and whether the best explains all that any explains.

    The preferred (declared) reading comes first when it leaves nothing to another one; else the one with the most
    vertices on boundaries that does. False means that parts of the file fit differently: another reading has
    what it takes for a doubt among the vertices left over.
    """
    landing = [one for one in placed if one.lands]
    found = [one for one in landing if supported(one, ground, radius, evidence)]
    order = sorted(found, key=lambda one: (one is not preferred, -int(one.on(radius).sum())))
    doubted: list[Placed] = []
    for best in order:
        left = ~best.on(radius)
        others = [one for one in landing if one is not best and supported(one, ground, radius, DOUBT, left)]
        if not others:
            return (best, *(one for one in order if one is not best)), True
        doubted += [one for one in others if one not in order and one not in doubted]
    return (*order, *doubted), False


def common_move(one: Placed, ground: Ground) -> tuple[float, float] | None:
    """Return the (east, north) move in metres that puts most vertices on current ones, None if there is none.

    A move of up to 2 km each way counts when at least half of the vertices share it to 3 m, at least four, and
    twice as many as any other: regular layouts repeat themselves. Plans of over 200,000 vertices are not tried.
    """
    corners = ground.corners(_MOVE_PAIRS // 20)
    if corners is None:
        return None
    tried = min(_MOVE_PAIRS // len(corners), len(one.points))
    points = one.points[np.linspace(0, len(one.points) - 1, tried).astype(np.int64)]
    moves = (corners[None] - points[:, None]).reshape(-1, 2)
    cells = np.round(moves / _MOVE_CELL).astype(np.int64) + _MOVE_REACH
    inside = ((cells > 0) & (cells < 2 * _MOVE_REACH)).all(axis=1)
    moves, cells = moves[inside], cells[inside]
    width = 2 * _MOVE_REACH + 1
    counts = np.bincount(cells[:, 0] * width + cells[:, 1], minlength=width * width).reshape(width, width)
    # A move may lie between cells: each counts with its neighbours.
    around = np.sum([np.roll(counts, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0)
    best = np.array(np.unravel_index(int(np.argmax(around)), around.shape))
    hits = int(around[tuple(best)])
    beside = around.copy()
    beside[best[0] - 2 : best[0] + 3, best[1] - 2 : best[1] + 3] = 0
    if hits < max(PROOF.hits, len(points) / 2) or beside.max() * 2 > hits:
        return None
    east, north = np.median(moves[(np.abs(cells - best) <= 1).all(axis=1)], axis=0).tolist()
    return (east, north) if np.hypot(east, north) > SAME_M else None


def _score(reading: Reading, numbers: Numbers, ground: Ground) -> float:
    """Return the intersection over union with the current zones (the share inside the extent when there are none)."""
    sample = numbers.inside if len(numbers.inside) else numbers.vertices
    share = ground.covered(ground.metres(*reading.places(*sample.T)))
    if ground.zones is None or not len(numbers.inside):
        return share
    own = numbers.area * _square_metres(reading, numbers, ground)
    both = min(share * own, ground.area)
    return min(both / (own + ground.area - both), 1.0) if own > 0 else 0.0


def _square_metres(reading: Reading, numbers: Numbers, ground: Ground) -> float:
    """Return the m² of a square unit of the file at its middle."""
    x, y = np.median(numbers.vertices, axis=0)
    step = 1e-3 if abs(x) <= 180 and abs(y) <= 180 else 100.0
    corners = ground.metres(*reading.places(x + np.array([0, step, 0]), y + np.array([0, 0, step])))
    (a, b), (c, d) = corners[1] - corners[0], corners[2] - corners[0]
    return float(abs(a * d - b * c)) / step**2


def _astray(reading: Reading, numbers: Numbers, ground: Ground | None) -> tuple[NDArray[np.int64], float]:
    """Return the features that land far from the plan (without one, from home), and the share of those that do not.

    Where the few that are tried first mostly land elsewhere, so does the file: then it is they that are returned.
    """

    def near(x: Floats, y: Floats) -> NDArray[np.bool_]:
        places = reading.places(x, y)
        return ground.near(*places) if ground is not None else _at_home(reading.crs, *places)

    middles = (numbers.boxes[:, :2] + numbers.boxes[:, 2:]) / 2
    few = near(*middles[numbers.few].T)
    if len(few) == len(middles):
        return numbers.feature[~few], float(few.mean())
    if few.mean() < _MOST - _DOUBT_SHARE:
        return numbers.feature[numbers.few[~few]], float(few.mean())
    if few.all() and _all_near(reading, middles, ground):
        return np.empty(0, np.int64), 1.0
    every = near(*middles.T)
    return numbers.feature[~every], float(every.mean())


def _all_near(reading: Reading, middles: Floats, ground: Ground | None) -> bool:
    """Return whether a reading certainly puts all that lies between these places near the plan (or at home).

    Between the nodes of a grid over them no place strays by more than a quarter of the grid's extent.
    """
    (west, south), (east, north) = middles.min(axis=0), middles.max(axis=0)
    x, y = np.meshgrid(np.linspace(west, east, _NODES), np.linspace(south, north, _NODES))
    lon, lat = reading.places(x.ravel(), y.ravel())
    if not (np.isfinite(lon) & np.isfinite(lat)).all():
        return False
    across, along = (lon.max() - lon.min()) / 4, (lat.max() - lat.min()) / 4
    lon = np.array([lon.min() - across, lon.max() + across]).repeat(2)
    lat = np.tile([lat.min() - along, lat.max() + along], 2)
    return bool((ground.near(lon, lat) if ground is not None else _at_home(reading.crs, lon, lat)).all())


def _at_home(crs: CRS, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Return which places lie in the area of use of the CRS, or within 3° of it; everywhere when none is stated."""
    area = crs.area_of_use
    if area is None:
        return np.ones(len(lon), dtype=np.bool_)
    return np.asarray(
        (lon >= area.west - 3) & (lon <= area.east + 3) & (lat >= area.south - 3) & (lat <= area.north + 3)
    )

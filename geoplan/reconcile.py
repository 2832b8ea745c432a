"""Figures that add up: shares to exactly 100 %, parts to exactly their control area, in integer arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geoplan.arrays import distinct
from geoplan.errors import UsageError
from geoplan.types import Text

PERCENT_UNITS = 10_000  # shares shown as 12.34 %
_QUOTA_ERROR = 1e-15  # relative: a product, a quotient and the rounding of the total are off by 4.4e-16 together


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Parts before and after reconciliation with a control area, all in m².

    `adjusted_m2` has the `decimals` it was asked for and sums to `control_m2` exactly when summed in
    units of the last decimal; `residual_m2` is control minus the sum of `raw_m2` as given.
    """

    raw_m2: tuple[float, ...]
    adjusted_m2: tuple[float, ...]
    control_m2: float
    residual_m2: float
    decimals: int


def apportion(values: ArrayLike, total_units: int) -> NDArray[np.int64]:
    """Return whole units in proportion to `values` that sum to exactly `total_units` (largest remainder).

    With `PERCENT_UNITS` the result is shares in hundredths of a percent that add up to 100.00 %. Each
    part gets its exact quota rounded down or up; of equal remainders the larger value, then the
    earlier part comes first. Exact rational arithmetic, so the result is the same on every machine.
    No values give an empty array. Raises UsageError for values that are negative, not finite or all zero.
    """
    known = _known(values)
    if not len(known):
        return np.zeros(0, dtype=np.int64)
    total = exact_sum(known)
    if total == 0:
        raise UsageError(
            Text("Nothing to share out: all values are zero.", "无法分配：所有数值均为零。"),
            hint=Text("Give at least one value above zero.", "请至少提供一个大于零的数值。"),
        )
    # Doubles tell most quotas apart; where their last digits could decide, fractions do.
    quotas = _near_quotas(known, total_units, total)
    doubt = quotas * _QUOTA_ERROR + np.finfo(np.float64).tiny
    units = np.floor(quotas)
    remainders = quotas - units
    near = np.flatnonzero((remainders <= doubt) | (remainders >= 1.0 - doubt))
    exact = _exact_quotas(known[near], total_units, total)
    units[near] = [int(exact[value] // 1) for value in known[near].tolist()]
    remainders[near] = [float(exact[value] % 1) for value in known[near].tolist()]
    left = total_units - int(units.sum())
    if left:
        units[_largest(known, remainders, left, total_units, total)] += 1
    return units.astype(np.int64)


def exact_sum(values: NDArray[np.float64]) -> Fraction:
    """Return the sum of finite values without any rounding: mantissas are whole numbers, added by exponent."""
    mantissa, exponent = np.frexp(values)
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    total = Fraction(0)
    for power in distinct(exponent[whole != 0]).tolist():
        some = whole[exponent == power]
        # Halves of 32 bits, so that a sum of a billion of them still fits.
        total += ((int((some >> 32).sum()) << 32) + int((some & 0xFFFFFFFF).sum())) * Fraction(2) ** (power - 53)
    return total


def _largest(
    known: NDArray[np.float64], remainders: NDArray[np.float64], count: int, total_units: int, total: Fraction
) -> NDArray[np.int64]:
    """Return the indices of the `count` largest remainders; of equal ones the larger value, then the earlier part."""
    cut = np.partition(remainders, -count)[-count]
    doubt = 2.0 * _QUOTA_ERROR * (float(_near_quotas(known.max(keepdims=True), total_units, total)[0]) + 1.0)
    sure = np.flatnonzero(remainders > cut + doubt)
    unsure = np.flatnonzero(np.abs(remainders - cut) <= doubt)
    exact = {value: quota % 1 for value, quota in _exact_quotas(known[unsure], total_units, total).items()}
    rank = {value: place for place, value in enumerate(sorted(exact, key=lambda one: (-exact[one], -one)))}
    by_rank = np.argsort([rank[value] for value in known[unsure].tolist()], kind="stable")
    return np.concatenate([sure, unsure[by_rank[: count - len(sure)]]])


def _near_quotas(values: NDArray[np.float64], total_units: int, total: Fraction) -> NDArray[np.float64]:
    """Return the quotas as doubles, scaled by a power of two so that nothing overflows."""
    power = total.numerator.bit_length() - total.denominator.bit_length()
    return np.asarray(np.ldexp(values, -power) * (total_units / float(total / Fraction(2) ** power)))


def _exact_quotas(values: NDArray[np.float64], total_units: int, total: Fraction) -> dict[float, Fraction]:
    """Return the exact quota of each distinct value."""
    factor = total_units / total
    return {value: Fraction(value) * factor for value in distinct(values).tolist()}


def reconcile(parts_m2: Sequence[float] | NDArray[np.float64], control_m2: float, decimals: int = 2) -> Reconciled:
    """Return parts whose sum is the control area exactly, each changed in proportion to its area.

    The control area is first rounded to `decimals`; the residual is spread over the parts in
    proportion to their areas, then unit by unit of the last decimal by largest remainder until it is
    exactly zero. Source: area reconciliation (面积平差) of the land survey, in integer arithmetic.
    Raises UsageError for parts or a control area that are negative or not finite, or if all parts are zero.
    """
    known = _known(parts_m2)
    scale = 10**decimals
    control_units = round(Fraction(float(_known([control_m2])[0])) * scale)
    # Adding a residual in proportion to area scales every part by the same factor, which is apportioning.
    units = apportion(parts_m2, control_units)
    return Reconciled(
        raw_m2=tuple(known.tolist()),
        adjusted_m2=tuple(int(unit) / scale for unit in units),
        control_m2=control_units / scale,
        residual_m2=float(Fraction(control_units, scale) - exact_sum(known)),
        decimals=decimals,
    )


def _known(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64).ravel()
    if not (np.isfinite(array) & (array >= 0)).all():
        raise UsageError(
            Text("Only areas that are known and not negative can be shared out.", "只能分配已知且非负的面积。"),
            hint=Text("Leave out parts without an area.", "请去掉没有面积的部分。"),
        )
    return array

"""Figures that add up: shares to exactly 100 %, parts to exactly their control area, in integer arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geoplan.errors import UsageError
from geoplan.types import Text

PERCENT_UNITS = 10_000  # shares shown as 12.34 %


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
    exact = _fractions(values)
    if not exact:
        return np.zeros(0, dtype=np.int64)
    total = sum(exact, Fraction(0))
    if total == 0:
        raise UsageError(
            Text("Nothing to share out: all values are zero.", "无法分配：所有数值均为零。"),
            hint=Text("Give at least one value above zero.", "请至少提供一个大于零的数值。"),
        )
    quotas = [value * total_units / total for value in exact]
    units = [int(quota // 1) for quota in quotas]
    by_remainder = sorted(range(len(exact)), key=lambda i: (units[i] - quotas[i], -exact[i], i))
    for i in by_remainder[: total_units - sum(units)]:
        units[i] += 1
    return np.array(units, dtype=np.int64)


def reconcile(parts_m2: Sequence[float] | NDArray[np.float64], control_m2: float, decimals: int = 2) -> Reconciled:
    """Return parts whose sum is the control area exactly, each changed in proportion to its area.

    The control area is first rounded to `decimals`; the residual is spread over the parts in
    proportion to their areas, then unit by unit of the last decimal by largest remainder until it is
    exactly zero. Source: area reconciliation (面积平差) of the land survey, in integer arithmetic.
    Raises UsageError for parts or a control area that are negative or not finite, or if all parts are zero.
    """
    exact = _fractions(parts_m2)
    scale = 10**decimals
    control_units = round(_fractions([control_m2])[0] * scale)
    # Adding a residual in proportion to area scales every part by the same factor, which is apportioning.
    units = apportion(parts_m2, control_units)
    return Reconciled(
        raw_m2=tuple(float(value) for value in exact),
        adjusted_m2=tuple(int(unit) / scale for unit in units),
        control_m2=control_units / scale,
        residual_m2=float(Fraction(control_units, scale) - sum(exact, Fraction(0))),
        decimals=decimals,
    )


def _fractions(values: ArrayLike) -> list[Fraction]:
    array = np.asarray(values, dtype=np.float64).ravel()
    if not (np.isfinite(array) & (array >= 0)).all():
        raise UsageError(
            Text("Only areas that are known and not negative can be shared out.", "只能分配已知且非负的面积。"),
            hint=Text("Leave out parts without an area.", "请去掉没有面积的部分。"),
        )
    return [Fraction(value) for value in array.tolist()]

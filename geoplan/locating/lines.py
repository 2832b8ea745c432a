"""The lines of a grid along one axis: closer where there is more to tell apart, and quick to look up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoplan.ellipsoid import Floats

Strips: TypeAlias = NDArray[np.int64]

_SAMPLE = 200_000  # coordinates to judge from where there is much
_REFERENCE = 0.4871  # of a strip's width: off every round fraction, since zones like to lie on those
_BINS_PER_STRIP = 4


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines `at` ascending coordinates; strip i lies from `at[i]` up to, not including, `at[i + 1]`.

    `reference` is a coordinate within each strip. `first` is, for equal bins of the whole width, the strip of each
    bin's beginning, `scale` the bins per unit.
    """

    at: Floats
    reference: Floats
    first: Strips
    scale: float

    @classmethod
    def among(cls, values: Floats, count: int, margin: float) -> Self:
        """Return about `count` strips over all values: half as if equal, half by how dense the values are.

        They reach four margins beyond the values, and none is narrower than eight.
        """
        low, high = float(values.min()) - 4 * margin, float(values.max()) + 4 * margin
        sample = np.sort(values[:: max(len(values) // _SAMPLE, 1)])
        knots = np.concatenate([[low], sample, [high]])
        share = (knots - low) / (high - low) + np.linspace(0.0, 1.0, len(knots))
        at = np.interp(np.linspace(0.0, 2.0, count + 1), share, knots)
        at[0], at[-1] = low, high
        return cls.over(_apart(at, 8 * margin))

    @classmethod
    def over(cls, at: Floats) -> Self:
        """Return the strips between given lines, at least two, ascending and no closer than roundings of the widest."""
        bins = _BINS_PER_STRIP * (len(at) - 1)
        scale = bins / float(at[-1] - at[0])
        begins = np.searchsorted(at, at[0] + np.arange(bins) / scale, side="right") - 1
        first = np.clip(begins, 0, len(at) - 2).astype(np.int64)
        return cls(at, at[:-1] + _REFERENCE * np.diff(at), first, scale)

    def __len__(self) -> int:
        return len(self.reference)

    def strip(self, values: Floats) -> Strips:
        """Return the strip of each value; the values are finite, and those beyond the lines count to the outermost."""
        with np.errstate(over="ignore"):  # lines that lie very close: what is far beyond them is beyond them
            place = np.clip((values - self.at[0]) * self.scale, 0, len(self.first) - 1).astype(np.int64)
        strip = self.first[place]
        strip += values >= self.at[1:][strip]
        np.minimum(strip, len(self) - 1, out=strip)
        # What is left: rounding at the beginning of a bin, and bins with several lines.
        strip -= values < self.at[strip]
        crowded = np.flatnonzero(values >= self.at[1:][strip])
        if len(crowded):
            strip[crowded] = np.searchsorted(self.at, values[crowded], side="right") - 1
        return np.asarray(np.clip(strip, 0, len(self) - 1, out=strip))

    def references_below(self, values: Floats) -> Strips:
        """Return how many references are not above each value."""
        strip = self.strip(values)
        strip += values >= self.reference[strip]
        return strip


def _apart(at: Floats, least: float) -> Floats:
    """Return the lines, the outermost always, without those closer than `least` to the one kept before."""
    kept = [0]
    values = at.tolist()
    for place in range(1, len(values) - 1):
        if values[place] - values[kept[-1]] >= least and values[-1] - values[place] >= least:
            kept.append(place)
    return at[[*kept, len(values) - 1]]

"""Colours: readable text, and zones that readers with colour vision deficiency can tell apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from geoplan.output.style import (
    ACCEPTED,
    CATEGORY_COLOURS,
    INK,
    MUTED_INK,
    PASSED,
    SEVERITY_STYLES,
    ZONE_COLOURS,
    SeverityStyle,
    boundary_dashes,
    category_colours,
    zone_colour,
)
from geoplan.types import Severity

# Viénot, Brettel and Mollon (1999): linear RGB as seen without the long- or the middle-wave cones.
DEFICIENCIES = {
    "normal": np.eye(3),
    "protanopia": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "deuteranopia": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}
ALL_STYLES = [*SEVERITY_STYLES.values(), PASSED, ACCEPTED]


def linear(colour: str) -> NDArray[np.float64]:
    values = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """Return the contrast of WCAG 2.1."""
    light = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (first, second))
    return (light[1] + 0.05) / (light[0] + 0.05)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("style", ALL_STYLES, ids=lambda style: style.symbol)
def test_severity_text_has_aa_contrast_on_white_and_on_its_tint(style: SeverityStyle) -> None:
    assert contrast(style.text, "#FFFFFF") >= 4.5
    assert contrast(style.text, style.tint) >= 4.5


def test_ink_has_aa_contrast_on_the_page() -> None:
    assert contrast(INK, "#F4F6F8") >= 7
    assert contrast(MUTED_INK, "#F4F6F8") >= 4.5


def test_no_two_severities_share_a_symbol_or_fill() -> None:
    assert len({style.symbol for style in ALL_STYLES}) == len(ALL_STYLES)
    assert len({style.fill for style in ALL_STYLES}) == len(ALL_STYLES)


@pytest.mark.parametrize("eyes", DEFICIENCIES)
@pytest.mark.parametrize("palette", [ZONE_COLOURS, CATEGORY_COLOURS], ids=["zones", "categories"])
def test_any_two_colours_of_a_palette_differ_for_these_eyes(palette: tuple[str, ...], eyes: str) -> None:
    seen = [lab(DEFICIENCIES[eyes] @ linear(colour)) for colour in palette]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 8  # 2.3 is just noticeable


def test_zone_colours_repeat_after_the_last() -> None:
    assert zone_colour(0) == zone_colour(len(ZONE_COLOURS))
    assert len({zone_colour(place) for place in range(len(ZONE_COLOURS))}) == len(ZONE_COLOURS)


def test_categories_keep_their_colours_whatever_their_order() -> None:
    assert category_colours(["b", "a", "b"]) == category_colours(["a", "b"])
    assert len(set(category_colours("abcdefghi").values())) == 9


def test_only_official_boundaries_are_unbroken() -> None:
    assert boundary_dashes("official") == boundary_dashes(None) == ()
    assert boundary_dashes("indicative")
    assert boundary_dashes("draft")
    assert boundary_dashes("anything else") == boundary_dashes("indicative")


def test_every_severity_has_a_style() -> None:
    assert set(SEVERITY_STYLES) == set(Severity)

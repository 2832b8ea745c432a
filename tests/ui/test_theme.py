"""The look of the pages held to WCAG 2.1 AA, by the rules as they are sent and a formula of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from geoplan.output.map.browser import style_sheet
from geoplan.ui.pages import history, update
from geoplan.ui.texts import say
from geoplan.ui.theme import style_html

PAGE, WHITE = "#F6F8F8", "#FFFFFF"
SHEETS = {
    "pages": style_html(),
    "history": history._style_html(),
    "update": update._style_html(lambda key, **_: say(key, "en")),
    "map": style_sheet(),
}


def rules(sheet: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every rule as its selector and its declarations, those inside media queries too."""
    plain = re.sub(r"/\*.*?\*/|@keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", sheet, flags=re.DOTALL)
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", plain):
        pairs = (part.split(":", 1) for part in body.split(";") if ":" in part)
        yield selector.strip(), {name.strip(): value.replace("!important", "").strip() for name, value in pairs}


def full(colour: str) -> str:
    return "#" + "".join(2 * digit for digit in colour[1:]) if len(colour) == 4 else colour


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours by relative luminance, WCAG 2.1."""

    def luminance(colour: str) -> float:
        parts = [int(full(colour)[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def hexes(value: str) -> list[str]:
    return re.findall(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b", value)


def test_the_formula_gives_the_contrasts_everybody_knows() -> None:
    assert ratio("#000000", "#FFF") == pytest.approx(21)
    assert ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", SHEETS)
def test_no_placeholder_of_a_colour_is_left_in_a_sheet(name: str) -> None:
    assert not re.findall(r"@[A-Z]{3,}", SHEETS[name])


@pytest.mark.parametrize("name", SHEETS)
def test_text_can_be_read_on_the_ground_of_its_rule_or_of_the_page(name: str) -> None:
    checked = 0
    for selector, told in rules(SHEETS[name]):
        ink = hexes(told.get("color", ""))
        if not ink or "rgb" in told["color"]:
            continue
        ground = hexes(told.get("background", "") or told.get("background-color", ""))
        for under in ground or (PAGE, WHITE):
            if not ground and full(ink[0]).upper() == WHITE:
                continue  # white text has its ground in another rule
            assert ratio(ink[0], under) >= 4.5, f"{selector}: {ink[0]} on {under}"
            checked += 1
    assert checked >= 3


@pytest.mark.parametrize("name", SHEETS)
def test_what_has_the_keyboard_is_outlined_so_that_it_can_be_seen(name: str) -> None:
    for selector, told in rules(SHEETS[name]):
        if ":focus" not in selector:
            continue
        line = told.get("outline", "") or told.get("box-shadow", "") or told.get("stroke", "")
        if line == "none":  # only where it came by a click
            assert ":focus-visible" not in selector
            continue
        (colour,) = hexes(line)
        assert ratio(colour, PAGE) >= 3, selector
        width = re.search(r"([\d.]+)px", line.replace("0 0 0 ", "")) or re.search(r"([\d.]+)", told["stroke-width"])
        assert width is not None
        assert float(width[1]) >= 2, selector


def test_fields_buttons_and_rows_all_have_a_rule_for_the_keyboard() -> None:
    told = " ".join(selector for name in ("pages", "history") for selector, _ in rules(SHEETS[name]))
    for wanted in ('[data-baseweb="select"]:focus-within', '[data-baseweb="input"]:focus-within'):
        assert wanted in told
    for wanted in (
        ".st-key-gp-nav button:focus-visible",
        "button.gp-pick:focus-visible",
        'gp-rev-"] button:focus-visible',
    ):
        assert wanted in told
    on_map = " ".join(selector for selector, _ in rules(SHEETS["map"]))
    for wanted in (".gp-place:focus-visible", ".gp-tool:focus-visible", ".gp-legend summary:focus-visible"):
        assert wanted in on_map


def test_motion_stops_for_those_who_asked_for_less() -> None:
    assert "prefers-reduced-motion: reduce" in SHEETS["map"]

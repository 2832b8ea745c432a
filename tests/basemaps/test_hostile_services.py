"""What another computer may answer, at its worst: numbers that are none, levels that lie, pictures cut and changed."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.basemaps.images import Image, image_of
from geoplan.basemaps.remote import laid_over
from geoplan.basemaps.source import State, TileError
from geoplan.basemaps.wmts import Wanted, read_capabilities
from tests.basemaps.capabilities import SCALE_0, capabilities, matrices, matrix_set
from tests.basemaps.files import RED, WHITE, picture, pixels

WANTED = Wanted("base", None, None, "image/png")
GOOD = matrices(zooms=(3,))
NO_NUMBERS = ("nan", "inf", "-inf", "0", "-1", "1e400", "1e-400", "", "  ", "one", "9" * 5000, "1,5", "NaN NaN", "½")


def with_text(level: str, tag: str, text: str) -> str:
    changed = re.sub(f"<{tag}>[^<]*</{tag}>", f"<{tag}>{text}</{tag}>", level)
    assert changed != level
    return changed


@pytest.mark.parametrize("tag", ["ScaleDenominator", "TileWidth", "TileHeight", "TopLeftCorner"])
@pytest.mark.parametrize("text", NO_NUMBERS, ids=range(len(NO_NUMBERS)))
def test_a_level_whose_numbers_are_none_is_no_level_and_the_others_stay(tag: str, text: str) -> None:
    bad = with_text(matrices(zooms=(4,)), tag, text)
    offer = read_capabilities(capabilities(matrix_set("g", "EPSG:3857", GOOD + bad)), WANTED, "host")
    assert offer.levels == {3: "3"}
    with pytest.raises(TileError, match="no Web Mercator matrix set"):
        read_capabilities(capabilities(matrix_set("g", "EPSG:3857", bad)), WANTED, "host")


@given(st.sampled_from(["ScaleDenominator", "TileWidth", "TileHeight", "TopLeftCorner"]), st.floats() | st.integers())
def test_no_number_in_a_level_does_more_than_lose_it(tag: str, number: float) -> None:
    bad = with_text(matrices(zooms=(4,)), tag, f"{number!r} {number!r}" if tag == "TopLeftCorner" else repr(number))
    offer = read_capabilities(capabilities(matrix_set("g", "EPSG:3857", GOOD + bad)), WANTED, "host")
    assert set(offer.levels) <= {3, 4, *range(25)}
    assert offer.levels[3]


@pytest.mark.parametrize("zoom", range(25))
def test_every_zoom_is_known_by_its_scale(zoom: int) -> None:
    data = capabilities(matrix_set("g", "EPSG:3857", matrices(zooms=(zoom,), name="level {z}")))
    assert read_capabilities(data, WANTED, "host").levels == {zoom: f"level {zoom}"}
    # OGC 07-057r7, annex E.4: zoom 18 has a scale denominator of 2132.729583849784.
    assert pytest.approx(2132.729583849784, rel=1e-12) == SCALE_0 / 2**18


@pytest.mark.parametrize("name", ["\u202egnp", "${x}", "<b>", "'; DROP", "长" * 5000, "a\tb", "&amp;"])
def test_a_list_of_what_is_offered_has_nothing_in_it_that_acts(name: str) -> None:
    spelt = name.replace("<", "&lt;") if "&" not in name else name
    with pytest.raises(TileError) as caught:
        read_capabilities(capabilities(matrix_set("g", "EPSG:3857", GOOD), layer=spelt), WANTED, "host")
    for language in ("en", "zh"):
        line = caught.value.line(language)
        assert line.isprintable()
        assert len(line) < 400


def test_a_service_of_a_thousand_layers_is_told_in_a_dozen() -> None:
    more = "".join(f"<Layer><Identifier>n{number}</Identifier></Layer>" for number in range(1000))
    one = capabilities(matrix_set("g", "EPSG:3857", GOOD), layer="x")
    data = one.replace(b"</Contents>", more.encode() + b"</Contents>")
    with pytest.raises(TileError, match="no such layer") as caught:
        read_capabilities(data, WANTED, "host")
    assert caught.value.state is State.REFUSED
    assert caught.value.line("en").count("n1") < 15


@given(st.binary(max_size=200))
def test_no_bytes_are_more_than_no_capabilities(data: bytes) -> None:
    with pytest.raises(TileError):
        read_capabilities(data, WANTED, "host")


# ------------------------------------------------------------------ labels laid over the ground


def image(data: bytes) -> Image:
    found = image_of(data)
    assert found is not None
    return found


def test_labels_hide_the_ground_only_where_they_are_opaque() -> None:
    over = laid_over(image(picture(RED)), image(picture(WHITE)))
    assert tuple(pixels(over.data)[9, 9]) == (*WHITE, 255)
    assert (over.media_type, over.width, over.height) == ("image/png", 256, 256)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_labels_of_another_size_are_left_away(form: str) -> None:
    ground = image(picture(RED, form=form))
    assert laid_over(ground, image(picture(WHITE, size=512))) is ground


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_cut_or_changed_anywhere_leaves_the_ground_or_a_picture(form: str) -> None:
    whole, ground = picture(WHITE, size=32, form=form), image(picture(RED, size=32))
    chance = random.Random(form)
    for _ in range(150):
        data = bytearray(whole[: chance.randrange(1, len(whole) + 1)])
        for _ in range(chance.randrange(4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        known = image_of(bytes(data))
        if known is not None:
            made = laid_over(ground, known)
            assert image_of(made.data) is not None

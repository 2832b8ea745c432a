"""The frame of a drawing as ezdxf reads it: layers that stay apart, text that stays text, handles used once."""

from __future__ import annotations

import io
import math

import ezdxf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.output.export.dxf_file import Drawing, Tag, layer_name, text_value

FORBIDDEN = set("<>/\\\":;?*|=,'`")  # AutoCAD's list for names of layers


def drawing(*layers: tuple[str, str], text: str | None = None) -> Drawing:
    made = Drawing((0.0, 0.0, 1000.0, 500.0), 10.0, comments=["plan = squares"])
    for kind, group in layers:
        made.layer(kind, group, "#0072B2")
    if text is not None:
        layer = made.layer("note", "", "#000000")
        head: list[Tag] = [(0, "TEXT"), (5, made.handle()), (330, "1F"), (100, "AcDbEntity"), (8, layer)]
        body: list[Tag] = [(100, "AcDbText"), (10, 1.0), (20, 2.0), (30, 0.0), (40, 5.0), (1, text_value(text))]
        made.entities += [*head, *body, (7, "Standard"), (100, "AcDbText")]
    return made


def read(made: Drawing) -> ezdxf.document.Drawing:
    return ezdxf.read(io.StringIO(made.text()))


def test_an_empty_drawing_is_sound() -> None:
    assert read(drawing()).audit().errors == []


def test_zones_named_like_layers_of_the_frame_get_names_of_their_own() -> None:
    made = drawing(("zones", "0"), ("zones", "Defpoints"), ("zones", "note"), text="x")
    assert list(made.layers) == ["0 2", "Defpoints 2", "note", "note 2"]
    names = {layer.dxf.name for layer in read(made).layers}
    assert {"0", "0 2", "note", "note 2"} <= names


def test_ids_that_differ_only_in_case_or_in_a_forbidden_sign_have_a_layer_each() -> None:
    made = drawing(("zones", "Ab"), ("zones", "aB"), ("zones", "a/b"), ("zones", "a:b"), ("zones", "Ab"))
    assert list(made.layers) == ["Ab", "aB 2", "a_b", "a_b 2"]
    assert read(made).audit().errors == []


def test_asking_twice_for_a_layer_gives_the_same_one() -> None:
    made = drawing()
    assert made.layer("zones", "a", "#0072B2") == made.layer("zones", "a", "#FFFFFF")
    assert made.layers == {"a": ("#0072B2", False)}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_id_becomes_a_name_autocad_takes(name: str) -> None:
    found = layer_name(name)
    assert found.strip() == found
    assert 0 < len(found.encode()) <= 120
    assert not FORBIDDEN & set(found)
    assert found.isprintable()


@pytest.mark.parametrize("text", [
    "plain", "100%", "100%%", "%%d", "%%%", "a^b", "^J", "\\U+0041", "{\\fArial;x}", "长安", "  two  spaces  "
])  # fmt: skip
def test_a_text_is_one_line_in_the_file_and_no_code_in_it_takes_effect(text: str) -> None:
    (entity,) = read(drawing(text=text)).modelspace().query("TEXT")
    shown = entity.plain_text()
    # AutoCAD has no other way to show a caret than with a space behind it; U+ after a backslash has a look-alike.
    assert shown == text.replace("\\U+", "＼U+") or shown.replace("^ ", "^") == text.replace("\\U+", "＼U+")


def test_handles_are_used_once_and_the_seed_is_beyond_them_all() -> None:
    found = read(drawing(*(("zones", f"z{n}") for n in range(40)), text="x"))
    lines = drawing(*(("zones", f"z{n}") for n in range(40)), text="x").text().splitlines()
    pairs = list(zip(lines[::2], lines[1::2], strict=True))
    seed_at = pairs.index(("9", "$HANDSEED")) + 1
    handles = [value for place, (code, value) in enumerate(pairs) if code in ("5", "105") and place != seed_at]
    assert len(handles) == len(set(handles))
    assert int(pairs[seed_at][1], 16) > max(int(handle, 16) for handle in handles)
    assert found.audit().errors == []


def test_every_second_line_is_a_group_code() -> None:
    lines = drawing(("zones", "a\nb"), text="one").text().split("\n")
    assert lines[-1] == ""
    assert all(code.lstrip("-").isdigit() for code in lines[:-1:2])


def test_the_header_has_the_extent_in_metres_and_numbers_keep_their_digits() -> None:
    made = Drawing((518000.123456789, 3521000.0, 518000.123456789 + 1 / 3, 3521001.0), 1.0)
    found = read(made).header
    assert found["$EXTMIN"][0] == 518000.123456789
    assert found["$EXTMAX"][0] == 518000.123456789 + 1 / 3
    assert math.isclose(found["$EXTMAX"][1], 3521001.0)


def test_dashes_are_as_long_as_asked_for_with_shorter_gaps() -> None:
    made = drawing()
    made.layer("zones", "a", "#0072B2", dashed=True)
    pattern = read(made).linetypes.get("GEOPLAN_DASHED").pattern_tags.tags
    lengths = [tag.value for tag in pattern if tag.code == 49]
    assert lengths == [10.0, -6.0]

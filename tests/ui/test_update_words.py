"""What the page of updates says of a file: plain words for every trap, and text that stays text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geoplan.inspection import Candidate, CrsVerdict, EncodingInfo, Inspection, LayerInfo, Offset, Verdict
from geoplan.types import Text
from geoplan.ui import update_words as words


def candidate(crs: str = "EPSG:4490", **changes: object) -> Candidate:
    made = Candidate(crs, "east-north", None, Offset.NONE, 1.0, True, None, None, "")
    return replace(made, **changes)  # type: ignore[arg-type]


def inspection(verdict: Verdict = Verdict.DECLARED, **changes: object) -> Inspection:
    chosen = candidate() if verdict in (Verdict.DECLARED, Verdict.INFERRED) else None
    why = Text("Because.", "因为。")
    crs = CrsVerdict("EPSG:4490", verdict, chosen, "same datum", 0.0, (chosen,) if chosen else (), why)
    layer = LayerInfo("边界", "Polygon", 4, 4, (), ("id", "name"))
    made = Inspection(
        "边界.zip", "ab" * 32, "GPKG", (layer,), "边界", EncodingInfo("UTF-8", "by the format", ("核心区",)), crs
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "language", "parts"),
    [
        ("EPSG:4490", "en", ("EPSG:4490", "CGCS2000", "degrees")),
        ("EPSG:4548", "en", ("EPSG:4548", "CGCS2000", "metres", "117")),  # central meridian 117° E
        ("EPSG:4548", "zh", ("EPSG:4548", "CGCS2000", "米", "117")),
        ("EPSG:4527", "en", ("117",)),  # the same meridian with its zone number before the easting
        ("EPSG:32650", "en", ("WGS 84", "117")),  # zone 50: 114° to 120° E
        ("EPSG:3857", "en", ("EPSG:3857", "Pseudo-Mercator")),
    ],
)
def test_a_system_is_told_by_code_datum_unit_and_meridian(code: str, language: str, parts: tuple[str, ...]) -> None:
    told = words.system_words(code, language)
    for part in parts:
        assert part in told


def test_what_is_no_system_is_shown_as_it_is_written_on_one_line() -> None:
    assert words.system_words("no\nsystem\u202e", "en") == "no\\x0asystem\\u202e"
    assert len(words.system_words("x" * 5_000, "en")) <= words.MAX_NAME


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        ({}, 0, 0),
        ({"axis_order": "north-east"}, 1, 1),
        ({"axis_order": "north-east", "zone_prefix": 39}, 2, 2),
        ({"axis_order": "north-east", "zone_prefix": 39, "offset": Offset.BD09}, 3, 3),
    ],
)
def test_every_twist_of_the_numbers_is_told_once(changes: dict[str, object], english: int, chinese: int) -> None:
    one = candidate(**changes)
    assert len([part for part in words.twist_words(one, "en").split(", ") if part]) == english
    assert len([part for part in words.twist_words(one, "zh").split("，") if part]) == chinese
    assert ("39" in words.twist_words(one, "en")) == ("zone_prefix" in changes)


@pytest.mark.parametrize("name", ["**bold**", ":material/bug:", "$x$", "[a](b)", "<b>", "`code`", "a_b", ":red[x]"])
def test_nothing_of_a_name_is_markdown_in_a_label(name: str) -> None:
    written = words.as_label(name)
    assert written.replace("\\", "") == name.replace("\\", "")
    for place, sign in enumerate(written):
        if sign in "*:$[]<>`_":
            assert written[place - 1] == "\\"
    assert words.as_label("核心区 1") == "核心区 1"


def test_options_of_the_command_line_become_the_controls_of_the_page() -> None:
    said = words.in_page_words("Give --crs CODE or --offset gcj02; --layer names the layer, --cross is none.", "en")
    assert "--crs" not in said.replace("--cross", "")
    assert "--offset" not in said
    assert "--layer" not in said
    assert "--cross" in said
    assert words.in_page_words("请给出 --encoding", "zh") != "请给出 --encoding"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_way_not_to_understand_a_file_has_a_sentence_of_its_own(language: str) -> None:
    stops = (Verdict.AMBIGUOUS, Verdict.MISSING, Verdict.REFUSED)
    said = [words.plain_lines(inspection(verdict), None, language) for verdict in stops]
    assert [len(lines) for lines in said] == [1, 1, 1]
    assert len({lines[0] for lines in said}) == 3


def test_every_trap_has_a_sentence_and_a_plain_file_none() -> None:
    plain = inspection()
    assert words.plain_lines(plain, plain.crs.chosen, "en") == ()
    shifted = candidate(offset=Offset.GCJ02, axis_order="north-east", zone_prefix=39)
    gbk = EncodingInfo("GB18030", "by the bytes", ("核心区",))
    skipped = LayerInfo("边界", "Polygon", 5, 4, (Text("a line", "一条线"),), ("id",))
    trapped = replace(inspection(Verdict.INFERRED), encoding=gbk, layers=(skipped,))
    lines = words.plain_lines(trapped, shifted, "en")
    assert len(lines) == len(set(lines)) == 5  # shift, axes, zone number, encoding, what was left out
    assert "500 m" in lines[0]
    assert any("39" in line for line in lines)
    assert any("GB18030" in line for line in lines)
    assert len(words.plain_lines(trapped, shifted, "zh")) == 5


def test_the_card_of_a_file_tells_who_decided_and_holds_no_markup_of_its_names() -> None:
    hostile = LayerInfo("<img onerror=1>", "Polygon", 4, 4, (), ())
    found = replace(inspection(), layers=(hostile,))
    by_us, by_them = (words.what_html(found, found.crs.chosen, "en", picked=picked) for picked in (False, True))
    assert by_us != by_them
    assert "As you chose" in by_them
    assert "<img" not in by_us
    assert "&lt;img onerror=1&gt;" in by_us
    assert "gp-fails" in words.what_html(inspection(Verdict.REFUSED), None, "en", picked=False)
    assert "gp-asks" in words.what_html(inspection(Verdict.AMBIGUOUS), None, "en", picked=False)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_how_coordinates_are_converted_is_told_in_the_readers_words(language: str) -> None:
    html = words.about_html(inspection(), language)
    assert "same datum" not in html
    assert ("none needed" if language == "en" else "无需转换") in html
    assert "ab" * 32 in html


@pytest.mark.parametrize(("at", "done", "now"), [(1, 0, 1), (2, 1, 1), (4, 3, 1), (5, 4, 0)])
def test_the_way_through_the_page_marks_what_is_done_and_where_one_is(at: int, done: int, now: int) -> None:
    html = words.steps_bar_html(at, "en")
    assert html.count("gp-way-done") == html.count("✓") == done
    assert html.count('aria-current="step"') == html.count("gp-way-now") == now
    assert html.count("<li") == 4


@pytest.mark.parametrize(("tone", "role"), [("fails", "alert"), ("holds", "status"), ("asks", "status")])
def test_a_note_is_read_out_at_once_only_when_something_fails(tone: str, role: str) -> None:
    html = words.note_html("a < b", tone, ("<i>",))
    assert f'role="{role}"' in html
    assert "a &lt; b" in html
    assert "<i>" not in html


def test_a_term_said_twice_in_a_row_is_written_once() -> None:
    html = words.facts_html([("update_notes", "one"), ("update_notes", "two"), ("update_hash", "x")], "en")
    assert html.count("<dt>Notes</dt>") == 1
    assert html.count("<dt></dt>") == 1
    assert html.count("<dd>") == 3

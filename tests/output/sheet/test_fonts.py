"""Which fonts are taken, and what is said when there is none."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest

from geoplan.errors import FontError
from geoplan.output.sheet.fonts import FONT_PACKAGE, FontPlaces, choose_typefaces, is_chinese
from geoplan.output.sheet.sfnt import read_face

PACKAGED = FontPlaces(FontPlaces.usual().folders, system=False)


def test_the_packaged_font_sets_chinese_and_english_alone() -> None:
    chosen = choose_typefaces(["核心区 Core Area ±400 m²"], PACKAGED)
    assert chosen.families == ("Noto Sans SC",)
    assert chosen.missing == frozenset()


def test_characters_of_the_official_names_standard_are_covered() -> None:
    # GB 2312 level 1 and 2: every Chinese character of two bytes that the encoding has.
    signs = "".join(
        bytes((row, cell)).decode("gb2312", errors="ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)
    )
    assert len(signs) == 6763
    assert choose_typefaces([signs], PACKAGED).missing == frozenset()


def test_a_chinese_character_is_one_em_wide_and_letters_are_narrower() -> None:
    chosen = choose_typefaces(["核心"], PACKAGED)
    assert chosen.width("核心") == pytest.approx(2.0)
    assert 0.5 < chosen.width("m") + chosen.width("i") < 1.4


def test_characters_no_font_has_are_named_by_their_code() -> None:
    chosen = choose_typefaces(["a\U000e0fffb"], PACKAGED)
    assert chosen.missing == {"\U000e0fff"}
    assert chosen.writable("a\U000e0fffb") == "a[U+E0FFF]b"


def test_a_folder_named_comes_before_the_packaged_font(tmp_path: Path) -> None:
    shutil.copy(pylopdf_fonts_zh_cn.serif_path(), tmp_path)
    chosen = choose_typefaces(["核心 Core"], FontPlaces((tmp_path,), system=False))
    assert chosen.families == ("Noto Serif SC",)
    assert FontPlaces.usual(tmp_path).folders[0] == tmp_path


@pytest.mark.parametrize(("text", "kind"), [("核心区", "Chinese"), ("Core", "Latin letters")])
def test_without_any_font_the_refusal_says_what_is_missing_and_what_to_do(tmp_path: Path, text: str, kind: str) -> None:
    with pytest.raises(FontError, match=kind) as caught:
        choose_typefaces([text], FontPlaces((tmp_path,), system=False))
    assert FONT_PACKAGE in caught.value.line("en")
    assert FONT_PACKAGE in caught.value.line("zh")
    assert caught.value.exit_code == 2


def test_a_file_that_is_no_font_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.otf").write_bytes(b"OTTO\x00\x09" + b"\xff" * 60)
    (tmp_path / "text.ttf").write_text("no font")
    assert read_face(tmp_path / "broken.otf") is None
    assert read_face(tmp_path / "text.ttf") is None
    assert read_face(tmp_path / "missing.ttf") is None


def test_a_font_that_must_not_be_embedded_is_not(tmp_path: Path) -> None:
    data = bytearray(pylopdf_fonts_zh_cn.sans_path().read_bytes())
    count = struct.unpack_from(">H", data, 4)[0]
    records = [struct.unpack_from(">4sIII", data, 12 + 16 * n) for n in range(count)]
    at = next(offset for tag, _, offset, _ in records if tag == b"OS/2")
    struct.pack_into(">H", data, at + 8, 2)  # fsType: restricted licence embedding
    (tmp_path / "restricted.otf").write_bytes(data)
    with pytest.raises(FontError):
        choose_typefaces(["核心"], FontPlaces((tmp_path,), system=False))


@pytest.mark.parametrize(("character", "chinese"), [("核", True), ("\U00020000", True), ("A", False), ("。", False)])
def test_chinese_characters_are_told_from_others(character: str, chinese: bool) -> None:
    assert is_chinese(character) is chinese

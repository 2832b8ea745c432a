"""Names in a shapefile come out right whatever its .cpg and language id claim, or reading stops with one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geoplan.errors import InputError, UsageError
from geoplan.read import read_raw, read_zones
from tests.helpers import EAST, NORTH
from tests.read.dbf import dbf_bytes, write_shapefile
from tests.read.files import frame, pack, save

NAMES = ("一核", "规划北区", "core")


def zones(
    folder: Path,
    encoding: str,
    *,
    names: tuple[str, ...] = NAMES,
    cpg: str | None = None,
    language: int = 0,
    field: str = "名称",
) -> Path:
    rows = [[f"{place:04}".encode(), name.encode(encoding)] for place, name in enumerate(names, start=1)]
    table = dbf_bytes([(b"BSM", 8), (field.encode(encoding), 30)], rows, language=language)
    return write_shapefile(folder / "zones.shp", table, len(names), cpg=cpg)


@pytest.mark.parametrize("language", [0, 0x4D, 0x57, 0x7A])
@pytest.mark.parametrize("cpg", [None, "GBK", "GB2312", "936", "UTF-8", "ISO-8859-1", "OEM", "nonsense", ""])
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_chinese_names_are_right_whatever_is_claimed(
    tmp_path: Path, encoding: str, cpg: str | None, language: int
) -> None:
    raw = read_raw(zones(tmp_path, encoding, cpg=cpg, language=language))
    assert tuple(raw.fields["名称"]) == NAMES
    assert tuple(raw.fields["BSM"]) == ("0001", "0002", "0003")
    assert raw.encoding.name == ("GB18030" if encoding == "gbk" else "UTF-8")
    assert raw.encoding.sample[:2] == NAMES[:2]


@pytest.mark.parametrize(
    ("encoding", "cpg", "language", "how"),
    [
        ("gbk", "GBK", 0x4D, "the .cpg file"),
        ("gbk", None, 0x4D, "the language id 0x4D of the .dbf"),
        ("gbk", None, 0x57, "the text is no UTF-8 but valid GB18030"),
        ("utf-8", None, 0, "the text is valid UTF-8"),
        (
            "gbk", "UTF-8", 0x57,
            "the text is no UTF-8 but valid GB18030; the .cpg file says UTF-8, which does not fit the text",
        ),
        (
            "gbk", "UTF-8", 0x4D,
            "the language id 0x4D of the .dbf; the .cpg file says UTF-8, which does not fit the text",
        ),
        ("utf-8", "GBK", 0, "the text is valid UTF-8; the .cpg file says GB18030, which does not fit the text"),
        ("utf-8", "klingon", 0, "the text is valid UTF-8; the .cpg file names “klingon”, which is no encoding"),
    ],
)  # fmt: skip
def test_how_the_encoding_was_found_is_told(
    tmp_path: Path, encoding: str, cpg: str | None, language: int, how: str
) -> None:
    assert read_raw(zones(tmp_path, encoding, cpg=cpg, language=language)).encoding.how == how


def test_short_gbk_that_happens_to_be_valid_utf8_is_gbk(tmp_path: Path) -> None:
    assert "一".encode("gbk").decode("utf-8") == "һ"  # D2 BB, a Cyrillic letter: why validity alone is no proof
    raw = read_raw(zones(tmp_path, "gbk", names=("一", "b"), field="MC"))
    assert tuple(raw.fields["MC"]) == ("一", "b")


def test_rare_characters_do_not_hide_that_text_is_chinese(tmp_path: Path) -> None:
    raw = read_raw(zones(tmp_path, "gbk", names=("淝河片区", "蚌埠路", "朱镕路北"), cpg="ISO-8859-1", field="MC"))
    assert tuple(raw.fields["MC"]) == ("淝河片区", "蚌埠路", "朱镕路北")


def test_western_names_keep_their_declared_encoding(tmp_path: Path) -> None:
    raw = read_raw(zones(tmp_path, "cp1252", names=("Université", "Straße"), field="MC", language=0x03))
    assert tuple(raw.fields["MC"]) == ("Université", "Straße")
    assert raw.encoding.name == "CP1252"


def test_traditional_characters_keep_big5_where_it_is_declared(tmp_path: Path) -> None:
    raw = read_raw(zones(tmp_path, "big5", names=("規劃區", "北區"), field="MC", cpg="BIG5"))
    assert tuple(raw.fields["MC"]) == ("規劃區", "北區")


def test_the_user_has_the_last_word(tmp_path: Path) -> None:
    path = zones(tmp_path, "big5", names=("規劃區", "北區"), field="MC")
    raw = read_raw(path, encoding="big5")
    assert tuple(raw.fields["MC"]) == ("規劃區", "北區")
    assert raw.encoding.how == "named by the user"
    assert read_zones(path, encoding="Big5", crs="EPSG:4548").text("MC") == ("規劃區", "北區")


def test_an_encoding_that_does_not_fit_is_one_clear_line(tmp_path: Path) -> None:
    path = zones(tmp_path, "gbk")
    with pytest.raises(InputError, match=r"its text is not UTF-8 \(b'.*'\); name its encoding with --encoding"):
        read_raw(path, encoding="UTF-8")
    with pytest.raises(UsageError, match=r"^--encoding: .*“latin-99”: no such encoding"):
        read_raw(path, encoding="latin-99")


def test_text_in_no_likely_encoding_is_one_clear_line(tmp_path: Path) -> None:
    table = dbf_bytes([(b"MC", 10)], [[b"caf\xe9 \xff"], [b"b"]])
    path = write_shapefile(tmp_path / "zones.shp", table, 2)
    with pytest.raises(InputError, match="not UTF-8 or GB18030") as caught:
        read_raw(path)
    assert len(str(caught.value).splitlines()) == 1
    assert read_raw(path, encoding="cp1252").fields["MC"][0] == "café ÿ"


@pytest.mark.parametrize(("encoding", "width", "kept"), [("utf-8", 10, "规划北"), ("gbk", 5, "规划")])
def test_a_character_cut_by_the_width_of_a_field_is_left_out(
    tmp_path: Path, encoding: str, width: int, kept: str
) -> None:
    table = dbf_bytes([(b"MC", width)], [["规划北区".encode(encoding)], [b"b"]])
    assert read_raw(write_shapefile(tmp_path / "zones.shp", table, 2)).fields["MC"][0] == kept


@pytest.mark.parametrize(("encoding", "name"), [("gbk", "用地面积平"), ("utf-8", "用地面")])
def test_a_field_name_cut_to_ten_bytes_stays_readable(tmp_path: Path, encoding: str, name: str) -> None:
    field = "用地面积平方米".encode(encoding)[:10]
    table = dbf_bytes([(field, 8), (b"MC", 20)], [[b"12", "北区".encode(encoding)]])
    assert list(read_raw(write_shapefile(tmp_path / "zones.shp", table, 1)).fields) == [name, "MC"]


def test_two_fields_cut_to_the_same_name_are_both_kept(tmp_path: Path) -> None:
    names = [b"\xe9\x9d\xa2\xe7\xa7\xaf\xe7\xa7\xaf\xe7", b"\xe9\x9d\xa2\xe7\xa7\xaf\xe7\xa7\xaf\xe8"]
    table = dbf_bytes([(names[0], 4), (names[1], 4)], [[b"1", b"2"]])
    fields = read_raw(write_shapefile(tmp_path / "zones.shp", table, 1)).fields
    assert [str(values[0]) for values in fields.values()] == ["1", "2"]


def test_rows_marked_as_deleted_are_counted_as_skipped(tmp_path: Path) -> None:
    table = dbf_bytes([(b"MC", 4)], [[b"a"], [b"b"], [b"c"]], deleted=[1])
    raw = read_raw(write_shapefile(tmp_path / "zones.shp", table, 3))
    assert list(raw.fields["MC"]) == ["a", "c"]
    assert (raw.layers[0].features, raw.layers[0].read) == (3, 2)
    assert [text.en for text in raw.skipped] == ["1 feature: marked as deleted in the .dbf"]


def test_a_shapefile_written_by_hand_has_its_squares(tmp_path: Path) -> None:
    raw = read_raw(zones(tmp_path, "gbk"))
    assert [shape.bounds for shape in raw.geometry] == [
        (EAST + 100 * place, NORTH, EAST + 100 * place + 100, NORTH + 100) for place in range(3)
    ]
    assert raw.declared is None
    assert raw.crs() is None


def test_a_zip_of_shapefiles_in_chinese_folders_reads_the_right_names(tmp_path: Path) -> None:
    zones(tmp_path, "gbk")
    parts = [(f"成果/分区{suffix}", (tmp_path / f"zones{suffix}").read_bytes()) for suffix in (".shp", ".shx", ".dbf")]
    raw = read_raw(pack(tmp_path / "a.zip", *parts))
    assert tuple(raw.fields["名称"]) == NAMES
    assert raw.layer == "分区"


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_without_its_cpg_a_written_shapefile_reads_alike(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "zones.shp"
    frame().to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink()
    assert read_zones(path).text("name_zh") == ("核心区", "rim")


def test_a_table_without_text_is_no_trouble(tmp_path: Path) -> None:
    data = frame(number=[1, 2]).drop(columns=["id", "name_zh"])
    raw = read_raw(save(tmp_path / "zones.shp", data))
    np.testing.assert_array_equal(raw.fields["number"], [1, 2])
    assert raw.encoding.sample == ()

"""Columns are known by their usual names, in both languages, and when a .dbf cut them to ten bytes."""

from __future__ import annotations

import pytest

from geoplan.read import fields_by_meaning, meaning_of
from geoplan.read.fieldnames import MEANINGS


@pytest.mark.parametrize(
    ("field", "meaning"),
    [
        # the common columns of STANDARDS.md §4
        ("BSM", "id"), ("YSDM", "element_code"), ("XZQDM", "district_code"), ("XZQMC", "district_name"),
        ("DLBM", "class_code"), ("DLMC", "class_name"), ("TBBH", "parcel_number"), ("TBMJ", "declared_area"),
        ("MJ", "declared_area"), ("BZ", "note"),
        # in Chinese, whole
        ("标识码", "id"), ("名称", "name"), ("行政区代码", "district_code"), ("图斑面积", "declared_area"),
        ("备注", "note"),
        # whatever the case and width
        ("bsm", "id"), ("ＢＳＭ", "id"), (" Name ", "name"),
        # cut to ten bytes: five characters in GBK, three in UTF-8
        ("行政区划代", "district_code"), ("行政区划名", "district_name"), ("图斑面", "declared_area"),
        ("要素代", "element_code"), ("地块编", "id"), ("行政区", None), ("用地用海分", None),
        ("地类名", "class_name"), ("分区名", "name"), ("分区名\ufffd", "name"),
        # and what says nothing
        ("Shape_Area", None), ("备", None), ("", None), ("面", None),
    ],
)  # fmt: skip
def test_a_column_means_what_its_name_says(field: str, meaning: str | None) -> None:
    assert meaning_of(field) == meaning


def test_the_usual_name_comes_first_where_several_mean_the_same() -> None:
    found = fields_by_meaning(["MJ", "x", "DKMC", "TBMJ", "名称"])
    assert found == {"declared_area": ("TBMJ", "MJ"), "name": ("名称", "DKMC")}


def test_no_name_has_two_meanings() -> None:
    names = [name.casefold() for meaning in MEANINGS.values() for name in meaning]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_cut_name_never_means_something_else_than_the_whole(encoding: str) -> None:
    for meaning, names in MEANINGS.items():
        for name in names:
            cut = name.encode(encoding)[:10].decode(encoding, errors="ignore")
            assert meaning_of(cut) in (meaning, None), name

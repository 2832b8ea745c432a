"""What the columns of usual deliveries mean, also where a .dbf cut their names to ten bytes.

Sources: the common columns of STANDARDS.md §4; the order of a boundary-point file (DKBH, DKMC, …).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

# meaning: the names it goes by; the first is the usual one.
MEANINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "zone_id", "标识码", "BSM", "编号", "分区编号", "地块编号", "DKBH", "地块编码", "区块编号"),
    "name": ("name", "名称", "MC", "分区名称", "地块名称", "DKMC", "区块名称", "name_zh", "项目名称"),
    "name_en": ("name_en", "英文名称"),
    "element_code": ("YSDM", "要素代码"),
    "district_code": ("XZQDM", "行政区代码", "行政区划代码"),
    "district_name": ("XZQMC", "行政区名称", "行政区划名称"),
    "class_code": ("DLBM", "地类编码", "地类代码", "用地代码", "用地用海分类代码"),
    "class_name": ("DLMC", "地类名称", "用地性质", "用地名称", "用地用海分类名称", "地块用途", "DKYT"),
    "parcel_number": ("TBBH", "图斑编号"),
    "declared_area": ("TBMJ", "图斑面积", "MJ", "面积", "地块面积", "DKMJ", "area", "用地面积", "分区面积"),
    "sheet": ("TFH", "图幅号"),
    "note": ("BZ", "备注", "note", "remark"),
}
DBF_NAME_BYTES = 10


def meaning_of(field: str) -> str | None:
    """Return what a column means ("id", "name", "declared_area", …), or None when its name says nothing known.

    Case, full width and spaces do not matter. A name that fills the ten bytes of a .dbf in GBK or UTF-8 also
    stands for every longer one that begins so, as long as all of those mean the same.
    """
    key = _folded(field)
    whole = _MEANING_OF.get(key)
    if whole is not None:
        return whole
    return _MEANING_OF_CUT.get(key.removesuffix("�"))


def fields_by_meaning(fields: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the columns for every meaning among them, the usual names first."""
    found: dict[str, list[str]] = {}
    for field in fields:
        meaning = meaning_of(field)
        if meaning is not None:
            found.setdefault(meaning, []).append(field)
    return {meaning: tuple(sorted(names, key=lambda one: _rank(meaning, one))) for meaning, names in found.items()}


def _rank(meaning: str, field: str) -> int:
    folded = [_folded(name) for name in MEANINGS[meaning]]
    return folded.index(_folded(field)) if _folded(field) in folded else len(folded)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace(" ", "").strip("_")


def _cut(name: str, encoding: str) -> str:
    return name.encode(encoding)[:DBF_NAME_BYTES].decode(encoding, errors="ignore")


def _cut_names() -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for meaning, names in MEANINGS.items():
        for name in names:
            for encoding in ("utf-8", "gb18030"):
                cut = _folded(_cut(name, encoding))
                if cut != _folded(name):
                    owners.setdefault(cut, set()).add(meaning)
    return {cut: next(iter(meanings)) for cut, meanings in owners.items() if len(meanings) == 1}


_MEANING_OF = {_folded(name): meaning for meaning, names in MEANINGS.items() for name in names}
_MEANING_OF_CUT = _cut_names()

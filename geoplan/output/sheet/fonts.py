"""Which fonts set a sheet: the packaged one first, then those of the computer, so that no character is a box.

A character that none of them has is written as its code (U+…) and named on the sheet. Without a font for
Chinese, a sheet that needs it is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from geoplan.errors import FontError
from geoplan.output.sheet.sfnt import Face, read_face
from geoplan.types import Text

FONT_PACKAGE = "pylopdf-fonts-zh-cn"  # Noto Sans SC under the SIL Open Font License 1.1
_FONT_MODULE = "pylopdf_fonts_zh_cn"

# Families with simplified Chinese that come with Linux, Windows and macOS, tried in this order before any other.
_CHINESE_FAMILIES = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "DengXian",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Songti SC",
    "SimSun",
    "Noto Serif CJK SC",
)
_LATIN_FAMILIES = ("Noto Sans", "DejaVu Sans", "Segoe UI", "Arial", "Arial Unicode MS", "Helvetica", "Liberation Sans")
_NO_WIDTH = 0.6  # ems; what a character without a glyph is taken for while labels are placed


@dataclass(frozen=True)
class Typefaces:
    """The fonts of one sheet: `families` in the order they are tried, `missing` characters none of them has.

    `book` is what the typesetter takes its fonts from.
    """

    families: tuple[str, ...]
    faces: tuple[Face, ...]
    missing: frozenset[str]
    book: Any

    def writable(self, text: str) -> str:
        """Return the text with the code (U+…) in place of every character that no font has."""
        if not self.missing.intersection(text):
            return text
        return "".join(f"[U+{ord(one):04X}]" if one in self.missing else one for one in text)

    def width(self, text: str) -> float:
        """Return how long a line of text is, in ems, without kerning."""
        return sum(self._advance(character) for character in text)

    def _advance(self, character: str) -> float:
        widths = (face.width(character) for face in self.faces)
        return next((width for width in widths if width is not None), _NO_WIDTH)


@dataclass(frozen=True, slots=True)
class FontPlaces:
    """Where fonts may come from: `folders` in their order, then, if `system`, the computer's own."""

    folders: tuple[Path, ...]
    system: bool = True

    @classmethod
    def usual(cls, extra: Path | None = None) -> FontPlaces:
        """Return the folder given, if any, the packaged font and the computer's fonts."""
        found = find_spec(_FONT_MODULE)
        packaged = [Path(found.origin).parent] if found is not None and found.origin else []
        return cls((*([extra] if extra else []), *packaged))


def choose_typefaces(texts: Iterable[str], places: FontPlaces) -> Typefaces:
    """Return fonts that cover the characters of all texts, as few as will do.

    Raises FontError when the texts hold Chinese, or plain letters, and no font has them.
    """
    wanted = {character for text in texts for character in text if not character.isspace()} | {" ", "0", "A", "U", "+"}
    single = {character for character in wanted if "\u1100" <= character <= "\u11ff"}
    chosen, left = _cover(wanted - single, _faces(places.folders, system=False), ())
    book = _book(places.folders, False)
    if left and places.system:
        chosen, left = _cover(left, _faces(places.folders, system=True), chosen)
        book = _book(places.folders, True)
    _refuse(left)
    return Typefaces(
        families=tuple(dict.fromkeys(family for family, _ in chosen)),
        faces=tuple(face for _, face in chosen),
        missing=frozenset(left | single),  # parts of Korean syllables are joined to what a font may not have
        book=book,
    )


def _refuse(missing: set[str]) -> None:
    chinese = sorted(character for character in missing if is_chinese(character))
    plain = sorted(character for character in missing if character.isascii())
    # A rare character alone does not stop a sheet: its code is shown. Common ones mean there is no Chinese font.
    if not plain and not any("\u4e00" <= character <= "\u9fa5" for character in chinese):
        return
    kind = Text("Chinese", "中文") if chinese else Text("Latin letters", "拉丁字母")
    sample = "".join((chinese or plain)[:8])
    raise FontError(
        Text(
            f"no font with {kind.en} was found, and the sheet needs it for “{sample}”.",
            f"未找到含{kind.zh}的字体，而图纸需要用它显示“{sample}”。",
        ),
        hint=Text(
            f"Install the font with “pip install {FONT_PACKAGE}”, or name a folder with a font file.",
            f"请用“pip install {FONT_PACKAGE}”安装字体，或指定含有字体文件的文件夹。",
        ),
    )


def is_chinese(character: str) -> bool:
    """Return whether a character is a Chinese one (a CJK ideograph)."""
    return unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH")


def _cover(
    wanted: set[str], faces: Iterator[tuple[str, Face]], chosen: Sequence[tuple[str, Face]]
) -> tuple[list[tuple[str, Face]], set[str]]:
    """Return the faces that add characters, and the characters still missing."""
    kept, left = list(chosen), set(wanted)
    for family, face in faces:
        if not left:
            break
        found = {character for character in left if face.covers(character)}
        if found and face.embeddable:
            kept.append((family, face))
            left -= found
    return kept, left


def _faces(folders: tuple[Path, ...], *, system: bool) -> Iterator[tuple[str, Face]]:
    """Yield upright faces of normal weight with their families: Chinese ones first, each read when it is its turn."""
    infos = [
        info
        for info in _book(folders, system).fonts()
        if info.path and info.style == "normal" and 350 <= info.weight <= 450 and info.stretch == 1.0
    ]
    order = {family: place for place, family in enumerate((*_CHINESE_FAMILIES, *_LATIN_FAMILIES))}
    for info in sorted(infos, key=lambda info: (order.get(info.family, len(order)), info.family, info.path)):
        face = _read(info.path, info.index)
        if face is not None:
            yield info.family, face


@lru_cache(maxsize=24)
def _read(path: str, index: int) -> Face | None:
    return read_face(Path(path), index)


@lru_cache(maxsize=8)
def _book(folders: tuple[Path, ...], system: bool) -> Any:
    import typst  # noqa: PLC0415 - 30 MB that only a sheet needs

    return typst.Fonts(
        include_system_fonts=system, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders]
    )

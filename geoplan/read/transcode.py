"""GeoJSON, KML and GML in another encoding than UTF-8, put into it before a parser sees them."""

from __future__ import annotations

import codecs
import re
import shutil
from dataclasses import replace
from pathlib import Path

from geoplan.read.contents import Dataset
from geoplan.read.encoding import choose, codec_named, decode_document, decoded, describe
from geoplan.read.guards import UnfitError

_BLOCK = 1 << 20
_MAX_BYTES = 500_000_000  # to put into another encoding, in memory
_DECLARATION = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"'][^>]{0,200}\?>"
)
_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def in_utf8(dataset: Dataset, folder: Path, override: str | None) -> Dataset:
    """Return the dataset with its `local` file in UTF-8: itself where it is that, else a copy in `folder`.

    GML always gets a copy, so that no schema beside it is opened. Raises UnfitError when the text fits neither
    what it declares (XML) nor UTF-8 or GB18030, nor `override`.
    """
    xml = dataset.format in ("KML", "GML")
    with dataset.local.open("rb") as stream:
        declared = _DECLARATION.match(stream.read(1024)) if xml else None
    said = declared[1].decode("ascii") if declared else ""
    plain = codec_named(said) in (None, "utf-8", "ascii") if said else True
    if override is None and plain and _is_utf8(dataset.local):
        return dataset if dataset.format != "GML" else _copied(dataset, folder)
    if dataset.local.stat().st_size > _MAX_BYTES:
        raise UnfitError("is too large to put into UTF-8", "文件过大，无法转换为 UTF-8")
    content = dataset.local.read_bytes()
    if said and override is None and not content.startswith(_BOMS):
        codec, how = choose([content], [(said, "the XML declaration")])
        text = decoded(content, codec) or ""
        info = describe(codec, how, re.findall(r"[^\x00-\x7f]{1,40}", text[:200_000]))
    else:
        text, info = decode_document(content, override)
    if xml:
        body = re.sub(r"^\ufeff?\s*<\?xml[^>]{0,400}\?>", "", text, count=1)
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body.lstrip()}'
    copy = _place(dataset, folder)
    copy.write_text(text, encoding="utf-8", newline="")
    return replace(dataset, local=copy, encoding=info)


def _copied(dataset: Dataset, folder: Path) -> Dataset:
    copy = _place(dataset, folder)
    shutil.copyfile(dataset.local, copy)
    return replace(dataset, local=copy)


def _place(dataset: Dataset, folder: Path) -> Path:
    """Return a free place below the folder; its name is the file's own, which names its layer."""
    number = sum(1 for _ in folder.iterdir())
    home = folder / f"text-{number}"
    home.mkdir()
    return home / dataset.local.name


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True

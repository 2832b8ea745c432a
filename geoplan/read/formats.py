"""What a file is by its first bytes, never by its name alone.

Only the formats listed here are ever handed to GDAL: a file that is called .geojson but holds, say, a
virtual dataset that points at other files is refused before a driver sees it.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

from geoplan.errors import InputError
from geoplan.read.archive import archive_members
from geoplan.types import Text

SUPPORTED = "GeoPackage, GeoJSON, Shapefile (also zipped), FlatGeobuf, GeoParquet, KML"
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_VECTOR_SUFFIXES = (".shp", ".gpkg", ".geojson", ".json", ".fgb", ".kml")
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Dataset:
    """A file that geoplan can open: its `format`, the `address` GDAL opens, and the `path` as given."""

    format: str
    address: str
    path: Path


def identify(path: Path, *, member: str | None = None) -> Dataset:
    """Return what a file is, by content.

    `member` picks one vector file of a zip archive that holds several. Raises InputError when the file
    is missing, a folder, empty, truncated, or of no supported format.
    """
    if path.is_dir():
        raise _refused(path, "is a folder, not a vector file", "是文件夹，不是矢量文件")
    if not path.is_file():
        raise _refused(path, "there is no such file", "文件不存在")
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})", "无法读取") from None
    if not head:
        raise _refused(path, "is empty", "是空文件")
    if head.startswith(b"PK\x03\x04") or path.suffix.lower() == ".zip":
        return _in_archive(path, member)
    name = _format_of(head)
    if name is None:
        raise _refused(
            path,
            f"is not a vector file geoplan reads, whatever its name says; it reads {SUPPORTED}",
            f"不是可读取的矢量文件；支持 {SUPPORTED}",
        )
    if name == "Shapefile":
        _whole_shapefile(path, head, path.stat().st_size)
        _with_siblings(path)
    return Dataset(name, str(path.resolve()), path)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file; of a loose shapefile, of all its parts in a fixed order."""
    parts = [path]
    if path.suffix.lower() == ".shp":
        parts = [part for suffix in _SHAPEFILE_PARTS if (part := _sibling(path, suffix)) is not None]
    total = hashlib.sha256()
    for part in parts:
        with part.open("rb") as stream:
            while block := stream.read(1 << 20):
                total.update(block)
    return total.hexdigest()


def _format_of(head: bytes) -> str | None:
    if head.startswith(b"SQLite format 3\x00"):
        return "GeoPackage"
    if head.startswith(b"\x00\x00\x27\x0a"):
        return "Shapefile"
    if head.startswith(b"fgb\x03"):
        return "FlatGeobuf"
    if head.startswith(b"PAR1"):
        return "GeoParquet"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return "GeoJSON"
    return "KML" if text.startswith(b"<") and b"<kml" in text else None


def _in_archive(path: Path, member: str | None) -> Dataset:
    vectors = [name for name in archive_members(path) if name.lower().endswith(_VECTOR_SUFFIXES)]
    vectors = [name for name in vectors if not Path(name).name.startswith("._")]  # macOS resource forks
    if not vectors:
        raise _refused(path, "the archive holds no vector file", "压缩包内没有矢量文件")
    wanted = [name for name in vectors if member in (name, Path(name).stem, Path(name).name)] if member else vectors
    if len(wanted) != 1:
        names = ", ".join(vectors)
        raise _refused(
            path,
            f"the archive holds several vector files: {names}; choose one with --layer",
            f"压缩包内有多个矢量文件：{names}；请用 --layer 选择",
        )
    try:
        with zipfile.ZipFile(path) as archive, archive.open(wanted[0]) as stream:
            head = stream.read(_HEAD)
            size = archive.getinfo(wanted[0]).file_size
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise _refused(path, f"cannot be read as a zip archive ({error})", "无法作为 zip 压缩包读取") from None
    name = _format_of(head)
    if name is None or name == "GeoParquet":
        raise _refused(path, f"{wanted[0]} is not a vector file geoplan reads", f"{wanted[0]} 不是可读取的矢量文件")
    if name == "Shapefile":
        _whole_shapefile(path, head, size)
    return Dataset(name, f"/vsizip/{{{path.resolve()}}}/{wanted[0]}", path)


def _whole_shapefile(path: Path, head: bytes, size: int) -> None:
    """Refuse a .shp shorter than its header says: GDAL would read the missing shapes as empty."""
    stated = struct.unpack(">i", head[24:28])[0] * 2 if len(head) >= 100 else -1
    if stated != size:
        raise _refused(
            path,
            f"the shapefile is damaged: its header says {stated:,} bytes, it has {size:,}",
            f"shapefile 已损坏：文件头记录 {stated:,} 字节，实际 {size:,} 字节",
        )


def _with_siblings(path: Path) -> None:
    missing = [suffix for suffix in (".shx", ".dbf") if _sibling(path, suffix) is None]
    if missing:
        names = " and ".join(missing)
        raise _refused(
            path, f"the shapefile lacks its {names}; send all of its files", f"shapefile 缺少 {names}；请提供全部文件"
        )


def _sibling(path: Path, suffix: str) -> Path | None:
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    return None


def _refused(path: Path, reason: str, reason_zh: str) -> InputError:
    return InputError(Text(f"{reason}.", f"{reason_zh}。"), where=str(path))

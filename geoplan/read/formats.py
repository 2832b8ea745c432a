"""From a path to what can be opened in it: found by content, guarded, and unpacked where it is an archive.

Whatever has to be written to be read (members of an archive, text put into UTF-8, a GML file, beside which GDAL
would look for schemas) goes to a temporary folder that is gone when reading is done.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from geoplan.errors import InputError
from geoplan.ogr import pyogrio
from geoplan.read.archive import Archive
from geoplan.read.blocks import guard_blocks
from geoplan.read.contents import Dataset
from geoplan.read.guards import UnfitError, guard_file
from geoplan.read.shapefile import part
from geoplan.read.sniff import HEAD, SUPPORTED, format_of
from geoplan.read.transcode import in_utf8
from geoplan.types import Text

_PARTS = {
    ".shp": (".shp", ".shx", ".dbf", ".prj", ".cpg"),
    ".tab": (".tab", ".dat", ".map", ".id", ".ind"),
    ".mif": (".mif", ".mid"),
}
_VECTOR_SUFFIXES = (
    ".shp", ".gpkg", ".geojson", ".json", ".geojsonl", ".fgb", ".parquet", ".kml", ".gml", ".tab", ".mif", ".dxf",
    ".dwg",
)  # fmt: skip
_SIDECARS = (
    ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".qmd", ".qml", ".sld", ".lyr", ".xsd", ".gfs",
    ".dat", ".map", ".id", ".ind", ".mid", ".xml", ".png", ".jpg", ".pdf", ".md",
)  # fmt: skip
_GDB_TABLE = re.compile(r"(?:^|/)a[0-9a-f]{8}\.gdbtable$", re.IGNORECASE)
_TEXT_FORMATS = ("GeoJSON", "GeoJSONSeq", "KML", "GML", "CSV", "DXF", "boundary points")
_PACKED_FORMATS = ("GeoParquet", "FileGDB", "XLSX")
_MANY_LAYERS = ("GeoPackage", "FileGDB")
_ARCHIVE = b"PK\x03\x04"


@contextmanager
def opened(path: Path, *, member: str | None = None, encoding: str | None = None) -> Iterator[tuple[Dataset, ...]]:
    """Yield what can be opened in a file or FileGDB folder: one dataset, or several of a zip archive.

    `member` narrows an archive to the files of this name, stem or path, if it has any; `encoding` is what text
    formats are in, where the user knows. Raises InputError when the file is missing, no regular file, empty,
    truncated, of no supported format, or would lead GDAL elsewhere.
    """
    with _refusals(path), tempfile.TemporaryDirectory(prefix="geoplan-") as folder:
        found = tuple(_datasets(path, Path(folder), member, encoding))
        yield found


def identify(path: Path) -> Dataset:
    """Return what one file is, by content; raises InputError as `opened` does."""
    with opened(path) as found:
        return found[0]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file; of a loose shapefile or MapInfo file, of all its parts in a fixed order.

    Of a GeoPackage still open elsewhere, the changes waiting beside it (-wal) count as well, of a FileGDB
    folder every file in it, in the order of their names.
    """
    if path.is_dir():
        parts = sorted(one for one in path.iterdir() if one.is_file() and one.suffix.lower() != ".lock")
    else:
        suffixes = _PARTS.get(path.suffix.lower(), ())
        parts = [one for suffix in suffixes if (one := part(path, suffix)) is not None] or [path]
    waiting = Path(f"{path}-wal")
    if waiting.is_file():
        parts.append(waiting)
    total = hashlib.sha256()
    for one in parts:
        with one.open("rb") as stream:
            while block := stream.read(1 << 20):
                total.update(block)
    return total.hexdigest()


def vertices_in(dataset: Dataset, features: int) -> int:
    """Return about how many vertices a layer of so many features holds at most, judged by the size of its file.

    Two doubles are a vertex where numbers are binary; as text they take 20 characters or more. Packed formats are
    taken at four times their size. A file of many layers says little of one: there, at most 1000 a feature.
    """
    local = dataset.local
    size = sum(one.stat().st_size for one in local.iterdir()) if local.is_dir() else local.stat().st_size
    if dataset.format in _TEXT_FORMATS:
        return size // 20
    binary = size // 16 * (4 if dataset.format in _PACKED_FORMATS else 1)
    return min(binary, 1000 * features) if dataset.format in _MANY_LAYERS else binary


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except UnfitError as unfit:
        raise _refused(path, str(unfit), unfit.zh) from None
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})", f"无法读取（{error.strerror}）") from None


def _datasets(path: Path, folder: Path, member: str | None, encoding: str | None) -> Iterator[Dataset]:
    if _is_folder(path):
        yield _geodatabase(path, path, folder)
        return
    head = _head(path)
    if not head:
        raise UnfitError("is empty", "是空文件")
    if not head.startswith(_ARCHIVE) and path.suffix.lower() not in (".zip", ".kmz"):
        yield _prepared(path, path, folder, encoding)
        return
    archive = Archive(path)
    if "xl/workbook.xml" in archive.names:
        sheets = folder / f"{path.stem[:100]}.xlsx"
        shutil.copyfile(path, sheets)
        yield Dataset("XLSX", str(sheets), path, sheets)
        return
    with archive.kept_open():
        found = tuple(_in_archive(path, archive, folder, member, encoding))
    yield from found


def _prepared(local: Path, path: Path, folder: Path, encoding: str | None, member: str | None = None) -> Dataset:
    """Return one file as a dataset: known, in UTF-8 and guarded; `local` holds its bytes."""
    head = _head(local)
    name = format_of(head)
    if name is None:
        subject = f"{member} in it" if member else ""
        raise UnfitError(
            f"{subject} is not a vector file geoplan reads, whatever its name says; it reads {SUPPORTED}".strip(),
            f"{member or ''}不是可读取的矢量文件；支持 {SUPPORTED}",
        )
    if name == "Shapefile":
        for suffix in (".shx", ".dbf"):
            _require_part(local, suffix)
    dataset = Dataset(name, "", path, local, member)
    if name in ("GeoJSON", "GeoJSONSeq", "KML", "GML"):
        dataset = in_utf8(dataset, folder, encoding)
    guard_file(name, dataset.local)
    if name == "DXF":
        guard_blocks(dataset.local)
    return replace(dataset, address=_address(name, str(dataset.local.absolute())))


def _address(name: str, place: str) -> str:
    """Return what GDAL opens: GeoJSON with the driver named, since other drivers take JSON for commands."""
    if name in ("GeoJSON", "GeoJSONSeq"):
        return f"{'GEOJSON' if name == 'GeoJSON' else name}:{place}"
    if name not in ("CSV", "boundary points", "GeoParquet") and pyogrio.util.vsi_path(place) != place:
        raise UnfitError(
            "has a name GDAL would misread (“!” or “;”, for instance); rename it", "文件名含特殊字符，请改名"
        )
    return place


def _require_part(path: Path, suffix: str) -> None:
    missing = [one for one in (".shx", ".dbf") if part(path, one) is None]
    if suffix in missing:
        names = " and ".join(missing)
        raise UnfitError(
            f"the shapefile lacks its {names}; send all of its files", f"shapefile 缺少 {names}；请提供全部文件"
        )


def _geodatabase(local: Path, path: Path, folder: Path, member: str | None = None) -> Dataset:
    """Return a FileGDB folder; GDAL knows it by its ending, which a link in the temporary folder may have to lend."""
    if any(one.is_symlink() or not one.is_file() for one in local.iterdir()):
        raise UnfitError("is a FileGDB with links or folders in it", "FileGDB 中含有链接或文件夹")
    place = local.absolute()
    if place.suffix.lower() != ".gdb" or pyogrio.util.vsi_path(str(place)) != str(place):
        lent = folder / "geodatabase.gdb"
        lent.symlink_to(place, target_is_directory=True)
        place = lent
    return Dataset("FileGDB", str(place), path, local, member)


def _in_archive(
    path: Path, archive: Archive, folder: Path, member: str | None, encoding: str | None
) -> Iterator[Dataset]:
    candidates = _candidates(archive)
    if not candidates:
        nested = any(name.lower().endswith((".zip", ".rar", ".7z", ".kmz", ".xlsx")) for name in archive.names)
        more, zh = (", only archives, which are not opened", "，只有压缩包，不会打开") if nested else ("", "")
        raise UnfitError(f"the archive holds no vector file{more}", f"压缩包内没有矢量文件{zh}")
    wanted = [name for name in candidates if member in (name, PurePosixPath(name).stem, PurePosixPath(name).name)]
    for name in wanted or candidates:
        inside = folder / "unpacked" / name
        parts = candidates[name]
        archive.unpack((one for one in parts if not (folder / "unpacked" / one).exists()), folder / "unpacked")
        if inside.is_dir() or not name:
            yield _geodatabase(inside, path, folder, name or None)
            continue
        for one in parts:  # GDAL wants one spelling for all parts
            file = folder / "unpacked" / one
            file.rename(inside.with_suffix(file.suffix.lower() if file != inside else file.suffix))
        yield _prepared(inside, path, folder, encoding, name)


def _candidates(archive: Archive) -> dict[str, tuple[str, ...]]:
    """Return the members that look like vector files, by content or ending, with the members that are part of them."""
    found: dict[str, tuple[str, ...]] = {}
    for name in archive.names:
        pure = PurePosixPath(name)
        if pure.name.startswith("._") or "__MACOSX" in pure.parts:  # macOS resource forks
            continue
        if _GDB_TABLE.search(name):
            home = str(pure.parent) if str(pure.parent) != "." else ""
            found[home] = tuple(one for one in archive.names if str(PurePosixPath(one).parent) == (home or "."))
            continue
        suffix = pure.suffix.lower()
        if suffix in _SIDECARS or suffix.startswith(".gdb") or str(pure.parent) in found:
            continue
        head = archive.head(name, HEAD)
        if head.startswith(_ARCHIVE):
            continue
        if suffix in _VECTOR_SUFFIXES or format_of(head) is not None:
            found[name] = _parts_in(archive, name)
    return found


def _parts_in(archive: Archive, name: str) -> tuple[str, ...]:
    pure = PurePosixPath(name)
    stem = str(pure.with_suffix("")).casefold()
    suffixes = _PARTS.get(pure.suffix.lower(), ())
    return tuple(
        one
        for one in archive.names
        if one == name
        or (
            str(PurePosixPath(one).with_suffix("")).casefold() == stem and PurePosixPath(one).suffix.lower() in suffixes
        )
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(HEAD)


def _is_folder(path: Path) -> bool:
    """Return whether a path is a FileGDB folder; refuse anything else that is no regular file.

    A pipe would wait for ever, a device never end.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            if any(_GDB_TABLE.search(one.name) for one in path.iterdir()):
                return True
            raise UnfitError("is a folder, not a vector file", "是文件夹，不是矢量文件")
    except (FileNotFoundError, NotADirectoryError):
        raise UnfitError("there is no such file", "文件不存在") from None
    except ValueError as error:
        if isinstance(error, UnfitError):
            raise
        raise UnfitError("is not a file name", "不是文件名") from None  # a NUL in the name
    if not stat.S_ISREG(mode):
        raise UnfitError("is a device or pipe, not a file", "是设备或管道，不是文件")
    return False


def _refused(path: Path, reason: str, reason_zh: str) -> InputError:
    return InputError(Text(f"{reason}.", f"{reason_zh}。"), where=os.fspath(path))

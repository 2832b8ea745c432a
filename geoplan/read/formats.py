"""What a file is by its first bytes, never by its name alone.

Only the formats listed here are ever handed to GDAL: a file that is called .geojson but holds, say, a
virtual dataset that points at other files is refused before a driver sees it.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from pyogrio.util import vsi_path

from geoplan.errors import InputError
from geoplan.read.archive import Archive
from geoplan.read.guards import UnfitError, guard_geojson, guard_geopackage, guard_kml, guard_shapefile
from geoplan.types import Text

SUPPORTED = "GeoPackage, GeoJSON, Shapefile (also zipped), FlatGeobuf, GeoParquet, KML"
# format: the GDAL drivers that may answer for it
DRIVERS = {
    "GeoPackage": ("GPKG",),
    "GeoJSON": ("GeoJSON",),
    "Shapefile": ("ESRI Shapefile",),
    "FlatGeobuf": ("FlatGeobuf",),
    "KML": ("LIBKML", "KML"),
}
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_VECTOR_SUFFIXES = (".shp", ".gpkg", ".geojson", ".json", ".fgb", ".kml")
_HEAD = 65_536
_MAX_ZIPPED_DATABASE = 500_000_000  # bytes: a zipped GeoPackage is looked at in memory


@dataclass(frozen=True, slots=True)
class Dataset:
    """A file that geoplan can open: its `format`, the `address` GDAL opens, and the `path` as given."""

    format: str
    address: str
    path: Path


def identify(path: Path, *, member: str | None = None) -> Dataset:
    """Return what a file is, by content.

    `member` picks one vector file of a zip archive that holds several. Raises InputError when the file
    is missing, no regular file, empty, truncated, of no supported format, or would lead GDAL elsewhere.
    """
    _require_regular(path)
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
        if not head:
            raise UnfitError("is empty", "是空文件")
        if head.startswith(b"PK\x03\x04") or path.suffix.lower() == ".zip":
            return _in_archive(path, member)
        name = _format_of(head)
        if name is None:
            raise UnfitError(
                f"is not a vector file geoplan reads, whatever its name says; it reads {SUPPORTED}",
                f"不是可读取的矢量文件；支持 {SUPPORTED}",
            )
        _guard_file(name, path, head)
        return Dataset(name, _address(name, str(path.absolute())), path)
    except UnfitError as unfit:
        raise _refused(path, str(unfit), unfit.zh) from None
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})", f"无法读取（{error.strerror}）") from None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file; of a loose shapefile, of all its parts in a fixed order.

    Of a GeoPackage still open elsewhere, the changes waiting beside it (-wal) count as well.
    """
    parts = [path]
    if path.suffix.lower() == ".shp":
        parts = [part for suffix in _SHAPEFILE_PARTS if (part := _sibling(path, suffix)) is not None]
    waiting = Path(f"{path}-wal")
    if waiting.is_file():
        parts.append(waiting)
    total = hashlib.sha256()
    for part in parts:
        with part.open("rb") as stream:
            while block := stream.read(1 << 20):
                total.update(block)
    return total.hexdigest()


def _require_regular(path: Path) -> None:
    """Refuse anything but a regular file: a pipe would wait for ever, a device never end."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise _refused(path, "there is no such file", "文件不存在") from None
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})", f"无法读取（{error.strerror}）") from None
    except ValueError:  # a NUL in the name
        raise _refused(path, "is not a file name", "不是文件名") from None
    if stat.S_ISDIR(mode):
        raise _refused(path, "is a folder, not a vector file", "是文件夹，不是矢量文件")
    if not stat.S_ISREG(mode):
        raise _refused(path, "is a device or pipe, not a file", "是设备或管道，不是文件")


def _format_of(head: bytes) -> str | None:
    for magic, name in (
        (b"SQLite format 3\x00", "GeoPackage"),
        (b"\x00\x00\x27\x0a", "Shapefile"),
        (b"fgb\x03", "FlatGeobuf"),
        (b"PAR1", "GeoParquet"),
    ):
        if head.startswith(magic):
            return name
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return "GeoJSON"
    return "KML" if text.startswith(b"<") and b"kml" in text else None


def _address(name: str, place: str) -> str:
    """Return what GDAL opens: GeoJSON with the driver named, since other drivers take JSON for commands."""
    if name == "GeoJSON":
        return f"GEOJSON:{place}"
    if vsi_path(place) != place:
        raise UnfitError(
            "has a name GDAL would misread (“!” or “;”, for instance); rename it", "文件名含特殊字符，请改名"
        )
    return place


def _guard_file(name: str, path: Path, head: bytes) -> None:
    if name == "GeoPackage":
        guard_geopackage(path)
    elif name == "KML":
        guard_kml(head)
    elif name == "GeoJSON":
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            guard_geojson(content)
    elif name == "Shapefile":
        shx, dbf = _sibling(path, ".shx"), _sibling(path, ".dbf")
        if shx is None or dbf is None:
            _lacks(*(suffix for suffix, part in ((".shx", shx), (".dbf", dbf)) if part is None))
            return
        with dbf.open("rb") as stream:
            guard_shapefile(head, path.stat().st_size, shx.stat().st_size, stream.read(32))


def _in_archive(path: Path, member: str | None) -> Dataset:
    archive = Archive(path)
    vectors = [name for name in archive.names if name.lower().endswith(_VECTOR_SUFFIXES)]
    vectors = [name for name in vectors if not Path(name).name.startswith("._")]  # macOS resource forks
    if not vectors:
        raise UnfitError("the archive holds no vector file", "压缩包内没有矢量文件")
    wanted = [name for name in vectors if member in (name, Path(name).stem, Path(name).name)] if member else vectors
    if len(wanted) != 1:
        names = ", ".join(vectors)
        if member and not wanted:
            raise UnfitError(
                f"there is no “{member}” in the archive; it holds {names}", f"压缩包内没有“{member}”，有 {names}"
            )
        raise UnfitError(
            f"the archive holds several vector files: {names}; choose one with --layer",
            f"压缩包内有多个矢量文件：{names}；请用 --layer 选择",
        )
    head = archive.head(wanted[0], _HEAD)
    name = _format_of(head)
    if name is None or name == "GeoParquet":
        raise UnfitError(
            f"{wanted[0]} in it is not a vector file geoplan reads", f"其中的 {wanted[0]} 不是可读取的矢量文件"
        )
    _guard_member(name, archive, wanted[0], head)
    return Dataset(name, _address(name, f"/vsizip/{{{path.absolute()}}}/{wanted[0]}"), path)


def _guard_member(name: str, archive: Archive, member: str, head: bytes) -> None:
    if name == "GeoPackage":
        if archive.size(member) > _MAX_ZIPPED_DATABASE:
            raise UnfitError(
                "holds a GeoPackage too large to look at in the archive; unpack it", "GeoPackage 过大，请先解压"
            )
        guard_geopackage(archive.content(member))
    elif name == "GeoJSON":
        guard_geojson(archive.content(member))
    elif name == "KML":
        guard_kml(head)
    elif name == "Shapefile":
        stem = member[: -len(".shp")].casefold()
        parts = {other.casefold(): other for other in archive.names}
        shx, dbf = parts.get(f"{stem}.shx"), parts.get(f"{stem}.dbf")
        if shx is None or dbf is None:
            _lacks(*(suffix for suffix, part in ((".shx", shx), (".dbf", dbf)) if part is None))
            return
        guard_shapefile(head, archive.size(member), archive.size(shx), archive.head(dbf, 32))
        for part in (member, shx, dbf):
            archive.verify(part)
        return
    archive.verify(member)


def _lacks(*suffixes: str) -> None:
    names = " and ".join(suffixes)
    raise UnfitError(
        f"the shapefile lacks its {names}; send all of its files", f"shapefile 缺少 {names}；请提供全部文件"
    )


def _sibling(path: Path, suffix: str) -> Path | None:
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    return None


def _refused(path: Path, reason: str, reason_zh: str) -> InputError:
    return InputError(Text(f"{reason}.", f"{reason_zh}。"), where=os.fspath(path))

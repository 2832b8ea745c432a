"""A delivery as a revision keeps it: one file as it is, several as one archive, always the same."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

from geoplan.errors import InputError
from geoplan.types import Text

MAX_SOURCE_BYTES = 256 * 1024**2  # of an archive, which is made in memory, and of what a browser sends
MAX_FILE_BYTES = 4 * 1024**3  # of one file, which is read a block at a time
_SIDECARS = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".shp.xml"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip archive can hold


def source_content(path: Path) -> tuple[bytes | Path, bool]:
    """Return the path of a file and False; of a shapefile in parts or a folder, the bytes of a zip archive and True.

    The archive holds names, no times, so that the same parts make the same bytes. Raises InputError when
    the file cannot be read, or is larger than a store should keep (4 GiB, an archive 256 MiB).
    """
    try:
        parts = list(_parts(path))
        single = len(parts) == 1 and not path.is_dir()
        limit = MAX_FILE_BYTES if single else MAX_SOURCE_BYTES
        if sum(part.stat().st_size for part, _ in parts) > limit:
            raise _too_large(path, limit // 1024**2, single=single)
        return (path, False) if single else (_archive(parts), True)
    except OSError as error:
        raise _unreadable(path, error) from None


def sha256_of(content: bytes | Path) -> str:
    """Return the SHA-256 of a delivery's content; InputError when its file cannot be read."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    try:
        with content.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(content, error) from None


def _too_large(path: Path, limit: int, *, single: bool) -> InputError:
    fewer = Text("Export only the layer with the zones.", "请只导出分区图层。")
    one = Text("Export only the layer with the zones, as one GeoPackage.", "请只导出分区图层，并存为单个 GeoPackage。")
    return InputError(
        Text(
            f"is larger than {limit} MiB, and the store keeps every file that is loaded.",
            f"超过 {limit} MiB，而存储会保留每个加载的文件。",
        ),
        where=str(path),
        hint=fewer if single else one,
    )


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(Text(f"cannot be read ({error.strerror}).", f"无法读取（{error.strerror}）。"), where=str(path))


def _parts(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files a delivery consists of with their names in an archive, in a fixed order."""
    if path.is_dir():
        for part in sorted(path.rglob("*")):
            if stat.S_ISREG(part.lstat().st_mode):  # neither links, which may lead out, nor pipes
                yield part, f"{path.name}/{part.relative_to(path).as_posix()}"
        return
    yield path, path.name
    beside = _SIDECARS.get(path.suffix.lower(), ())
    wanted = {f"{path.stem}{suffix}".casefold() for suffix in beside}
    if wanted:
        yield from ((part, part.name) for part in sorted(path.parent.iterdir()) if part.name.casefold() in wanted)


def _archive(parts: list[tuple[Path, str]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, name in parts:
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), part.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()

"""The bytes of a delivery as a revision keeps them: one file as it is, several as one archive, always the same."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

from geoplan.errors import InputError
from geoplan.types import Text

MAX_SOURCE_BYTES = 256 * 1024**2
_SIDECARS = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".shp.xml"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip archive can hold


def source_bytes(path: Path) -> tuple[bytes, bool]:
    """Return the content of a file and False; of a shapefile in parts or a folder, a zip archive and True.

    The archive holds names, no times, so that the same parts make the same bytes. Raises InputError when
    the file cannot be read, or is larger than a store should keep (256 MiB).
    """
    try:
        parts = list(_parts(path))
        size = sum(part.stat().st_size for part, _ in parts)
        if size > MAX_SOURCE_BYTES:
            raise InputError(
                Text(
                    f"is larger than {MAX_SOURCE_BYTES // 1024**2} MiB, and the store keeps every file that is loaded.",
                    f"超过 {MAX_SOURCE_BYTES // 1024**2} MiB，而存储会保留每个加载的文件。",
                ),
                where=str(path),
                hint=Text("Export only the layer with the zones.", "请只导出分区图层。"),
            )
        if len(parts) == 1 and not path.is_dir():
            return path.read_bytes(), False
        return _archive(parts), True
    except OSError as error:
        raise InputError(
            Text(f"cannot be read ({error.strerror}).", f"无法读取（{error.strerror}）。"), where=str(path)
        ) from None


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

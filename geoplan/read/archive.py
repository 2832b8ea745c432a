"""Zip archives, looked at before anything opens them: limits on members, bytes and names.

An archive is never unpacked by geoplan; GDAL reads the chosen member in place.
"""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath

from geoplan.errors import InputError
from geoplan.types import Text

MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 4_000_000_000
MAX_RATIO = 300  # unpacked ÷ packed; geodata rarely exceeds 30
_SYMLINK = 0o120000
_KIND = 0o170000


def archive_members(path: Path) -> tuple[str, ...]:
    """Return the names of the files in a zip archive, in its order.

    Raises InputError when it is not a readable zip or is refused: too many members, too many
    unpacked bytes, an implausible packing ratio, encrypted members, links, or names that lead out of it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, UnicodeDecodeError) as error:
        raise _refused(path, f"cannot be read as a zip archive ({error})", "无法作为 zip 压缩包读取") from None
    if len(entries) > MAX_MEMBERS:
        raise _refused(path, f"holds {len(entries):,} files, more than {MAX_MEMBERS:,}", "文件数超过限制")
    for entry in entries:
        _look_at(path, entry)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * max(path.stat().st_size, 10_000):
        raise _refused(path, f"would unpack to {unpacked:,} bytes", f"解压后将达 {unpacked:,} 字节")
    return tuple(entry.filename for entry in entries if not entry.is_dir())


def _look_at(path: Path, entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    leaves = posix.is_absolute() or windows.drive or windows.root or ".." in posix.parts or ".." in windows.parts
    if leaves or "\x00" in name:
        raise _refused(path, f"holds a name that leads out of it: {name!r}", f"含有越界的文件名 {name!r}")
    if (entry.external_attr >> 16) & _KIND == _SYMLINK:
        raise _refused(path, f"holds a link: {name!r}", f"含有链接 {name!r}")
    if entry.flag_bits & 1:
        raise _refused(path, f"is encrypted: {name!r}", f"已加密 {name!r}")


def _refused(path: Path, reason: str, reason_zh: str) -> InputError:
    return InputError(
        Text(f"the archive {reason}.", f"压缩包{reason_zh}。"),
        where=str(path),
        hint=Text("Unpack it yourself and give the file inside.", "请自行解压后提供其中的文件。"),
    )

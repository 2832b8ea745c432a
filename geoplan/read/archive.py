"""Zip archives, looked at before anything opens them: limits on members, bytes and names.

An archive is never unpacked by geoplan; GDAL reads the chosen member in place.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from geoplan.errors import InputError
from geoplan.types import Text

MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 4_000_000_000
MAX_RATIO = 300  # unpacked ÷ packed; geodata rarely exceeds 30
_SYMLINK = 0o120000
_KIND = 0o170000
# What zipfile raises for content it cannot read; RuntimeError is its answer to encryption it meets late.
_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error)


class Archive:
    """A zip archive that was found harmless: `names` of its files, their sizes and contents.

    Raises InputError when it is not a readable zip or is refused: too many members, too many unpacked
    bytes, an implausible packing ratio, encrypted members, links, names used twice (readers differ in
    which one they take) or names that lead out of it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._opened() as archive:
            entries = archive.infolist()
        if len(entries) > MAX_MEMBERS:
            raise self._refused(f"holds {len(entries):,} files, more than {MAX_MEMBERS:,}", "文件数超过限制")
        for entry in entries:
            self._look_at(entry)
        folded = {entry.filename.casefold() for entry in entries}
        if len(folded) != len(entries):
            raise self._refused("holds two files of one name", "含有同名文件")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * max(path.stat().st_size, 10_000):
            raise self._refused(f"would unpack to {unpacked:,} bytes", f"解压后将达 {unpacked:,} 字节")
        self._sizes = {entry.filename: entry.file_size for entry in entries if not entry.is_dir()}

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the files, folders left out, in the archive's order."""
        return tuple(self._sizes)

    def size(self, name: str) -> int:
        """Return the unpacked size of one file in bytes."""
        return self._sizes[name]

    def head(self, name: str, count: int) -> bytes:
        """Return the first `count` bytes of one file."""
        with self._member(name) as stream:
            return stream.read(count)

    def content(self, name: str) -> bytes:
        """Return one file whole; raises InputError when its checksum is wrong."""
        with self._member(name) as stream:
            return stream.read()

    def verify(self, name: str) -> None:
        """Raise InputError unless one file unpacks whole and its checksum is right."""
        with self._member(name) as stream:
            while stream.read(1 << 20):
                pass

    @contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                yield archive
        except _UNREADABLE as error:
            raise self._refused(f"cannot be read ({error})", "无法读取") from None

    @contextmanager
    def _member(self, name: str) -> Iterator[IO[bytes]]:
        with self._opened() as archive, archive.open(name) as stream:
            yield stream

    def _look_at(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename
        posix, windows = PurePosixPath(name), PureWindowsPath(name)
        leaves = posix.is_absolute() or windows.drive or windows.root or ".." in posix.parts or ".." in windows.parts
        if leaves or "\x00" in name:
            raise self._refused(f"holds a name that leads out of it: {name!r}", f"含有越界的文件名 {name!r}")
        if (entry.external_attr >> 16) & _KIND == _SYMLINK:
            raise self._refused(f"holds a link: {name!r}", f"含有链接 {name!r}")
        if entry.flag_bits & 1:
            raise self._refused(f"is encrypted: {name!r}", f"已加密 {name!r}")

    def _refused(self, reason: str, reason_zh: str) -> InputError:
        return InputError(
            Text(f"the zip archive {reason}.", f"zip 压缩包{reason_zh}。"),
            where=str(self.path),
            hint=Text("Unpack it yourself and give the file inside.", "请自行解压后提供其中的文件。"),
        )

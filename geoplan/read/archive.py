"""Zip archives, looked at before anything opens them: limits on members, bytes, names and time.

What a reader needs of an archive is unpacked under these limits into a temporary folder, which its owner removes.
"""

from __future__ import annotations

import struct
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from geoplan.errors import InputError
from geoplan.types import Text

MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 4_000_000_000
MAX_RATIO = 300  # unpacked ÷ packed; geodata rarely exceeds 30
MAX_SECONDS = 120  # to unpack
MAX_DIRECTORY_BYTES = MAX_MEMBERS * 400  # names and extra fields of so many members
_SYMLINK = 0o120000
_KIND = 0o170000
_UTF8_NAME = 0x800  # APPNOTE.TXT 4.4.4, bit 11: the name is UTF-8
_BLOCK = 1 << 20
# What zipfile raises for content it cannot read; RuntimeError is its answer to encryption it meets late.
_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error)


class Archive:
    """A zip archive that was found harmless: `names` of its files, their sizes and contents.

    Names without the UTF-8 flag are read as UTF-8 where they are, else as GB18030 (Windows in Chinese), and
    never as the code page 437 of the specification; folders are told by "/" whatever wrote the archive.

    Raises InputError when it is not a readable zip or is refused: too many members, too many unpacked
    bytes, an implausible packing ratio, encrypted members, links, names used twice (readers differ in
    which one they take) or names that lead out of it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._kept: zipfile.ZipFile | None = None
        self._directory_is_small()
        with self._opened() as archive:
            entries = archive.infolist()
        if len(entries) > MAX_MEMBERS:
            raise self._too_many(len(entries))
        named = [(_name_of(entry), entry) for entry in entries]
        for name, entry in named:
            self._look_at(name, entry)
        named = [(name.replace("\\", "/"), entry) for name, entry in named]
        if len({name.casefold() for name, _ in named}) != len(named):
            raise self._refused("holds two files of one name", "含有同名文件")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * max(path.stat().st_size, 10_000):
            raise self._refused(f"would unpack to {unpacked:,} bytes", f"解压后将达 {unpacked:,} 字节")
        self._entries = {name: entry for name, entry in named if not name.endswith("/")}

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the files, folders left out, in the archive's order."""
        return tuple(self._entries)

    def size(self, name: str) -> int:
        """Return the unpacked size of one file in bytes."""
        return self._entries[name].file_size

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
            while stream.read(_BLOCK):
                pass

    def unpack(self, names: Iterable[str], folder: Path) -> None:
        """Write files below `folder` under their names.

        Raises InputError as `verify` does, and when it takes too long or a name cannot be a file here.
        """
        until = time.monotonic() + MAX_SECONDS
        for name in names:
            try:
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                writing = target.open("xb")
            except OSError as error:
                raise self._refused(
                    f"holds {name!r}, which cannot be unpacked ({error.strerror})", "无法解压"
                ) from None
            with writing, self._member(name) as stream:
                while block := stream.read(_BLOCK):
                    writing.write(block)
                    if time.monotonic() > until:
                        raise self._refused(f"takes more than {MAX_SECONDS} s to unpack", f"解压超过 {MAX_SECONDS} 秒")

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """List the directory once for all that is read meanwhile, not once for every member."""
        try:
            archive = zipfile.ZipFile(self.path)
        except _UNREADABLE as error:
            raise self._refused(f"cannot be read ({error})", "无法读取") from None
        with archive:  # errors of whoever reads meanwhile are not the archive's
            self._kept = archive
            try:
                yield
            finally:
                self._kept = None

    def _directory_is_small(self) -> None:
        """Refuse by the end record alone what would cost minutes to list; a lie in it is found when it is listed."""
        try:
            members, size = _end_record(self.path)
        except OSError as error:
            raise self._refused(f"cannot be read ({error.strerror})", "无法读取") from None
        if members > MAX_MEMBERS or size > MAX_DIRECTORY_BYTES:
            raise self._too_many(members if members > MAX_MEMBERS else size // 46)

    @contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                yield archive
        except _UNREADABLE as error:
            raise self._refused(f"cannot be read ({error})", "无法读取") from None

    @contextmanager
    def _member(self, name: str) -> Iterator[IO[bytes]]:
        try:
            if self._kept is not None:
                with self._kept.open(self._entries[name]) as stream:
                    yield stream
            else:
                with self._opened() as archive, archive.open(self._entries[name]) as stream:
                    yield stream
        except _UNREADABLE as error:
            raise self._refused(f"cannot be read ({error})", "无法读取") from None

    def _look_at(self, name: str, entry: zipfile.ZipInfo) -> None:
        posix, windows = PurePosixPath(name), PureWindowsPath(name)
        leaves = posix.is_absolute() or windows.drive or windows.root or ".." in posix.parts or ".." in windows.parts
        if leaves or "\x00" in name:
            raise self._refused(f"holds a name that leads out of it: {name!r}", f"含有越界的文件名 {name!r}")
        if (entry.external_attr >> 16) & _KIND == _SYMLINK:
            raise self._refused(f"holds a link: {name!r}", f"含有链接 {name!r}")
        if entry.flag_bits & 1:
            raise self._refused(f"is encrypted: {name!r}", f"已加密 {name!r}")

    def _too_many(self, count: int) -> InputError:
        return self._refused(f"holds {count:,} files, more than {MAX_MEMBERS:,}", "文件数超过限制")

    def _refused(self, reason: str, reason_zh: str) -> InputError:
        return InputError(
            Text(f"the zip archive {reason}.", f"zip 压缩包{reason_zh}。"),
            where=str(self.path),
            hint=Text("Unpack it yourself and give the file inside.", "请自行解压后提供其中的文件。"),
        )


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Return the name of a member; zipfile reads unflagged names as code page 437, in which no byte is lost."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _end_record(path: Path) -> tuple[int, int]:
    """Return the number of members and the bytes of the directory by the end record (APPNOTE.TXT 4.3.14–4.3.16)."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - 65_557))
        tail = stream.read()
        found = tail.rfind(b"PK\x05\x06")
        if found < 0 or len(tail) - found < 22:
            return 0, 0
        members, length = struct.unpack("<HI", tail[found + 10 : found + 16])
        if members < 0xFFFF and length < 0xFFFFFFFF:
            return members, length
        locator = tail[found - 20 : found] if found >= 20 else b""
        if not locator.startswith(b"PK\x06\x07"):
            return members, length
        stream.seek(min(struct.unpack("<Q", locator[8:16])[0], size))
        record = stream.read(56)
    if len(record) < 56 or not record.startswith(b"PK\x06\x06"):
        return members, length
    members, length = struct.unpack("<QQ", record[32:48])
    return members, length

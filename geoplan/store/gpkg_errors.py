"""What SQLite reports, in words that say what to do next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from geoplan.errors import StoreError
from geoplan.types import Text

# The first part of SQLite's names of errors (SQLITE_IOERR_WRITE, …) to what it means for a store.
_MEANINGS: dict[str, tuple[Text, Text]] = {
    "SQLITE_BUSY": (
        Text("the store is locked by another process.", "存储被其他进程锁定。"),
        Text(
            "Wait until it is done, or close the program that edits the file.",
            "请等待其完成，或关闭正在编辑该文件的程序。",
        ),
    ),
    "SQLITE_FULL": (
        Text("the disk is full; nothing was written.", "磁盘已满；未写入任何内容。"),
        Text("Free some space and try again.", "请释放空间后重试。"),
    ),
    "SQLITE_READONLY": (
        Text(
            "the store cannot be written to: the file or its folder is read-only.",
            "存储不可写：文件或所在文件夹为只读。",
        ),
        Text("Ask for permission to write to both, or name another store.", "请获取二者的写入权限，或指定其他存储。"),
    ),
    "SQLITE_NOTADB": (
        Text("this is not a store of revisions: not a GeoPackage.", "这不是版本存储：不是 GeoPackage 文件。"),
        Text("Name another file.", "请指定其他文件。"),
    ),
    "SQLITE_CORRUPT": (
        Text("the file is damaged or was cut off.", "文件损坏或不完整。"),
        Text("Put the last backup in its place.", "请用最近的备份替换。"),
    ),
    "SQLITE_CANTOPEN": (
        Text("the file cannot be opened or made.", "无法打开或创建该文件。"),
        Text("Name a file in a folder that exists and is yours.", "请指定已存在且可访问的文件夹中的文件。"),
    ),
    "SQLITE_IOERR": (
        Text("the disk failed, or is full; nothing was written.", "磁盘出错或已满；未写入任何内容。"),
        Text("Check the disk and its free space, and try again.", "请检查磁盘及剩余空间后重试。"),
    ),
    "SQLITE_TOOBIG": (
        Text(
            "a zone or file is too large for the store; nothing was written.",
            "分区或文件过大，无法存储；未写入任何内容。",
        ),
        Text("Split it, or remove what is not needed.", "请拆分或删除不需要的内容。"),
    ),
    "SQLITE_CONSTRAINT": (
        Text("the store refused the change; nothing was written.", "存储拒绝了该更改；未写入任何内容。"),
        Text("Run `geoplan store verify`.", "请运行 `geoplan store verify`。"),
    ),
}
_OTHER = (
    Text("the store could not be used", "存储无法使用"),
    Text(
        "Run `geoplan store verify`, or put the last backup in its place.",
        "请运行 `geoplan store verify`，或恢复最近的备份。",
    ),
)


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what SQLite and the file system report inside the block into a StoreError about the file `where`."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        known = next((meaning for start, meaning in _MEANINGS.items() if name.startswith(start)), None)
        if known is None:
            detail = f" ({error})."
            message, hint = Text(_OTHER[0].en + detail, _OTHER[0].zh + detail), _OTHER[1]
        else:
            message, hint = known
        raise StoreError(message, where=where, hint=hint) from error
    except OSError as error:
        message = Text(f"cannot be reached ({error.strerror}).", f"无法访问（{error.strerror}）。")
        raise StoreError(message, where=where, hint=_MEANINGS["SQLITE_CANTOPEN"][1]) from error


def not_a_store(where: str, *, geopackage: bool) -> StoreError:
    """Return the refusal of a database that another program made; nothing is ever written into it."""
    message = (
        Text(
            "this GeoPackage is not a store of revisions; nothing is written into it.",
            "此 GeoPackage 不是版本存储，不会写入。",
        )
        if geopackage
        else Text("this database is not a store of revisions.", "此数据库不是版本存储。")
    )
    hint = Text("Name another file, or one that does not exist yet.", "请指定其他文件，或尚不存在的文件。")
    return StoreError(message, where=where, hint=hint)


def closed(where: str) -> StoreError:
    """Return the refusal to use a store after `close`."""
    return StoreError(
        Text("the store was closed.", "存储已关闭。"), where=where, hint=Text("Open it again.", "请重新打开。")
    )

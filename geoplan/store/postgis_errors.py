"""What PostgreSQL reports, in words that say what to do next; an address is shown without its password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

from geoplan.errors import StoreError
from geoplan.types import Text

_HIDDEN = "postgresql://…"
_PLAIN_HOST = re.compile(r"[A-Za-z0-9_.:/\[\]-]*")
_PLAIN_NAME = re.compile(r"[\w-]*")

_NOTHING = Text("; nothing was written.", "；未写入任何内容。")
_FULL_STOP = Text(".", "。")

_AGAIN = Text("Try again.", "请重试。")
_MEANINGS: tuple[tuple[type[psycopg.Error], Text, Text], ...] = (
    (
        psycopg.errors.LockNotAvailable,
        Text("the store is locked by another process", "存储被其他进程锁定"),
        Text("Wait until it is done and try again.", "请等待其完成后重试。"),
    ),
    (
        psycopg.errors.DeadlockDetected,
        Text("the store is locked by another process", "存储被其他进程锁定"),
        Text("Wait until it is done and try again.", "请等待其完成后重试。"),
    ),
    (
        psycopg.errors.InsufficientPrivilege,
        Text("this user may not do that in the database", "该用户在数据库中没有相应权限"),
        Text("Ask the administrator for rights on the schema geoplan.", "请向管理员申请 geoplan 模式的权限。"),
    ),
    (
        psycopg.errors.ReadOnlySqlTransaction,
        Text("the database is read-only", "数据库为只读"),
        Text("Use the primary server, or ask the administrator.", "请使用主服务器，或联系管理员。"),
    ),
    (
        psycopg.errors.DiskFull,
        Text("the disk of the database is full", "数据库磁盘已满"),
        Text("Free some space and try again.", "请释放空间后重试。"),
    ),
    (
        psycopg.errors.QueryCanceled,
        Text("the database took too long", "数据库响应超时"),
        _AGAIN,
    ),
)


@contextmanager
def explained(where: str, *, writing: bool = False) -> Iterator[None]:
    """Turn what the driver reports inside the block into a StoreError about the store `where`."""
    try:
        yield
    except psycopg.Error as error:
        ending = _NOTHING if writing else _FULL_STOP
        for kind, message, hint in _MEANINGS:
            if isinstance(error, kind):
                raise StoreError(_joined(message, ending), where=where, hint=hint) from error
        if isinstance(error, psycopg.OperationalError):
            message = Text("the connection to the database was lost", "与数据库的连接已断开")
            raise StoreError(_joined(message, ending), where=where, hint=_lost_hint(writing=writing)) from error
        detail = (error.diag.message_primary or type(error).__name__).strip()
        message = Text(f"the database refused: {detail}", f"数据库拒绝：{detail}")
        hint = Text("Run `geoplan store verify`.", "请运行 `geoplan store verify`。")
        raise StoreError(_joined(message, ending), where=where, hint=hint) from error


@contextmanager
def committing(where: str) -> Iterator[None]:
    """Turn a connection lost during COMMIT into a StoreError that claims neither outcome."""
    try:
        with explained(where, writing=True):
            yield
    except StoreError as error:
        if not isinstance(error.__cause__, psycopg.OperationalError):
            raise
        message = Text(
            "the connection was lost in the last moment: the revision is there either wholly or not at all.",
            "连接在最后一刻断开：该版本或已完整发布，或完全未发布。",
        )
        raise StoreError(message, where=where, hint=_lost_hint(writing=True)) from error


def shown(url: str) -> str:
    """Return an address as errors may show it: without user and password, or nothing of it when in doubt."""
    try:
        parts = conninfo_to_dict(url)
    except (psycopg.Error, ValueError):
        return _HIDDEN
    host, port, name = (str(parts.get(key) or "") for key in ("host", "port", "dbname"))
    # A password with an unescaped @ or / would be taken for a part of these.
    if not (_PLAIN_HOST.fullmatch(host) and port.isdigit() | (port == "") and _PLAIN_NAME.fullmatch(name)):
        return _HIDDEN
    return f"postgresql://{host}{':' if port else ''}{port}/{name}"


def not_connected(where: str, error: Exception) -> StoreError:
    """Return why no connection could be made, without a word of the driver's: it may repeat the password."""
    state = getattr(error, "sqlstate", None) or ""
    said = str(error)
    if state.startswith("28") or "authentication failed" in said or "no password supplied" in said:
        message = Text("the database refused the user or password.", "数据库拒绝了用户名或密码。")
        hint = Text("Check both in the address.", "请检查地址中的用户名和密码。")
    elif "does not exist" in said:
        message = Text("there is no such database or user.", "数据库或用户不存在。")
        hint = Text("Check the address.", "请检查地址。")
    else:
        message = Text("the database cannot be reached.", "无法连接数据库。")
        hint = Text(
            "Check that the server runs and the address reads postgresql://user:password@host:port/database, with "
            "special characters in the password as %40 and the like.",
            "请确认服务器正在运行，地址形如 postgresql://user:password@host:port/database，"
            "密码中的特殊字符写作 %40 等。",
        )
    return StoreError(message, where=where, hint=hint)


def without_postgis(where: str) -> StoreError:
    """Return the refusal of a database that lacks PostGIS and cannot be given it by this user."""
    return StoreError(
        Text("the database has no PostGIS extension.", "数据库没有 PostGIS 扩展。"),
        where=where,
        hint=Text(
            "Ask the administrator to install PostGIS and run CREATE EXTENSION postgis.",
            "请管理员安装 PostGIS 并执行 CREATE EXTENSION postgis。",
        ),
    )


def closed(where: str) -> StoreError:
    """Return the refusal to use a store after `close`."""
    return StoreError(
        Text("the store was closed.", "存储已关闭。"), where=where, hint=Text("Open it again.", "请重新打开。")
    )


def _joined(message: Text, ending: Text) -> Text:
    return Text(message.en + ending.en, message.zh + ending.zh)


def _lost_hint(*, writing: bool) -> Text:
    if not writing:
        return _AGAIN
    return Text("Look at `geoplan history` and load again.", "请查看 `geoplan history` 后重新加载。")

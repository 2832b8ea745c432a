"""Who publishes into a PostGIS store: one at a time, by an advisory lock; others wait, and are told for whom.

The name and the time stand in the name of the session (`application_name`), the one place that every user of
the database may read: what is written in the transaction itself nobody sees until it is done.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote, unquote

import psycopg

from geoplan.errors import StoreError
from geoplan.output.escape import visible
from geoplan.store.base import Patience
from geoplan.store.database import Database
from geoplan.types import Text

PUBLISH_LOCK = 0x67656F706C616E  # "geoplan"
_NAME_LIMIT = 63  # bytes that PostgreSQL keeps of a session's name
_LIMITS = ("lock_timeout", "statement_timeout")
_TIME = "%Y%m%dT%H%M%SZ"
_SESSION = re.compile(r"geoplan (\d{8}T\d{6}Z) (.*)", re.DOTALL)
_NOTHING = Text("nothing was written.", "未写入任何内容。")


def take_turn(db: Database, author: str, patience: Patience, where: str) -> None:
    """Take the lock until the transaction ends, waiting for who has it; StoreError when that takes too long."""
    if db.rows("SELECT pg_try_advisory_xact_lock(?)", (PUBLISH_LOCK,)) != [(True,)]:
        _wait(db, patience, where)
    # From now on others see who it is they wait for.
    db.rows("SELECT set_config('application_name', ?, true)", (session_name(author, datetime.now(UTC)),))


def session_name(author: str, time: datetime) -> str:
    """Return the name of the session of a publisher: what does not fit is left out, and all of it is ASCII."""
    start = f"geoplan {time.strftime(_TIME)} "
    kept = ""
    for character in author:
        code = quote(character, safe=" ", errors="replace")
        if len(start) + len(kept) + len(code) > _NAME_LIMIT:
            break
        kept += code
    return start + kept


def publisher(session: str) -> tuple[str, datetime] | None:
    """Return the author and the time that the name of a session tells, None for another program's."""
    found = _SESSION.fullmatch(session)
    try:
        time = datetime.strptime(found[1] if found else "", _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return (visible(unquote(found[2])), time) if found else None


def _wait(db: Database, patience: Patience, where: str) -> None:
    holder = _holder(db)
    if patience.tell is not None:
        patience.tell(Text(f"waiting: {holder.en}.", f"正在等待：{holder.zh}。"))
    milliseconds = max(int(patience.seconds * 1000), 1)
    before = {name: db.rows("SELECT current_setting(?)", (name,))[0][0] for name in _LIMITS}
    try:
        for name in before:
            db.rows("SELECT set_config(?, ?, true)", (name, str(milliseconds)))
        db.rows("SELECT pg_advisory_xact_lock(?)", (PUBLISH_LOCK,))
    except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled) as error:
        waited = f"{patience.seconds:g}"
        raise StoreError(
            Text(
                f"the store is locked by another process, for {waited} s by now: {holder.en}; {_NOTHING.en}",
                f"存储被其他进程锁定，已等待 {waited} 秒：{holder.zh}；{_NOTHING.zh}",
            ),
            where=where,
            hint=Text(
                "Wait until it is done and try again, or wait longer with --wait SECONDS.",
                "请等待其完成后重试，或用 --wait 秒数 延长等待。",
            ),
        ) from error
    for name, value in before.items():
        db.rows("SELECT set_config(?, ?, true)", (name, value))


def _holder(db: Database) -> Text:
    """Return who has the lock and since when, as far as the database tells."""
    rows = db.rows(
        """SELECT a.application_name, a.usename::text FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
           WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = ? AND l.objid = ?
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())""",
        (PUBLISH_LOCK >> 32, PUBLISH_LOCK & 0xFFFFFFFF),
    )
    for session, user in rows:
        known = publisher(session)
        if known is not None and known[0]:
            when = known[1].strftime("%Y-%m-%d %H:%M:%S UTC")
            return Text(f"{known[0]} has been publishing since {when}", f"{known[0]} 自 {when} 起正在发布")
        return Text(f"database user {visible(user)} is writing", f"数据库用户 {visible(user)} 正在写入")
    return Text("another process is writing", "另一进程正在写入")

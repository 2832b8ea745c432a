"""Sign-ins that were ended: signing out ends a session on the server too, not only in one browser tab.

A session lives in a signed cookie that would otherwise stay good until its time is over, in other tabs
and in any copy of it.
"""

from __future__ import annotations

import time
from pathlib import Path
from threading import Lock

KEEP_SECONDS = 32 * 24 * 3600  # longer than Streamlit accepts a cookie: 30 days and one of grace


class EndedSessions:
    """The keys (`roles.session_key`) of ended sessions, in memory and in a file where one is named.

    The file has one line a session, "KEY TIME", and is only ever appended to: several processes and
    the time after a restart share it.
    """

    def __init__(self) -> None:
        self._ended: dict[str, float] = {}
        self._read: tuple[int, int] = (0, 0)
        self._lock = Lock()

    def end(self, key: str, path: Path | None = None) -> None:
        """End a session; raises OSError when the file named cannot be written."""
        now = time.time()
        with self._lock:
            self._ended = {old: ended for old, ended in self._ended.items() if now - ended < KEEP_SECONDS} | {key: now}
            if path is not None:
                with path.open("a", encoding="ascii") as stream:
                    stream.write(f"{key} {now:.0f}\n")

    def has(self, key: str, path: Path | None = None) -> bool:
        """Return whether a session was ended, here or by another process that shares the file."""
        with self._lock:
            if path is not None:
                self._catch_up(path)
            return key in self._ended

    def _catch_up(self, path: Path) -> None:
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if stamp == self._read:
                return
            lines = path.read_text(encoding="ascii", errors="replace").splitlines()
        except FileNotFoundError:  # nobody has signed out yet
            return
        for line in lines:
            key, _, ended = line.partition(" ")
            if ended.isdecimal():
                self._ended.setdefault(key, float(ended))
        self._read = stamp


ENDED = EndedSessions()

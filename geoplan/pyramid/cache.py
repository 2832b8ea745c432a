"""Where prepared fabrics are kept: in the user's cache folder (or GEOPLAN_CACHE), never among the plans.

Each is a folder named by a hash of what it was made from, complete or not there; the least recently used go first.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

VARIABLE = "GEOPLAN_CACHE"
KEPT = 8  # prepared fabrics: at 10⁶ parcels some 0.4 GB each


def cache_folder() -> Path:
    """Return the folder of prepared fabrics, as this system has caches; it need not exist."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given)
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        return Path(home) / "geoplan" / "fabrics"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "geoplan" / "fabrics"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "geoplan" / "fabrics"


def made_folder() -> Path:
    """Return the folder of prepared fabrics, made for this user alone where it was not there."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def prune(keep: str) -> None:
    """Remove the fabrics beyond `KEPT` that were used least recently, but for the one named, and what is half-made.

    Half-made is what a process was at that was killed.
    """
    for path in cache_folder().glob("*.new"):
        _take_away(path)
    folders = [path for path in cache_folder().iterdir() if path.is_dir() and path.name != keep and not path.suffix]
    folders.sort(key=_last_used, reverse=True)
    for path in folders[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)  # in use on Windows: it goes the next time


def _take_away(half_made: Path) -> None:
    with held(half_made.with_suffix(".lock")) as free:
        if free:  # else somebody is at it
            shutil.rmtree(half_made, ignore_errors=True)
            half_made.with_suffix(".json").unlink(missing_ok=True)


def touch(folder: Path) -> None:
    """Mark a prepared fabric as used now."""
    with suppress(OSError):  # a cache that may only be read
        os.utime(folder)


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def write_json(path: Path, document: Any) -> None:
    """Write a document so that a reader finds the old one or the new one, whole."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps(document, ensure_ascii=True), encoding="ascii")
    for _ in range(50):
        with suppress(PermissionError):  # on Windows, while somebody reads it
            fresh.replace(path)
            return
        time.sleep(0.02)
    fresh.replace(path)


def read_json(path: Path) -> Any:
    """Return a document, None where there is none or it is broken."""
    try:
        return json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold a lock for the block and tell whether it was free; it ends with the process, however that ends.

    The file is gone afterwards. Whoever comes upon one that is just going away is told that it is not free.
    """
    with path.open("a+b") as stream:
        free = _locked(stream) and _still_there(path, stream)
        try:
            yield free
        finally:
            if free:
                with suppress(OSError):  # open elsewhere on Windows: the next one takes it away
                    path.unlink()


def _still_there(path: Path, stream: BinaryIO) -> bool:
    """Return whether a file has not been taken away since it was opened."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except OSError:
        return False


def _locked(stream: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - there is none elsewhere

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - there is none on Windows

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

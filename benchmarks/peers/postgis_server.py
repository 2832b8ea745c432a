"""A PostgreSQL server with PostGIS for one benchmark: in a folder of its own, on a socket in it, gone after.

Nothing is written through to the disk, which is to its advantage, and it is set as the chapter of PostGIS's manual
on performance says: a quarter of the memory or 2 GB for shared buffers, 1 GB for building indexes, 64 MB for sorting.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DATABASE = "bench"
_USER = "bench"
_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY_S = 0.2
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "8GB",
    "shared_buffers": "2GB",
    "maintenance_work_mem": "1GB",
    "work_mem": "64MB",
}


def server_folder() -> Path | None:
    """Return the folder of the newest PostgreSQL server's programs that PostGIS is installed for."""
    found = [
        path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if Path(f"/usr/share/postgresql/{path.parts[-3]}/extension/postgis.control").exists()
    ]
    return max(found, key=lambda path: int(path.parts[-2]), default=None)


class Server:
    """A running server: where to connect to it, and what its processes have taken since a moment."""

    def __init__(self, folder: Path, pid: int) -> None:
        """Keep the folder of its socket and the number of its first process."""
        self.address = f"host={folder} dbname={DATABASE} user={_USER}"
        self._pid = pid
        self.peak_bytes = 0

    def processes(self) -> list[int]:
        """Return the numbers of the server's processes that live now."""
        children = [self._pid]
        for stat in Path("/proc").glob("[0-9]*/stat"):
            fields = _fields(stat)
            if fields and int(fields[1]) == self._pid:
                children.append(int(stat.parent.name))
        return children

    def cpu_s(self) -> float:
        """Return the processor seconds of the server so far, sessions that have ended included."""
        ticks = 0
        for pid in self.processes():
            fields = _fields(Path(f"/proc/{pid}/stat"))
            own = fields[11:13] if fields else []
            ended = fields[13:15] if fields and pid == self._pid else []
            ticks += sum(map(int, own + ended))
        return ticks / _TICKS

    def held_bytes(self) -> int:
        """Return the memory held now: each process's own, and what they share once."""
        own, shared = 0, 0
        for pid in self.processes():
            try:
                lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
            except OSError:  # it has ended
                continue
            sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss")}
            own += sizes.get("RssAnon", 0)
            shared = max(shared, sizes.get("RssShmem", 0))
        return own + shared

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Keep in `peak_bytes` the most memory held meanwhile."""
        done = threading.Event()
        self.peak_bytes = 0

        def watch() -> None:
            while not done.wait(_EVERY_S):
                self.peak_bytes = max(self.peak_bytes, self.held_bytes())

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """Start a server and yield it; it and all it wrote are gone after. Raises RuntimeError when it does not start."""
    folder = Path(tempfile.mkdtemp(prefix="geoplan-postgis-"))
    # PostgreSQL refuses to run as root: Debian's package made a user for it.
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    who: dict[str, Any] = {}
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data, process = folder / "data", None
    try:
        initdb = [
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            _USER,
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
        ]
        subprocess.run([*initdb, "--locale=C.UTF-8"], check=True, capture_output=True, cwd=folder, **who)
        options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        options += ["-c", f"unix_socket_directories={folder}"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *options], stdout=log, stderr=log, cwd=folder, **who
            )
        _create(programs, folder)
        yield Server(folder, process.pid)
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)  # "fast": ends the sessions, then itself
            process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _create(programs: Path, folder: Path) -> None:
    command = [str(programs / "createdb"), "-h", str(folder), "-U", _USER, DATABASE]
    for _ in range(300):
        if subprocess.run(command, check=False, capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {(folder / 'log').read_text(errors='replace')[-500:]}")


def _fields(stat: Path) -> list[str]:
    """Return the fields of a process after its name: state, parent, …; none when it has ended."""
    try:
        return stat.read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []

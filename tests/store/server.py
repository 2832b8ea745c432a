"""A PostgreSQL server with PostGIS of the tests' own: on a free loopback port, in a folder of its own, gone after."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.peers.postgis_server import server_folder

USER, PASSWORD = "planner", "s3cret:/pass"
DATABASE = "store"
__all__ = ["DATABASE", "PASSWORD", "USER", "Server", "running", "server_folder"]
INITDB = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
RESET = """DROP SCHEMA IF EXISTS geoplan CASCADE; DROP TABLE IF EXISTS public.layer_styles;
    DELETE FROM spatial_ref_sys WHERE auth_name = 'geoplan'"""


class Server:
    """A running server: `url` gives the address of a database."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str) -> str:
        return (
            f"postgresql://{USER}:{PASSWORD.replace(':', '%3A').replace('/', '%2F')}@127.0.0.1:{self.port}/{database}"
        )

    def run(self, sql: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(sql)


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="geoplan-postgres-"))
    # PostgreSQL refuses to run as root: Debian's package made a user for it.
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    who = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    secret = folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
        os.chown(secret, account.pw_uid, account.pw_gid)
    data = folder / "data"
    process = None
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", USER, f"--pwfile={secret}", *INITDB],
            check=True,
            capture_output=True,
            cwd=folder,
            **who,  # type: ignore[call-overload]
        )
        port = free_port()
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(  # type: ignore[call-overload]
                [programs / "postgres", "-D", data, *options], stdout=log, stderr=log, cwd=folder, **who
            )
        server = Server(port)
        wait_until_it_answers(server, process, folder / "log")
        server.run(f"CREATE DATABASE {DATABASE}")
        server.run("CREATE EXTENSION postgis", DATABASE)
        yield server
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)  # "fast": ends the sessions, then itself
            process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")

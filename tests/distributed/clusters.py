"""Clusters that somebody else started: a scheduler and workers as processes of their own, by Dask's own commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

START_SECONDS = 30.0

# What Python runs first in a process that is to be without geoplan, or to have an older one.
WITHOUT = """
import importlib.metadata, sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "geoplan":
            raise ModuleNotFoundError("No module named 'geoplan'")
sys.meta_path.insert(0, Hidden())
told = importlib.metadata.version
def version(name):
    if name == "geoplan":
        raise importlib.metadata.PackageNotFoundError(name)
    return told(name)
importlib.metadata.version = version
"""
OLDER = """
import importlib.metadata
told = importlib.metadata.version
importlib.metadata.version = lambda name: "0.0.1" if name == "geoplan" else told(name)
"""


class Cluster(AbstractContextManager["Cluster"]):
    """A scheduler in a folder of its own, with as many workers as `worker` is called."""

    def __init__(self, folder: Path, first: str = "") -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self._file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", first=first)
        deadline = time.monotonic() + START_SECONDS
        while not self._file.exists() or not self._file.read_text().endswith("}"):
            assert time.monotonic() < deadline, "the scheduler did not start"
            time.sleep(0.02)
        self.address = str(json.loads(self._file.read_text())["address"])

    def worker(self, first: str = "") -> subprocess.Popen[bytes]:
        """Start a worker of one thread, in which Python runs some code first."""
        return self._start("worker", "--nthreads", "1", "--no-nanny", "--memory-limit", "0", first=first)

    def _start(self, kind: str, *options: str, first: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--scheduler-file", str(self._file)]
        command += ["--host", "127.0.0.1", "--no-dashboard", *options]
        environment: Mapping[str, str] = os.environ
        if first:
            code = self.folder / f"first-{len(self.processes)}"
            code.mkdir()
            (code / "sitecustomize.py").write_text(first)
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(code), *sys.path])}
        process = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.processes.append(process)
        return process

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()

"""Running the real command, and the command functions in this process."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from geoplan.cli.main import cli, main
from geoplan.errors import GeoplanError


def geoplan(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `python -m geoplan` as a process of its own."""
    env = os.environ | {"PYTHONUTF8": "1"} | options.pop("env", {})
    env = {key: value for key, value in env.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-m", "geoplan", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env=env,
        **options,
    )


def main_here(*arguments: str) -> tuple[int, str, str]:
    """Run `geoplan.cli.main` in this process; return exit code, standard output and standard error."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2)]
    with arguments_of_process(["geoplan", *arguments]), redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        with pytest.raises(SystemExit) as left:
            main()
        for stream in streams:
            stream.flush()
    assert isinstance(left.value.code, int)
    out, err = (stream.buffer.getvalue().decode("utf-8") for stream in streams)  # type: ignore[attr-defined]
    return left.value.code, out, err


@contextmanager
def arguments_of_process(arguments: list[str]) -> Iterator[None]:
    """Put arguments where a process finds its own."""
    before, sys.argv = sys.argv, arguments
    try:
        yield
    finally:
        sys.argv = before


def invoke(*arguments: str | Path) -> Result:
    """Run a command in this process; an error of geoplan ends it with the error's exit code, as `main` does."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if isinstance(result.exception, GeoplanError):
        result.exit_code = result.exception.exit_code
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result

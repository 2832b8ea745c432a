"""Files that are replaced only when all of the new one is written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from geoplan.errors import UsageError
from geoplan.types import Text

Writer: TypeAlias = Callable[[Path], object]
"""What writes a file at the path it is given, where there is none yet."""


def replace_whole(path: str | Path, write: Writer) -> None:
    """Write a file and put it at `path` when it is complete; until then what was there stays.

    Raises UsageError when the folder does not exist or cannot be written to.
    """
    target = Path(path)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".geoplan-") as folder:
            unfinished = Path(folder) / "whole.gpkg"
            write(unfinished)
            os.replace(unfinished, target)  # noqa: PTH105 - the name of the atomic operation
    except OSError as error:
        raise UsageError(
            Text(f"cannot be written ({error.strerror}).", f"无法写入（{error.strerror}）。"),
            where=str(target),
            hint=Text("Name a file in a folder that exists and is yours.", "请指定已存在且可写的文件夹中的文件。"),
        ) from error


def whole_bytes(write: Writer) -> bytes:
    """Return the bytes of the file that `write` writes."""
    with tempfile.TemporaryDirectory(prefix="geoplan-") as folder:
        path = Path(folder) / "whole.gpkg"
        write(path)
        return path.read_bytes()

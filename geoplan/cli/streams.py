"""Standard output and files as results reach them: whole, escaped for terminals, and without a second error."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from geoplan.errors import UsageError
from geoplan.types import Text

Write: TypeAlias = Callable[[str], object]
# A result as a whole, or what writes it piece by piece when handed the means to: a city's fills a gigabyte.
Content: TypeAlias = str | bytes | Callable[[Write], object]


def printable(line: str) -> str:
    """Return a line without the control characters a hostile file name or attribute could send to a terminal."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in line)


def discard_output() -> None:
    """Send standard output nowhere from now on, so that the interpreter does not fail on it again at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def require_writable(output: Path | None) -> None:
    """Raise UsageError when a result could not be written there, before anything is computed."""
    if output is None:
        return
    try:
        if output.is_dir():
            raise _unwritable(output, "is a folder", "是文件夹")
        if not output.parent.is_dir():
            raise _unwritable(output, "there is no such folder", "文件夹不存在")
    except (OSError, ValueError) as error:
        raise _unwritable(output, f"cannot be written ({error})", f"无法写入（{error}）") from None


def deliver(content: Content, output: Path | None) -> None:
    """Write a result to standard output, or to a file that appears whole or not at all.

    A reader that has seen enough (head, less) is no mistake. Raises UsageError when the file cannot be written.
    """
    if output is None:
        _print(content + "\n" if isinstance(content, str) and not content.endswith("\n") else content)
        return
    require_writable(output)
    try:
        target = output.resolve()  # a link stays a link
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            with target.open("wb") as stream:  # /dev/null and its like are written to, not replaced
                _pour(content, stream.write)
        else:
            _replace(target, content)
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise _unwritable(output, f"cannot be written ({reason})", f"无法写入（{reason}）") from None


def _pour(content: Content, write: Callable[[bytes], object]) -> None:
    """Write a result as bytes, piece by piece if it comes so."""
    if isinstance(content, bytes):
        write(content)
    elif isinstance(content, str):
        write(content.encode("utf-8", errors="backslashreplace"))
    else:
        content(lambda piece: write(piece.encode("utf-8", errors="backslashreplace")))


def _print(content: Content) -> None:
    try:
        sys.stdout.flush()
        binary = getattr(sys.stdout, "buffer", None)
        if binary is None:  # a stream of text, as in a notebook
            _pour(content, lambda data: sys.stdout.write(data.decode("utf-8")))
        else:
            _pour(content, binary.write)
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()


def _replace(target: Path, content: Content) -> None:
    mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".geoplan-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            _pour(content, stream.write)
        draft.chmod(mode)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _unwritable(output: Path, reason: str, reason_zh: str) -> UsageError:
    return UsageError(
        Text(f"{reason}.", f"{reason_zh}。"),
        where=str(output),
        hint=Text("Choose another --output.", "请更换 --output。"),
    )

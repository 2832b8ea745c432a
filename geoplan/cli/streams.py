"""Standard output and files as results reach them: whole, escaped for terminals, and without a second error."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

from geoplan.errors import UsageError
from geoplan.types import Text


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


def deliver(content: str | bytes, output: Path | None) -> None:
    """Write a result to standard output, or to a file that appears whole or not at all.

    A reader that has seen enough (head, less) is no mistake. Raises UsageError when the file cannot be written.
    """
    data = content.encode("utf-8", errors="backslashreplace") if isinstance(content, str) else content
    if output is None:
        _print(data if data.endswith(b"\n") or isinstance(content, bytes) else data + b"\n")
        return
    require_writable(output)
    try:
        target = output.resolve()  # a link stays a link
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            target.write_bytes(data)  # /dev/null and its like are written to, not replaced
        else:
            _replace(target, data)
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise _unwritable(output, f"cannot be written ({reason})", f"无法写入（{reason}）") from None


def _print(data: bytes) -> None:
    try:
        sys.stdout.flush()
        binary = getattr(sys.stdout, "buffer", None)
        if binary is None:  # a stream of text, as in a notebook
            sys.stdout.write(data.decode("utf-8"))
        else:
            binary.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()


def _replace(target: Path, data: bytes) -> None:
    mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".geoplan-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
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

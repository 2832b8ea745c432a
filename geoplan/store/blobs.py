"""The files a revision keeps, read a block at a time to be stored: those on a disk are never whole in memory."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from geoplan.errors import InputError
from geoplan.store.base import Draft
from geoplan.store.values import canonical_texts
from geoplan.types import Text

_BLOCK = 1 << 22  # bytes in memory at a time


@dataclass(frozen=True, slots=True)
class Blob:
    """A file to be stored: its SHA-256 and its content, in memory, at a path, or written to a file of our own."""

    sha256: str
    content: bytes | Path | IO[bytes]
    name: str = ""

    def blocks(self) -> Iterator[bytes]:
        """Yield the content; InputError for a file that is gone or no longer what its hash says."""
        found = hashlib.sha256()
        for block in _blocks(self.content, self.name):
            found.update(block)
            yield block
        if found.hexdigest() != self.sha256:
            raise changed(self.name)


@contextmanager
def blobs_of(draft: Draft) -> Iterator[tuple[Blob, Blob, Blob]]:
    """Give the files a revision keeps: source, plan.toml and check, in that order.

    Raises InputError when the source is not what its hash says.
    """
    source = Blob(draft.source.sha256, draft.source.content, draft.source.path)
    for _ in source.blocks():
        pass
    toml = draft.plan_toml.encode("utf-8", "surrogatepass")
    with tempfile.SpooledTemporaryFile(max_size=_BLOCK) as spool:
        digest = hashlib.sha256()
        for text in canonical_texts(draft.check):
            content = text.encode()
            digest.update(content)
            spool.write(content)
        yield source, Blob(hashlib.sha256(toml).hexdigest(), toml), Blob(digest.hexdigest(), spool)


def changed(where: str) -> InputError:
    """Return the refusal of a file that is not what it was when it was read first."""
    return InputError(
        Text("the file changed while it was being read.", "文件在读取过程中发生了变化。"),
        where=where,
        hint=Text("Load it again.", "请重新加载。"),
    )


def _blocks(content: bytes | Path | IO[bytes], name: str) -> Iterable[bytes]:
    if isinstance(content, bytes):
        yield from (content[start : start + _BLOCK] for start in range(0, len(content), _BLOCK))
    elif isinstance(content, Path):
        try:
            with content.open("rb") as file:
                yield from iter(lambda: file.read(_BLOCK), b"")
        except OSError as error:
            raise InputError(
                Text(f"cannot be read ({error.strerror}).", f"无法读取（{error.strerror}）。"), where=name
            ) from None
    else:
        content.seek(0)
        yield from iter(lambda: content.read(_BLOCK), b"")

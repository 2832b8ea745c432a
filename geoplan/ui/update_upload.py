"""What somebody uploaded, as a file on disk for as long as it is read, in a private folder that is then removed.

Between two looks at it an upload exists only in the server's memory, where Streamlit keeps it for the
session. Nothing about it is believed: names become harmless ones, and what it is, `geoplan.read` says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from geoplan.errors import InputError
from geoplan.output.escape import for_file_name
from geoplan.revisions.source import MAX_SOURCE_BYTES
from geoplan.ui.texts import TEXTS

PREFIX = "geoplan-upload-"  # of the temporary folders
MAX_PARTS = 20  # files of one delivery; a shapefile rarely has more than ten
_MAIN = (".shp", ".tab", ".mif")  # the file of several that stands for all of them
_STEM_BYTES, _SUFFIX_BYTES = 100, 20


@dataclass(frozen=True, slots=True)
class Part:
    """One uploaded file: its name as the browser said it, and its bytes."""

    name: str
    content: bytes


def digest_of(parts: Sequence[Part]) -> str:
    """Return what tells one upload from another: a hash of the names and bytes of all its files."""
    digest = hashlib.sha256()
    for part in sorted(parts, key=lambda one: one.name):
        name = part.name.encode(errors="surrogatepass")
        digest.update(len(name).to_bytes(8, "big") + name + len(part.content).to_bytes(8, "big") + part.content)
    return digest.hexdigest()


def file_name(name: str) -> str:
    """Return an uploaded file's own name as every system accepts it: no folders, nothing unseen, its ending kept."""
    own = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, suffix = own.rpartition(".")
    if not stem:
        return for_file_name(own, "upload", _STEM_BYTES)
    ending = for_file_name(suffix, "", _SUFFIX_BYTES)
    return for_file_name(stem, "upload", _STEM_BYTES) + (dot + ending if ending else "")


@contextmanager
def delivered(parts: Sequence[Part]) -> Iterator[Path]:
    """Give the path of an upload in a folder of its own that only this user may enter, removed at the end.

    Of the files of a shapefile it is the .shp, with the others beside it. Raises InputError for several files
    that are not the parts of one, two of one name, and for more than a store keeps (256 MiB).
    """
    names = [file_name(part.name) for part in parts]
    main = _main(parts, names)
    with TemporaryDirectory(prefix=PREFIX) as folder:
        for name, part in zip(names, parts, strict=True):
            (Path(folder) / name).write_bytes(part.content)
        yield Path(folder) / main


def _main(parts: Sequence[Part], names: Sequence[str]) -> str:
    if sum(len(part.content) for part in parts) > MAX_SOURCE_BYTES:
        raise _refused("update_too_large", parts, limit=MAX_SOURCE_BYTES // 1024**2)
    if len(names) == 1:
        return names[0]
    if len({name.casefold() for name in names}) < len(names):
        raise _refused("update_same_names", parts)
    mains = [name for name in names if Path(name).suffix.lower() in _MAIN]
    stems = {name.split(".")[0].casefold() for name in names}
    if len(mains) != 1 or len(stems) != 1 or len(names) > MAX_PARTS:
        raise _refused("update_not_one", parts)
    return mains[0]


def _refused(key: str, parts: Sequence[Part], **values: object) -> InputError:
    where = ", ".join(part.name for part in parts[:3]) + (", …" if len(parts) > 3 else "")
    text = TEXTS[key]
    message = type(text)(text.en.format(**values), text.zh.format(**values))
    return InputError(message, where=where, hint=TEXTS["update_one_delivery"])

"""Which basemaps there are: the entries of basemaps.toml, and the files of tiles lying in the same folder."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from geoplan.basemaps.mistakes import duplicate_mistakes, validation_mistakes
from geoplan.basemaps.model import NO_BASEMAP, Datum, Document, FileEntry, TiandituEntry, WmtsEntry, XyzEntry
from geoplan.errors import Mistake, PlanError
from geoplan.plan import data_folder
from geoplan.plan.wording import kind_text, toml_text
from geoplan.types import Text

CONFIG_FILE = "basemaps.toml"
FOLDER = "basemaps"
MAX_CONFIG_BYTES = 1_000_000
SUFFIXES: Mapping[str, str] = {
    ".mbtiles": "mbtiles",
    ".pmtiles": "pmtiles",
    ".tif": "geotiff",
    ".tiff": "geotiff",
}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# tomllib takes quadratic time over keys of very many parts, and Python refuses to write endless numbers.
_ENDLESS = re.compile(r"(?:[\w\"'-]+[ \t]*\.[ \t]*){50}|\b0[xob][0-9A-Fa-f_]{3000}")


@dataclass(frozen=True, slots=True)
class Basemap:
    """One basemap that can be chosen. `path` is its file, None for an address; `stamp` changes when either does."""

    id: str
    name: Text
    entry: FileEntry | XyzEntry | WmtsEntry | TiandituEntry
    path: Path | None
    stamp: str

    @property
    def datum(self) -> Datum:
        """Return what its coordinates are in; WGS 84 for a file that nobody has said anything about."""
        return self.entry.datum or Datum.WGS84

    @property
    def datum_stated(self) -> bool:
        """Return whether somebody said so, rather than geoplan assuming it."""
        return self.entry.datum is not None

    @property
    def is_remote(self) -> bool:
        """Return whether its tiles are asked of another computer."""
        return self.path is None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file in the folder of basemaps that is not offered: its `name`, and why."""

    name: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Basemaps:
    """What can be chosen, entries first in their order, then the other files by name; and what was `refused`."""

    all: tuple[Basemap, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def by_id(self) -> Mapping[str, Basemap]:
        """Return the basemaps by what a link calls them."""
        return {one.id: one for one in self.all}


def basemaps_folder() -> Path:
    """Return the folder of basemaps: GEOPLAN_BASEMAPS (a folder, or its basemaps.toml), else basemaps/ in the data."""
    return _config_path().parent


def read_basemaps() -> Basemaps:
    """Return the basemaps there are; none when there is no such folder. Opens no file of tiles and asks no address.

    Raises PlanError with every mistake in basemaps.toml at once.
    """
    config = _config_path()
    entries = _entries(config) if config.is_file() else ()
    found, mistakes = [], []
    for place, entry in enumerate(entries, start=1):
        if isinstance(entry, FileEntry):
            path = config.parent / entry.path
            said = _unfit(path, config.parent)
            if said is not None:
                mistakes.append(Mistake(f"basemaps[{place}].path", said, repr(entry.path)))
                continue
            found.append(_of_file(entry, path))
        else:
            found.append(Basemap(entry.id, entry.name, entry, None, _digest(entry.model_dump_json())))
    if mistakes:
        raise PlanError(str(config), tuple(mistakes))
    loose, refused = _loose_files(config.parent, found)
    return Basemaps((*found, *loose), refused)


def _config_path() -> Path:
    configured = os.environ.get("GEOPLAN_BASEMAPS")
    if not configured:
        return data_folder() / FOLDER / CONFIG_FILE
    path = Path(configured)
    return path if path.suffix == ".toml" else path / CONFIG_FILE


def _entries(path: Path) -> tuple[FileEntry | XyzEntry | WmtsEntry | TiandituEntry, ...]:
    raw = _raw(path)
    mistakes = duplicate_mistakes(raw)
    try:
        document = Document.model_validate(raw)
    except ValidationError as error:
        mistakes = [*validation_mistakes(error), *mistakes]
    if mistakes:
        # Not "from" pydantic's own error: its text repeats what was found, which may be a key.
        raise PlanError(str(path), tuple(mistakes)) from None
    return document.basemaps


def _raw(path: Path) -> Mapping[str, Any]:
    def refuse(message: Text) -> PlanError:
        return PlanError(str(path), (Mistake(CONFIG_FILE, message, ""),))

    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise refuse(Text(f"is larger than {MAX_CONFIG_BYTES:,} bytes", f"超过 {MAX_CONFIG_BYTES:,} 字节"))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse(Text("is not UTF-8 text; save it as UTF-8", "不是 UTF-8 文本；请另存为 UTF-8")) from None
    except OSError as error:
        raise refuse(Text(f"cannot be read: {error.strerror}", f"无法读取：{error.strerror}")) from None
    if _ENDLESS.search(text):
        raise refuse(Text("holds a key of fifty parts or an endless number", "含有五十段的键或过长的数字"))
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except RecursionError:
        raise refuse(Text("is nested too deeply", "嵌套过深")) from None
    except ValueError as error:
        raise refuse(toml_text(error)) from None


def _unfit(path: Path, folder: Path) -> Text | None:
    """Return why a path is no file of the folder: not there, or a link that leads out of it."""
    try:
        if not path.is_file():
            return Text("there is no such file in the folder of basemaps", "底图文件夹中没有该文件")
        if not path.resolve().is_relative_to(folder.resolve()):
            return Text("leads out of the folder of basemaps", "指向底图文件夹之外")
    except (OSError, ValueError):
        return Text("cannot be read", "无法读取")
    return None


def _of_file(entry: FileEntry, path: Path) -> Basemap:
    status = path.stat()
    stamp = _digest(f"{path.resolve()}\n{status.st_mtime_ns}\n{status.st_size}\n{entry.model_dump_json()}")
    return Basemap(entry.id, entry.name, entry, path.resolve(), stamp)


def _loose_files(folder: Path, named: list[Basemap]) -> tuple[list[Basemap], tuple[Refused, ...]]:
    """Return the files of tiles that no entry names, by file name, and those that cannot be offered."""
    taken_paths = {one.path for one in named}
    taken_ids = {NO_BASEMAP, *(one.id.casefold() for one in named)}
    found: list[Basemap] = []
    refused: list[Refused] = []
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError:  # no such folder, or one that must not be read
        return [], ()
    for path in paths:
        said = _unfit(path, folder)
        if said is None and path.resolve() in taken_paths:
            continue
        try:
            entry = None if said else _loose_entry(path, taken_ids)
        except ValidationError as error:
            entry, said = None, kind_text(error.errors(include_url=False)[0])
        if entry is None:
            refused.append(Refused(path.name, said or Text("cannot be read", "无法读取")))
            continue
        taken_ids.add(entry.id.casefold())
        found.append(_of_file(entry, path))
    return found, tuple(refused)


def _loose_entry(path: Path, taken: set[str]) -> FileEntry:
    """Return the entry a file would have had; its id is its name, or made from it where that is no id."""
    usable = _ID.fullmatch(path.name) is not None and path.name.casefold() not in taken
    name = path.name if usable else f"file-{_digest(path.name)}"
    kind = SUFFIXES[path.suffix.lower()]
    return FileEntry.model_validate({"id": name, "name": path.stem, "kind": kind, "path": path.name})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:12]

"""The browser's side of the map: libraries and our own script and styles, in one file each, named by their content."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from geoplan.output.assets import LIBRARIES, asset_folder

WEB = Path(__file__).with_name("web")

_IMAGES = re.compile(r"url\((?:\"|')?(images/[\w.\-]+)(?:\"|')?\)")


@cache
def script() -> str:
    """Return the map's own script: every file of `web`, in the order of their names."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(WEB.glob("*.js")))


@cache
def style_sheet() -> str:
    """Return the map's own style sheet."""
    return (WEB / "map.css").read_text(encoding="utf-8")


@cache
def library_scripts() -> tuple[str, ...]:
    """Return the libraries' scripts without the addresses of maps of their sources.

    Raises InputError when a library is not installed.
    """
    files = [asset_folder(name) / file for name, library in LIBRARIES.items() for file in library.scripts]
    return tuple(re.sub(r"(?m)^//# sourceMappingURL=.*$", "", plain_text(path)) for path in files)


@cache
def library_styles() -> tuple[str, ...]:
    """Return the libraries' style sheets with their pictures in them; InputError when one is not installed."""

    def sheet(folder: Path, file: str) -> str:
        def inlined(found: re.Match[str]) -> str:
            picture = base64.b64encode((folder / found.group(1)).read_bytes()).decode()
            return f"url(data:image/png;base64,{picture})"

        return _IMAGES.sub(inlined, plain_text(folder / file))

    return tuple(sheet(asset_folder(name), file) for name, library in LIBRARIES.items() for file in library.styles)


@cache
def whole_script() -> str:
    """Return the libraries and the map's own script as one: one request, where several would wait for each other."""
    return ";\n".join((*library_scripts(), script()))


@cache
def whole_style_sheet() -> str:
    """Return the libraries' style sheets and the map's own as one."""
    return "\n".join((*library_styles(), style_sheet()))


@cache
def digest() -> str:
    """Return what tells this version of script and style sheet from every other."""
    return hashlib.sha256((whole_script() + whole_style_sheet()).encode()).hexdigest()[:16]


def plain_text(path: Path) -> str:
    """Return a text file as a browser hashes it, which reads every end of a line as one character."""
    return path.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\r", "\n")

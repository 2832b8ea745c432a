"""The browser's side of the map: our own scripts and style sheet, as one file each, named by what they hold."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

WEB = Path(__file__).with_name("web")


@cache
def script() -> str:
    """Return the map's own script: every file of `web`, in the order of their names."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(WEB.glob("*.js")))


@cache
def style_sheet() -> str:
    """Return the map's own style sheet."""
    return (WEB / "map.css").read_text(encoding="utf-8")


@cache
def digest() -> str:
    """Return what tells this version of script and style sheet from every other."""
    return hashlib.sha256((script() + style_sheet()).encode()).hexdigest()[:16]

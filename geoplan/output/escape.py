"""Escaping: names come from users' files and are hostile; each destination has its own function here.

Every function takes text as found and returns text safe for one destination. Characters that act
without being seen (controls, ANSI escapes, bidirectional overrides) are made visible, not dropped, so
that a reader sees that something was there.
"""

from __future__ import annotations

import html
import re
import unicodedata

# Windows refuses these names, whatever their ending.
_RESERVED_NAMES = frozenset(
    ["con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))]
)
# What starts a formula in spreadsheets, with the full-width forms that Chinese and Japanese versions accept.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NONCHARACTERS = frozenset({"\ufffe", "\uffff"})  # not allowed in XML


def visible(text: str) -> str:
    r"""Return the text with every character that cannot be seen or written shown as \xNN or \uNNNN.

    That covers control characters (line breaks and tabs too), format characters such as
    bidirectional overrides and zero-width joiners, lone surrogates and line separators. The result
    is one line, can be encoded as UTF-8 and is allowed in XML.
    """
    if text.isprintable():  # none of the categories in question is
        return text
    return "".join(_shown(character) for character in text)


def for_terminal(text: str) -> str:
    """Return one line for a terminal: no control character or ANSI escape in it takes effect."""
    return visible(text)


def for_html(text: str) -> str:
    """Return text for HTML and XML, in elements and in quoted attributes."""
    return html.escape(visible(text), quote=True)


def for_spreadsheet(text: str) -> str:
    """Return text for a CSV or workbook cell: what a spreadsheet would run as a formula gets an apostrophe.

    The rule follows OWASP's advice on CSV injection. Only for text: numbers are written as numbers.
    """
    dangerous = text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS)
    kept = "".join(
        character if character in "\t\r\n" or unicodedata.category(character) != "Cc" else _shown(character)
        for character in text
    )
    return f"'{kept}" if dangerous else kept


def for_file_name(text: str, fallback: str = "unnamed", limit: int = 120) -> str:
    """Return one file name, without folders, that Linux, macOS and Windows accept.

    At most `limit` bytes of UTF-8 and never cut inside a character; `fallback` if nothing is left.
    """
    seen = "".join(
        character
        for character in unicodedata.normalize("NFC", text)
        if unicodedata.category(character) not in (*_UNSEEN_CATEGORIES, "Cn")  # macOS takes no unassigned ones
    )
    name = re.sub(r'[\s/\\:*?"<>|]+', "_", seen).strip(". _")
    name = name.encode()[:limit].decode(errors="ignore").rstrip(". _")
    if name.split(".")[0].lower() in _RESERVED_NAMES:
        name = f"_{name}"
    return name or fallback


def clip(text: str, limit: int) -> str:
    """Return the text, cut to `limit` characters with an ellipsis as the last where it is longer."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _UNSEEN_CATEGORIES and character not in _NONCHARACTERS:
        return character
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"

"""JSON that a script can carry: plain data wherever it stands, whatever names it holds."""

from __future__ import annotations

import json
import re
import string

_HARMLESS = frozenset(string.ascii_letters + string.digits + " ,.-")


def script_json(value: object) -> str:
    """Return JSON that is plain data wherever a script carries it.

    Inside strings everything but ASCII letters, digits, space, comma, point and hyphen is an escape
    sequence. So no string can end a script element, a template literal or a string, be taken for a
    template expression, or be rewritten by the programs that pass the script on (streamlit-folium
    replaces names such as `_x1` and expressions such as `{{ 'x' }}` in the whole script).
    """
    return re.sub(r'"(?:[^"\\]|\\.)*"', _escaped_string, json.dumps(value, allow_nan=False, separators=(",", ":")))


def _escaped_string(match: re.Match[str]) -> str:
    text: str = json.loads(match.group())
    units = text.encode("utf-16-be", "surrogatepass")
    codes = (int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2))
    return '"' + "".join(chr(code) if chr(code) in _HARMLESS else f"\\u{code:04x}" for code in codes) + '"'

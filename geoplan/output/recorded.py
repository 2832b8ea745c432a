"""What a store keeps in fixed words of its own, told in the reader's language.

A revision's message and operation are part of its hash and stay as they were written; only what is shown differs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from geoplan.types import Text

# Operations as `geoplan.crs.operation_between` and `geoplan.crs_verdict` describe them. All others are the registry's
# own names, such as "Tokyo to WGS 84 (5)", and stay as they are.
_OPERATIONS: Mapping[str, Text] = {
    "same datum": Text("none needed, the datum is the same", "基准相同，无需转换"),
    "null (WGS 84 and CGCS2000 differ by less than 0.1 m)": Text(
        "none needed, WGS 84 and CGCS2000 differ by less than 0.1 m", "无需转换，WGS 84 与 CGCS2000 相差不足 0.1 m"
    ),
}
_UNDONE = {
    "GCJ-02": Text("GCJ-02 shift taken out", "去除 GCJ-02 偏移"),
    "BD-09": Text("BD-09 shift taken out", "去除 BD-09 偏移"),
}
_SHIFT = re.compile(r"(GCJ-02|BD-09) undone; ")
_AXES = re.compile(r"axis order change \(2D\)")
_RESTORED = re.compile(r"Restore revision (\d{1,10})")
_FOLDER = "Restore the zones of the plan folder"


def operation_text(operation: str) -> Text:
    """Return how coordinates were converted in words; not escaped, "" for nothing."""
    shift = _SHIFT.match(operation)
    rest = operation[shift.end() :] if shift else operation
    said = _OPERATIONS.get(rest) or Text.same(_without_axes(rest))
    if shift is None:
        return said
    undone = _UNDONE[shift[1]]
    return Text(f"{undone.en}; {said.en}", f"{undone.zh}；{said.zh}")


def message_text(message: str, source: str = "", decision: Mapping[str, Any] | None = None) -> Text:
    """Return a revision's message; what stands there when nobody wrote one in both languages, others as they are.

    `source` and `decision` are the revision's file and how its coordinates were decided, which names a draft.
    """
    restored = _RESTORED.fullmatch(message)
    if restored:
        return Text(message, f"恢复第 {restored[1]} 版")
    if message == _FOLDER:
        return Text(message, "恢复规划文件夹中的分区")
    if source and message == f"Load {source}":
        return Text(message, f"加载 {source}")
    draft = (decision or {}).get("draft")
    name = draft.get("name") if isinstance(draft, Mapping) else None
    if name and message == f"Draft {name}":
        return Text(message, f"草案 {name}")
    return Text.same(message)


def _without_axes(operation: str) -> str:
    """Return an operation's name without the turning of axes, which is not told of any other conversion."""
    parts = [part for part in operation.split(" + ") if not _AXES.fullmatch(part)]
    return " + ".join(parts) or operation

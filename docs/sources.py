"""What the code says about itself: docstrings, the text under a key, the reasons a check gives for not running."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any


def paragraphs(documented: Any) -> Iterator[str]:
    """Yield the docstring of a class or function as Markdown: every paragraph on one line, then an empty line.

    A check says `rule.margin_m` where a reader of plan.toml knows `margin_m`.
    """
    text = inspect.getdoc(documented)
    if not text:
        raise LookupError(f"{documented!r} has no docstring")
    for paragraph in re.split(r"\n\s*\n", text):
        yield re.sub(r"`rule\.(\w+)`", r"`\1`", " ".join(paragraph.split()))
        yield ""


def texts_under_keys(model: type) -> dict[str, str]:
    """Return the text that stands under each key of a class and of the classes it is made from.

    Python does not keep these texts at run time, so they are read from the source; starting the
    command line pays nothing for them.
    """
    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if owner.__module__.partition(".")[0] in ("builtins", "pydantic"):
            continue
        body = [inner for node in ast.parse(inspect.getsource(owner)).body for inner in getattr(node, "body", ())]
        for statement, after in pairwise(body):
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                text = _text(after)
                if text is not None:
                    found[statement.target.id] = text
    return found


def reasons_to_skip(check: Callable[..., Any]) -> list[str]:
    """Return the English reasons with which the module of a check says that it could not run; … stands for figures."""
    tree = ast.parse(Path(inspect.getfile(check)).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "skipped"]
    return [_pattern(call.args[0]) for call in sorted(named, key=lambda call: call.lineno)]


def _text(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return " ".join(node.value.value.split())
    return None


def _pattern(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(part) for part in node.values)
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "…"

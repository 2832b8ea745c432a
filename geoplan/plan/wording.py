"""What a mistake in plan.toml is called in both languages: pydantic's kinds of error, TOML's, and our own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails, PydanticCustomError

from geoplan.types import Text

_OWN = "geoplan"  # the type of errors raised by validators of plan.toml itself

# By pydantic's name for the kind of error; {…} is a value of the error's context.
KINDS: Mapping[str, Text] = {
    "bool_type": Text("must be true or false", "必须为 true 或 false"),
    "dataclass_type": Text("must be text, or a table with en and zh", "必须为文本，或含 en 与 zh 的表"),
    "dict_type": Text("must be a table", "必须为表"),
    "enum": Text("is not one of the words allowed here", "不是此处允许的取值"),
    "finite_number": Text("must be a finite number", "必须为有限的数"),
    "float_type": Text("must be a number", "必须为数字"),
    "greater_than": Text("must be greater than {gt}", "必须大于 {gt}"),
    "greater_than_equal": Text("must be {ge} or more", "不得小于 {ge}"),
    "int_parsing_size": Text("is too large a number", "数字过大"),
    "int_type": Text("must be a whole number", "必须为整数"),
    "less_than": Text("must be less than {lt}", "必须小于 {lt}"),
    "less_than_equal": Text("must be {le} or less", "不得大于 {le}"),
    "literal_error": Text("is not one of the values allowed here", "不是此处允许的取值"),
    "missing": Text("is missing", "缺失"),
    "model_attributes_type": Text("must be a table", "必须为表"),
    "model_type": Text("must be a table", "必须为表"),
    "string_pattern_mismatch": Text("is not written as the pattern asks", "不符合规定的格式"),
    "string_too_long": Text("is longer than {max_length} characters", "超过 {max_length} 个字符"),
    "string_type": Text("must be text", "必须为文本"),
    "tuple_type": Text("must be a list", "必须为列表"),
}
_TOML_PLACE = re.compile(r"line (\d+), column (\d+)")


def wrong(en: str, zh: str) -> PydanticCustomError:
    """Return the error a validator raises: `en` and `zh` go on from the key, as in "must be a whole number"."""
    return PydanticCustomError(_OWN, "{en}", {"en": en, "zh": zh})


def kind_text(details: ErrorDetails) -> Text:
    """Return what pydantic found in both languages, without the key and the value found."""
    kind, context = details["type"], details.get("ctx", {})
    if kind == _OWN:
        return Text(context["en"], context["zh"])
    if kind not in KINDS:  # a kind a later pydantic may add
        message = details["msg"]
        return Text(message[0].lower() + message[1:], "此值无效")
    values = {name: _plain_number(value) for name, value in context.items()}
    return Text(KINDS[kind].en.format(**values), KINDS[kind].zh.format(**values))


def _plain_number(value: Any) -> str:
    """Return a limit as people write it: 0 for 0.0, 1,000,000 in full."""
    return f"{value:,.15g}" if isinstance(value, int | float) else str(value)


def toml_text(error: ValueError) -> Text:
    """Return what the TOML reader found; in Chinese its place alone, since the reader speaks English only."""
    place = _TOML_PLACE.search(str(error))
    if place is not None:
        where = f"第 {place[1]} 行第 {place[2]} 列"
    else:
        where = "文件末尾" if "end of document" in str(error) else "数字过长"
    return Text(f"is not valid TOML: {error}", f"不是有效的 TOML（{where}）")

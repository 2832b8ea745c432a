"""The field types plan.toml is made of: slugs, bilingual texts, shares, safe relative paths."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict

from geoplan.plan.wording import wrong
from geoplan.types import Text

MAX_TEXT = 5_000  # characters; longer text in a plan is a mistake or an attack


class Record(BaseModel):
    """A frozen table of plan.toml in which an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)


def _plain(value: str) -> str:
    """Refuse control characters: they would reach terminals, file names and reports."""
    if not value:
        raise wrong("text must not be empty", "文本不得为空")
    bad = next((char for char in value if unicodedata.category(char) == "Cc" and char not in "\n\t"), None)
    if bad is not None:
        code = f"U+{ord(bad):04X}"
        raise wrong(f"text must not hold the control character {code}", f"文本不得含有控制字符 {code}")
    return value


def _both_languages(value: object) -> object:
    """Turn plain text into the same text in both languages; a table must hold exactly en and zh."""
    if isinstance(value, str):
        return Text.same(value.strip())
    if isinstance(value, dict):
        odd = sorted(set(map(str, value)) ^ {"en", "zh"})
        if odd:
            names = ", ".join(odd)
            raise wrong(
                f"needs the keys en and zh and no others; look at: {names}",
                f"须有且仅有 en 与 zh 两键；请检查：{names}",
            )
        for language, text in value.items():
            if not isinstance(text, str) or not text.strip():
                raise wrong(f"{language} must be text that is not empty", f"{language} 必须为非空文本")
        return Text(value["en"].strip(), value["zh"].strip())
    return value


def _plain_both(value: Text) -> Text:
    for text in (value.en, value.zh):
        if len(text) > MAX_TEXT:
            raise wrong(f"text is longer than {MAX_TEXT} characters", f"文本超过 {MAX_TEXT} 个字符")
        _plain(text)
    return value


def _inside_folder(value: str) -> str:
    """Refuse paths that could leave the plan folder, on any operating system."""
    posix, windows = PurePosixPath(value), PureWindowsPath(value)
    if posix.is_absolute() or windows.drive or windows.root or ".." in posix.parts or ".." in windows.parts:
        raise wrong("must be a relative path inside the plan folder", "必须为规划文件夹内的相对路径")
    return value


def _dated(value: Any) -> Any:
    """Let a TOML date or a whole year stand for its ISO text."""
    if isinstance(value, bool) or (isinstance(value, int) and not 0 < value < 10_000):
        raise wrong("must be a date: YYYY, YYYY-MM or YYYY-MM-DD", "必须为日期：YYYY、YYYY-MM 或 YYYY-MM-DD")
    return str(value) if isinstance(value, int | date) and not isinstance(value, datetime) else value


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise wrong("is no day of the calendar, written YYYY-MM-DD", "不是有效日期（YYYY-MM-DD）") from None


def _in_calendar(value: str) -> str:
    if len(value) == len("YYYY-MM-DD"):
        _day(value)
    elif value.startswith("0000"):
        raise wrong("there is no year 0", "没有公元 0 年")
    return value


def _whole_date(value: Any) -> Any:
    """Take a TOML date, or its text; numbers and times of day are no dates."""
    if isinstance(value, str):
        return _day(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise wrong("must be a date: YYYY-MM-DD", "必须为日期：YYYY-MM-DD")


def _whole(value: Any) -> Any:
    if type(value) is not int:  # true and 1.0 are equal to 1
        raise wrong("must be a whole number", "必须为整数")
    return value


# Numbers and switches are taken as written: "8.22" in quotes, or true for 1, is a mistake worth telling.
Number: TypeAlias = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Positive: TypeAlias = Annotated[Number, Field(gt=0)]
NotNegative: TypeAlias = Annotated[Number, Field(ge=0)]
Share: TypeAlias = Annotated[Number, Field(ge=0, le=1)]
Count: TypeAlias = Annotated[int, Strict(), Field(ge=1, le=1_000_000)]
Switch: TypeAlias = Annotated[bool, Strict()]
PlainText: TypeAlias = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_plain)]
BilingualText: TypeAlias = Annotated[Text, BeforeValidator(_both_languages), AfterValidator(_plain_both)]
Slug: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
RelativePath: TypeAlias = Annotated[str, Field(max_length=999), AfterValidator(_plain), AfterValidator(_inside_folder)]
FormatNumber: TypeAlias = Annotated[Literal[1], BeforeValidator(_whole)]
WholeDate: TypeAlias = Annotated[date, BeforeValidator(_whole_date)]
PartialDate: TypeAlias = Annotated[
    str,
    BeforeValidator(_dated),
    Field(pattern=r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"),
    AfterValidator(_in_calendar),
]

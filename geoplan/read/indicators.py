"""A plan's published figures: targets, goals, stocks and increments, from a CSV table."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from geoplan.errors import InputError
from geoplan.read.facilities import bilingual
from geoplan.types import Comparison, Indicator, IndicatorKind, Text

COLUMNS = (
    "id", "measure", "name_en", "name_zh", "kind", "comparison", "value", "unit_en", "unit_zh",
    "date", "period", "subject_en", "subject_zh", "source", "note_en", "note_zh",
)  # fmt: skip
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


def read_indicators(path: Path) -> tuple[Indicator, ...]:
    """Return the figures in a UTF-8 CSV table with the columns `COLUMNS`, in file order.

    Raises InputError, naming the line, for a missing column, an unknown kind or comparison, a value
    that is not a number (only a goal may have none), or a date that is not YYYY, YYYY-MM or YYYY-MM-DD.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise _mistake(path, 1, f"lacks the columns {', '.join(missing)}", f"缺少列 {'、'.join(missing)}")
            return tuple(_indicator(row, path, reader.line_num) for row in reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _refused(path, f"cannot be read as UTF-8 CSV ({error})", "无法作为 UTF-8 CSV 读取") from None
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})", f"无法读取（{error.strerror}）") from None


def _indicator(row: Mapping[str, str | None], path: Path, line: int) -> Indicator:
    if None in row or None in row.values():
        raise _mistake(path, line, f"does not have {len(COLUMNS)} columns", f"列数不是 {len(COLUMNS)}")
    text = {name: (value or "").strip() for name, value in row.items()}
    kind = _choice(IndicatorKind, text["kind"], path, line)
    if not _is_date(text["date"]):
        raise _mistake(path, line, f"has the date {text['date']!r}, not YYYY[-MM[-DD]]", f"日期 {text['date']!r} 无效")
    name, unit = bilingual(text, "name"), bilingual(text, "unit")
    if name is None:
        raise _mistake(path, line, "has no name", "没有名称")
    return Indicator(
        id=text["id"],
        measure=text["measure"],
        name=name,
        kind=kind,
        comparison=_choice(Comparison, text["comparison"] or "exact", path, line),
        value=_number(text["value"], kind, path, line),
        unit=unit or Text.same(""),
        date=text["date"],
        period=text["period"],
        subject=bilingual(text, "subject"),
        source=text["source"] or None,
        note=bilingual(text, "note"),
    )


def _is_date(text: str) -> bool:
    """Return whether a text is a year, month or day of the calendar."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(f"{text}-01-01"[: len("YYYY-MM-DD")])
    except ValueError:
        return False
    return True


def _choice(kind: type[ChoiceT], value: str, path: Path, line: int) -> ChoiceT:
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(kind)
        raise _mistake(
            path, line, f"says {value!r}, allowed: {allowed}", f"值 {value!r} 无效，允许：{allowed}"
        ) from None


def _number(value: str, kind: IndicatorKind, path: Path, line: int) -> float | None:
    if not value and kind is IndicatorKind.GOAL:
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _mistake(path, line, f"has the value {value!r}, which is not a number", f"数值 {value!r} 无效")
    return number


def _mistake(path: Path, line: int, reason: str, reason_zh: str) -> InputError:
    return InputError(Text(f"line {line} {reason}.", f"第 {line} 行{reason_zh}。"), where=str(path))


def _refused(path: Path, reason: str, reason_zh: str) -> InputError:
    return InputError(Text(f"{reason}.", f"{reason_zh}。"), where=str(path))

"""What mistakes are called: every kind of error has words in both languages, with the limit it names."""

from __future__ import annotations

import datetime
import tomllib
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from geoplan.plan import fields
from geoplan.plan.model import Plan
from geoplan.plan.wording import KINDS, kind_text, toml_text, wrong
from geoplan.types import Text
from tests.plan.documents import VALID, chinese_alone, valid
from tests.plan.test_load import places, spoil

WRONG: tuple[Any, ...] = (
    True,
    0,
    -1,
    90,
    2.5,
    float("nan"),
    10**400,
    "x",
    "",
    "x" * 6000,
    "\x1b",
    "2026-02-30",
    "0000",
    "../x",
    "EPSG:1",
    "EPSG:4490",
    [],
    [1],
    {},
    {"a": 1},
    {"en": 1, "zh": 2},
    {"check": "crs", "odd": 1},
    {"check": "area-share", "group": "inner", "min": 0.9, "max": 0.1},
    datetime.date(2026, 1, 1),
    datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
)


def said(kind: Any, value: object) -> Text:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return kind_text(caught.value.errors()[0])


@pytest.mark.parametrize("value", WRONG, ids=lambda value: str(type(value).__name__))
def test_anything_wrong_anywhere_is_told_in_both_languages(value: Any) -> None:
    kinds_told = set()
    for place in places(VALID):
        document = valid()
        spoil(document, place, value)
        try:
            Plan.model_validate(document)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                if details["type"] not in ("extra_forbidden", "union_tag_invalid", "union_tag_not_found"):
                    kinds_told.add(details["type"])
                    assert chinese_alone(kind_text(details).zh), details
    assert kinds_told <= {*KINDS, "geoplan"}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (fields.Positive, 0.0, Text("must be greater than 0", "必须大于 0")),
        (fields.Share, 90.0, Text("must be 1 or less", "不得大于 1")),
        (fields.Count, 10**7, Text("must be 1,000,000 or less", "不得大于 1,000,000")),
        (fields.PlainText, "x" * 5001, Text("is longer than 5,000 characters", "超过 5,000 个字符")),
        (fields.Switch, "yes", Text("must be true or false", "必须为 true 或 false")),
        (fields.WholeDate, "soon", Text("is no day of the calendar, written YYYY-MM-DD", "不是有效日期（YYYY-MM-DD）")),
    ],
)
def test_a_limit_is_named_as_people_write_it(kind: Any, value: object, expected: Text) -> None:
    assert said(kind, value) == expected


def test_a_kind_nobody_has_words_for_is_still_told_in_both_languages() -> None:
    details: Any = {"type": "brand_new", "loc": (), "msg": "Input is odd", "input": 1}
    assert kind_text(details) == Text("input is odd", "此值无效")


def test_braces_in_what_a_validator_says_stay_as_they_are() -> None:
    assert said(fields.BilingualText, {"{en}{zh}": "a"}).en.endswith("en, zh, {en}{zh}")
    assert wrong("a {zh}", "甲").context == {"en": "a {zh}", "zh": "甲"}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a = = 1", "第 1 行第 5 列"),
        ("\n\na 1", "第 3 行第 3 列"),
        ("a =", "文件末尾"),
        ("a = " + "9" * 5000, "数字过长"),
    ],
)
def test_toml_that_cannot_be_read_is_told_with_its_place(text: str, where: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whichever the reader raises
        tomllib.loads(text)
    assert toml_text(caught.value).zh == f"不是有效的 TOML（{where}）"
    assert toml_text(caught.value).en == f"is not valid TOML: {caught.value}"

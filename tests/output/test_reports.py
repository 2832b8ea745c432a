"""The table of reports: one signature for all, and what they need comes with the package."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from geoplan.output import REPORTS
from tests.output import examples

ROOT = Path(__file__).resolve().parents[2]


def test_the_kinds_are_those_of_the_command_line() -> None:
    assert sorted(REPORTS) == ["gpkg", "html", "json", "junit", "sarif", "text"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", REPORTS)
def test_every_kind_takes_the_same_arguments(kind: str, language: str) -> None:
    result = examples.result(examples.overlap(), examples.total())
    for layer in (None, examples.layer()):
        content = REPORTS[kind](result, layer, language=language, colour=False)
        assert isinstance(content, bytes if kind == "gpkg" else str)
        assert content


@pytest.mark.parametrize("kind", [kind for kind in REPORTS if kind != "gpkg"])
@pytest.mark.parametrize("name", examples.HOSTILE, ids=examples.HOSTILE_IDS)
def test_every_text_can_be_written_as_utf8(kind: str, name: str) -> None:
    content = REPORTS[kind](examples.named(name), examples.layer())
    assert isinstance(content, str)
    content.encode("utf-8")


@pytest.mark.parametrize("kind", REPORTS)
def test_a_plan_without_boundaries_can_be_reported(kind: str) -> None:
    assert REPORTS[kind](examples.nothing_loaded(), None)


def test_json_is_json_and_text_is_coloured_only_when_asked() -> None:
    result = examples.result(examples.overlap())
    assert json.loads(REPORTS["json"](result, None))["schema"] == "geoplan.check/1"
    assert "\x1b" in str(REPORTS["text"](result, None, colour=True))
    assert "\x1b" not in str(REPORTS["text"](result, None))


def test_templates_and_schemas_are_in_the_wheel(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    needed = [path for folder in ("templates", "schemas") for path in (ROOT / "geoplan/output" / folder).iterdir()]
    assert len(needed) >= 4
    assert {path.relative_to(ROOT).as_posix() for path in needed} <= names

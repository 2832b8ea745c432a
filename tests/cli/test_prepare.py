from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from benchmarks.fabric import make_fabric
from geoplan.output.documents import PREPARE_SCHEMA, schema
from geoplan.pyramid import MOST_ZONES
from geoplan.pyramid.cache import VARIABLE
from tests.cli.run import invoke
from tests.pyramid.fabrics import squares, write_plan

N = MOST_ZONES + 40


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(tmp_path_factory.mktemp("plans") / "city", make_fabric(N, seed=2).polygons)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_plan_of_many_zones_is_prepared_once(plan: Path, cache: Path) -> None:
    first = invoke("prepare", plan, "--json")
    assert first.exit_code == 0
    told = json.loads(first.stdout)
    assert (told["schema"], told["plan"], told["outcome"], told["zones"]) == (
        "geoplan.prepare/1", "city", "prepared", N,
    )  # fmt: skip
    valid = jsonschema.Draft202012Validator(schema(PREPARE_SCHEMA))
    valid.validate(told)
    assert not any(valid.is_valid({key: told[key] for key in told if key != gone}) for gone in told)
    (folder,) = cache.iterdir()
    assert Path(told["folder"]) == folder
    assert told["bytes"] == sum(path.stat().st_size for path in folder.iterdir())
    west, south, east, north = told["bounds"]
    assert 116 < west < east < 118
    assert 31 < south < north < 32
    again = json.loads(invoke("prepare", plan, "--json").stdout)
    assert again == told | {"outcome": "there"}


def test_text_says_what_was_done_in_either_language(plan: Path) -> None:
    assert "zones prepared (" in invoke("prepare", plan).stdout
    assert "个分区已准备好" in invoke("prepare", plan, "--lang", "zh").stdout


def test_a_plan_that_a_page_can_hold_needs_nothing(tmp_path: Path, cache: Path) -> None:
    few = write_plan(tmp_path / "few", squares(3, 3))
    done = invoke("prepare", few, "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    jsonschema.Draft202012Validator(schema(PREPARE_SCHEMA)).validate(told)
    assert (told["plan"], told["outcome"], told["folder"], told["zones"]) == ("few", "not-needed", None, None)
    assert "nothing to prepare" in invoke("prepare", few).stdout
    assert not cache.exists()


@pytest.mark.parametrize(("spoilt", "code"), [("plan.toml", 2), ("zones.gpkg", 3)])
def test_what_cannot_be_prepared_says_so_by_its_exit_code_and_leaves_nothing(
    plan: Path, tmp_path: Path, cache: Path, spoilt: str, code: int
) -> None:
    broken = write_plan(tmp_path / "broken", make_fabric(N, seed=6).polygons)
    content = (broken / spoilt).read_bytes()
    (broken / spoilt).write_bytes(content[: len(content) // 2 - 7])
    done = invoke("prepare", broken, "--json")
    assert done.exit_code == code
    assert done.stdout == ""
    assert not cache.exists() or {path.suffix for path in cache.iterdir()} <= {".json"}


def test_progress_is_shown_on_a_terminal_alone(plan: Path, tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="there are no terminals of this kind here")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "geoplan", "prepare", str(plan), "--json"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=theirs, timeout=60, check=True,
        env=os.environ | {"TERM": "xterm", VARIABLE: str(tmp_path / "seen")},
    )  # fmt: skip
    os.close(theirs)
    seen = os.read(ours, 1 << 20).decode(errors="replace")
    os.close(ours)
    assert "measuring areas" in seen or "cutting tiles" in seen or "checking" in seen
    assert json.loads(done.stdout)["outcome"] == "prepared"
    piped = subprocess.run(
        command, capture_output=True, timeout=60, check=True, env=os.environ | {VARIABLE: str(tmp_path / "unseen")}
    )
    assert piped.stderr == b""

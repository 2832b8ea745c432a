"""`geoplan inspect`: what a file is, as a valid document and as text; the exit code says whether it is decided."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from rich.cells import cell_len

from geoplan.output.documents import INSPECT_SCHEMA, schema
from tests.cli.run import geoplan, invoke
from tests.revisions import layout

MAKERS = {
    "update.zip": layout.gbk_zip,
    "update.dxf": layout.cad_drawing,
    "update.kml": layout.amap_kml,
    "update.txt": layout.boundary_points,
}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return layout.write_layout(tmp_path / "valley")


@pytest.mark.parametrize("name", MAKERS)
def test_a_delivery_is_described_by_a_valid_document_and_by_text_that_fits(
    plan: Path, tmp_path: Path, name: str
) -> None:
    path = MAKERS[name](tmp_path / name, layout.updated())
    done = geoplan("inspect", path, "--near", plan, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    jsonschema.Draft202012Validator(schema(INSPECT_SCHEMA)).validate(document)
    assert document["crs"]["verdict"] in ("declared", "inferred")
    assert sum(layer["read"] for layer in document["layers"]) == 3
    for layer in document["layers"]:
        assert layer["features"] == layer["read"] or layer["skipped"]
    for language in ("en", "zh"):
        text = invoke("inspect", path, "--near", plan, "--lang", language).stdout
        assert [line for line in text.splitlines() if cell_len(line) > 80] == []


def test_the_sample_shows_that_gbk_was_understood(plan: Path, tmp_path: Path) -> None:
    path = layout.gbk_zip(tmp_path / "update.zip", layout.updated())
    document = json.loads(invoke("inspect", path, "--near", plan, "--json").stdout)
    assert document["encoding"]["name"] == "GB18030"
    assert set(layout.NAMES_ZH) <= set(document["encoding"]["sample"])


def test_without_a_plan_a_bare_file_is_undecided_and_ends_with_3(tmp_path: Path) -> None:
    path = layout.gbk_zip(tmp_path / "update.zip", layout.updated())
    done = invoke("inspect", path)
    assert done.exit_code == 3
    assert "UNDECIDED" in done.stdout.splitlines()[-2]
    assert json.loads(invoke("inspect", path, "--json").stdout)["crs"]["verdict"] == "missing"


def test_without_a_plan_a_declared_file_is_as_declared(tmp_path: Path) -> None:
    path = layout.save(tmp_path / "z.gpkg", layout.frame())
    assert invoke("inspect", path).exit_code == 0


def test_inspecting_writes_nothing(plan: Path, tmp_path: Path) -> None:
    path = layout.save(tmp_path / "z.gpkg", layout.frame())
    before = sorted(tmp_path.rglob("*"))
    invoke("inspect", path, "--near", plan)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("target", "code"), [("none.gpkg", 3), ("valley", 3)])
def test_what_is_no_file_is_one_line(plan: Path, tmp_path: Path, target: str, code: int) -> None:
    done = geoplan("inspect", tmp_path / target)
    assert done.returncode == code
    assert done.stderr.count("\n") == 1

"""`geoplan export`: every format at one command, losses aloud, one JSON document, refusals before any work."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import jsonschema
import pyogrio
import pytest

from geoplan.output.documents import EXPORT_SCHEMA, schema
from geoplan.output.export import EXPORT_FORMATS
from tests.cli.run import geoplan, invoke, main_here
from tests.output.export.ground import write_squares
from tests.revisions import layout


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_squares(tmp_path_factory.mktemp("export") / "squares")


@pytest.mark.parametrize("name", list(EXPORT_FORMATS))
def test_every_format_is_written_and_its_document_is_valid(name: str, plan: Path, tmp_path: Path) -> None:
    output = tmp_path / f"out{EXPORT_FORMATS[name].suffixes[0]}"
    done = invoke("export", plan, "--format", name, "--output", output, "--json")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    jsonschema.Draft202012Validator(schema(EXPORT_SCHEMA)).validate(document)
    assert (document["path"], document["format"]) == (str(output), name)
    assert document["bytes"] == output.stat().st_size
    assert "INDICATIVE BOUNDARIES" in done.stderr


def test_the_ending_says_the_format_and_losses_go_to_standard_error(plan: Path, tmp_path: Path) -> None:
    done = invoke("export", plan, "--output", tmp_path / "zones.csv")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "zones 2, EPSG:4548" in done.stderr
    assert "note: zones: 1 text a spreadsheet would take for a formula" in done.stderr
    assert "note: facilities: facilities not in the file (1)" in done.stderr


def test_chinese_is_spoken_throughout_when_asked_for(plan: Path, tmp_path: Path) -> None:
    done = invoke("export", plan, "--output", tmp_path / "zones.csv", "--lang", "zh")
    assert "已写入" in done.stderr
    assert "示意边界" in done.stderr
    assert "分区 2" in done.stderr


def test_a_layer_and_a_system_can_be_chosen(plan: Path, tmp_path: Path) -> None:
    output = tmp_path / "places.fgb"
    done = invoke("export", plan, "--layer", "facilities", "--crs", "EPSG:4490", "--output", output)
    assert done.exit_code == 0
    info = pyogrio.read_info(output)
    assert (info["crs"], info["features"]) == ("EPSG:4490", 1)


def test_a_revision_of_a_named_store_is_exported(tmp_path: Path) -> None:
    folder = layout.write_layout(tmp_path / "valley")
    store = tmp_path / "elsewhere.gpkg"
    for name, shapes in (("one", layout.updated()), ("two", layout.SHAPES)):
        update = layout.save(tmp_path / f"{name}.gpkg", layout.frame(shapes))
        assert invoke("load", update, folder, "--store", store).exit_code == 0
    output = tmp_path / "out.geojson"
    done = invoke("export", folder, "--store", store, "--revision", "1", "--output", output, "--json")
    assert json.loads(done.stdout)["revision"]["number"] == 1
    assert json.loads(output.read_text(encoding="utf-8"))["features"][0]["properties"]["revision"] == 1
    assert invoke("export", folder, "--store", store, "--revision", "9", "--output", output).exit_code == 4


@pytest.mark.parametrize(("arguments", "said"), [
    (["--output", "zones.shp"], "several files"),
    (["--output", "zones"], "does not say by its ending"),
    (["--output", "zones.csv", "--format", "kml"], "ends like CSV, but --format says kml"),
    (["--output", "zones.geojson", "--crs", "EPSG:4548"], "WGS84"),
    (["--output", "zones.csv", "--crs", "nonsense"], "not a known coordinate system"),
    (["--output", "zones.csv", "--layer", "network"], "nothing to export"),
    (["--output", "."], "does not say by its ending"),
])  # fmt: skip
def test_what_cannot_be_done_ends_with_code_two_and_says_why(
    arguments: list[str], said: str, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, output, errors = main_here("export", str(plan), *arguments)
    assert (code, output) == (2, "")
    assert said in errors
    assert len(errors.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_never_overwritten(plan: Path, tmp_path: Path) -> None:
    (tmp_path / "zones.gpkg").mkdir()
    code, _, errors = main_here("export", str(plan), "--output", str(tmp_path / "zones.gpkg"))
    assert code == 2
    assert "is a folder" in errors


def test_an_unusual_ending_is_told(plan: Path, tmp_path: Path) -> None:
    done = invoke("export", plan, "--format", "kml", "--output", tmp_path / "zones.dat")
    assert done.exit_code == 0
    assert "programs know KML by the ending .kml" in done.stderr


def test_help_costs_no_library_that_only_a_format_needs() -> None:
    done = geoplan("--help")
    assert "export" in done.stdout
    loaded = "import sys, geoplan.cli.check; print(sorted({'xlsxwriter', 'typst'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


@pytest.mark.parametrize("name", ["规划 方案（终）.gpkg", "a'b\"c;$(x).gpkg", "é\u0301.gpkg", " lead.gpkg", "-x.gpkg"])
def test_a_file_of_any_name_is_written_under_that_name(name: str, plan: Path, tmp_path: Path) -> None:
    folder = tmp_path / "文件夹 1"
    folder.mkdir()
    done = invoke("export", plan, "--output", folder / name, "--layer", "zones")
    assert done.exit_code == 0
    assert [path.name for path in folder.iterdir()] == [name]
    with closing(sqlite3.connect(folder / name)) as db:
        assert list(db.execute("SELECT count(*) FROM zones")) == [(2,)]


def test_a_link_stays_a_link_and_the_file_it_leads_to_is_replaced(plan: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("old")
    link = tmp_path / "out.csv"
    link.symlink_to(kept)
    assert invoke("export", plan, "--output", link).exit_code == 0
    assert link.is_symlink()
    assert kept.read_bytes().startswith(b"\xef\xbb\xbf")

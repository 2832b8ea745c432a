"""`geoplan history`, `geoplan diff`, `geoplan store verify`: documents by their schemas, text that fits, exit codes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import jsonschema
import pyogrio
import pytest

from geoplan.output.documents import HISTORY_SCHEMA, VERIFY_SCHEMA, schema
from tests.cli.run import geoplan, invoke
from tests.revisions import layout


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan with two revisions: the moved edge, then the layout as it was."""
    folder = layout.write_layout(tmp_path / "valley")
    invoke("load", layout.save(tmp_path / "one.gpkg", layout.frame(layout.updated())), folder, "--author", "Li")
    invoke("load", layout.save(tmp_path / "two.gpkg", layout.frame()), folder, "--message", "Back again")
    return folder


def test_history_names_who_when_why_and_from_which_file(plan: Path) -> None:
    document = json.loads(invoke("history", plan, "--json").stdout)
    jsonschema.Draft202012Validator(schema(HISTORY_SCHEMA)).validate(document)
    assert document["current"] == 2
    assert [row["number"] for row in document["revisions"]] == [1, 2]
    assert [row["source"]["path"] for row in document["revisions"]] == ["one.gpkg", "two.gpkg"]
    text = invoke("history", plan).stdout
    assert text.index("Revision 2 (current)") < text.index("Revision 1")
    assert "Back again" in text
    assert "版本 2（现行）" in invoke("history", plan, "--lang", "zh").stdout


def test_history_of_a_plan_without_revisions_is_empty_and_no_mistake(tmp_path: Path) -> None:
    folder = layout.write_layout(tmp_path / "valley")
    done = invoke("history", folder)
    assert done.exit_code == 0
    assert "No revision yet" in done.stdout
    assert json.loads(invoke("history", folder, "--json").stdout)["revisions"] == []


def test_diff_of_revisions_files_and_folders(plan: Path, tmp_path: Path) -> None:
    for arguments in ([plan], [plan, "1"], [plan, "1", "2"], [tmp_path / "one.gpkg", tmp_path / "two.gpkg"]):
        document = json.loads(invoke("diff", *arguments, "--json").stdout)
        assert document["schema"] == "geoplan.diff/1"
        assert {row["id"]: row["change"] for row in document["zones"]} == {
            "core": "reshaped",
            "park": "reshaped",
            "town": "unchanged",
        }
    assert "reshaped" in invoke("diff", plan, "--zones", tmp_path / "one.gpkg").stdout


def test_diff_writes_the_changed_pieces_as_a_geopackage(plan: Path, tmp_path: Path) -> None:
    done = invoke("diff", plan, "1", "2", "--output", tmp_path / "changes.gpkg")
    assert done.exit_code == 0
    layers = {str(name) for name, _ in pyogrio.list_layers(tmp_path / "changes.gpkg")}
    assert {"moved_in", "moved_out"} <= layers


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["1", "2", "3"], 2), (["x", "2"], 2), (["9"], 4), (["1", "--zones", "one.gpkg"], 2)],
)
def test_a_mistake_in_diff_is_told(plan: Path, arguments: list[str], code: int) -> None:
    assert invoke("diff", plan, *arguments).exit_code == code


def test_a_file_alone_is_no_difference(tmp_path: Path) -> None:
    path = layout.save(tmp_path / "one.gpkg", layout.frame())
    assert invoke("diff", path).exit_code == 2


def test_check_takes_the_current_revision_another_one_or_the_zones_given(plan: Path, tmp_path: Path) -> None:
    def path_of(*options: str | Path) -> str:
        document = json.loads(invoke("check", plan, "--json", *options).stdout)
        return str(document["input"]["path"])

    assert path_of() == f"revision 2 of {tmp_path / 'geoplan.gpkg'}"
    assert path_of("--revision", "1") == f"revision 1 of {tmp_path / 'geoplan.gpkg'}"
    assert path_of("--zones", tmp_path / "one.gpkg") == str(tmp_path / "one.gpkg")
    assert invoke("check", plan, "--revision", "9").exit_code == 4
    assert invoke("check", plan, "--revision", "1", "--zones", tmp_path / "one.gpkg").exit_code == 2
    assert invoke("check", tmp_path / "one.gpkg", "--revision", "1").exit_code == 2


def test_a_store_that_is_as_published_is_intact(plan: Path, tmp_path: Path) -> None:
    done = geoplan("store", "verify", "--store", tmp_path / "geoplan.gpkg")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "INTACT: every hash of 1 plan holds"
    document = json.loads(invoke("store", "verify", "--store", tmp_path / "geoplan.gpkg", "--json").stdout)
    jsonschema.Draft202012Validator(schema(VERIFY_SCHEMA)).validate(document)
    assert document["intact"] is True


def test_what_was_tampered_with_is_named_and_ends_with_4(plan: Path, tmp_path: Path) -> None:
    store = tmp_path / "geoplan.gpkg"
    with sqlite3.connect(store) as database:
        database.execute("DROP TRIGGER geoplan_revision_no_update")
        database.execute("UPDATE geoplan_revision SET author = 'Zhao' WHERE number = 1")
    database.close()
    done = geoplan("store", "verify", "--store", store)
    assert done.returncode == 4
    assert "valley, revision 1" in done.stdout
    document = json.loads(invoke("store", "verify", "--store", store, "--json").stdout)
    jsonschema.Draft202012Validator(schema(VERIFY_SCHEMA)).validate(document)
    assert document["intact"] is False


def test_verifying_a_store_that_is_not_there_is_store_trouble(tmp_path: Path) -> None:
    done = geoplan("store", "verify", "--store", tmp_path / "none.gpkg")
    assert done.returncode == 4
    assert "no such store" in done.stderr

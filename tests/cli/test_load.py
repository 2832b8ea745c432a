"""`geoplan load` and `geoplan restore` as processes: exit codes, JSON by its schema, one line per mistake."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from shapely.geometry import Polygon

from geoplan.output.documents import CONFLICT_SCHEMA, LOAD_SCHEMA, schema
from tests.cli.run import geoplan, invoke
from tests.output.examples import HOSTILE
from tests.revisions import layout


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return layout.write_layout(tmp_path / "valley")


@pytest.fixture
def update(tmp_path: Path) -> Path:
    return layout.save(tmp_path / "update.gpkg", layout.frame(layout.updated()))


def valid(text: str, name: str = LOAD_SCHEMA) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator(schema(name)).validate(document)
    return document


def bad(folder: Path) -> Path:
    core = Polygon([(x + 100, y) if x > 519000 else (x, y) for x, y in layout.CORE])
    return layout.save(folder / "bad.gpkg", layout.frame((core, *layout.SHAPES[1:])))


def test_published_then_unchanged_then_restored_each_say_so_in_the_last_line(plan: Path, update: Path) -> None:
    first = geoplan("load", update, plan)
    assert (first.returncode, first.stderr) == (0, "")
    assert "PUBLISHED as revision 1" in first.stdout
    second = geoplan("load", update, plan)
    assert second.returncode == 0
    assert second.stdout.splitlines()[-1] == "UNCHANGED: the zones are those of revision 1"
    back = geoplan("restore", plan, "0")
    assert back.returncode == 0
    assert "PUBLISHED as revision 2" in back.stdout


def test_no_line_is_wider_than_a_terminal_in_either_language(plan: Path, update: Path, tmp_path: Path) -> None:
    from rich.cells import cell_len  # noqa: PLC0415

    for path in (update, bad(tmp_path)):
        for language in ("en", "zh"):
            shown = invoke("load", path, plan, "--dry-run", "--lang", language)
            wide = [line for line in shown.stdout.splitlines() if cell_len(line) > 80]
            assert wide == []


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_a_rejected_load_ends_with_1_and_names_what_to_accept(plan: Path, tmp_path: Path, options: list[str]) -> None:
    path = bad(tmp_path)
    shown = invoke("load", path, plan, *options)
    assert shown.exit_code == 1
    assert "REJECTED: nothing was written" in shown.stdout
    document = valid(invoke("load", path, plan, *options, "--json").stdout)
    assert document["would"] == "rejected"
    (finding,) = (one for one in document["check"]["findings"] if one["severity"] == "error")
    assert finding["id"] in shown.stdout
    assert not (tmp_path / "geoplan.gpkg").exists()
    accepted = invoke("load", path, plan, *options, "--accept", f"{finding['id']}=under dispute")
    assert accepted.exit_code == 0


def test_every_outcome_is_a_valid_document(plan: Path, update: Path, tmp_path: Path) -> None:
    dry = valid(invoke("load", update, plan, "--dry-run", "--json").stdout)
    assert (dry["outcome"], dry["would"], dry["revision"]) == ("dry-run", "published", None)
    published = valid(invoke("load", update, plan, "--json").stdout)
    assert (published["outcome"], published["revision"], published["parent"]) == ("published", 1, None)
    assert published["published"]["source"]["path"] == "update.gpkg"
    for part in ("inspect", "check", "diff"):
        assert published[part]["schema"] == f"geoplan.{part}/1"
    unchanged = valid(invoke("load", update, plan, "--json").stdout)
    assert (unchanged["outcome"], unchanged["parent"]) == ("unchanged", 1)
    restored = valid(invoke("restore", plan, "0", "--json").stdout)
    assert (restored["outcome"], restored["revision"], restored["inspect"]) == ("published", 2, None)
    bare = layout.save(tmp_path / "far.shp", layout.frame([Polygon([(1, 1), (2, 1), (2, 2)])], None))
    bare.with_suffix(".prj").unlink(missing_ok=True)
    undecided = invoke("load", bare, plan, "--json")
    assert undecided.exit_code == 3
    assert valid(undecided.stdout)["inspect"]["crs"]["chosen"] is None


def test_a_conflict_is_one_line_exit_4_and_both_differences(plan: Path, update: Path) -> None:
    invoke("load", update, plan)
    invoke("restore", plan, "0")
    done = geoplan("load", update, plan, "--parent", "1", "--json")
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "revision 2 was published since revision 1" in done.stderr
    document = valid(done.stdout, CONFLICT_SCHEMA)
    assert (document["expected"], document["current"]) == (1, 2)
    text = geoplan("load", update, plan, "--parent", "1")
    assert "What others published since revision 1" in text.stdout
    assert "What this update would change now" in text.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["{update}", "no-such-plan"], 2, "there is no plan"),
        (["{update}"], 2, "Missing argument"),
        (["{folder}/none.gpkg", "{plan}"], 3, "no such file"),
        (["{update}", "{plan}", "--crs", "EPSG:0"], 2, "--crs"),
        (["{update}", "{plan}", "--offset", "gcj"], 2, "--offset"),
        (["{update}", "{plan}", "--axes", "up"], 2, "--axes"),
        (["{update}", "{plan}", "--encoding", "klingon"], 2, "--encoding"),
        (["{update}", "{plan}", "--operation", "nonsense"], 2, ""),
        (["{update}", "{plan}", "--layer", "other"], 3, "other"),
        (["{update}", "{plan}", "--id", "BSM"], 3, "BSM"),
        (["{update}", "{plan}", "--accept", "overlap"], 2, "--accept"),
        (["{update}", "{plan}", "--accept", "overlap-0123456789ab=why"], 2, "--accept"),
        (["{update}", "{plan}", "--parent", "7"], 4, ""),
        (["{update}", "{plan}", "--store", "{folder}/plan-less/s.gpkg"], 4, ""),
        (["{update}", "{plan}", "--store", "{update}"], 4, "not a store"),
        (["{update}", "{plan}", "--store", "ftp://x"], 2, "ftp"),
        (["{plan}/plan.toml", "{plan}"], 3, ""),
    ],
)
def test_a_mistake_is_one_line_with_its_exit_code_and_nothing_is_written(
    plan: Path, update: Path, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    filled = [argument.format(update=update, plan=plan, folder=tmp_path) for argument in arguments]
    before = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = geoplan("load", *filled)
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith("geoplan: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    after = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize("name", HOSTILE[:4])
def test_hostile_names_cannot_move_the_cursor(plan: Path, tmp_path: Path, name: str) -> None:
    safe = name.replace("\ud800", "?").replace("\x00", "?")
    data = layout.frame(layout.updated(), id=list(layout.IDS), note=[safe] * 3)
    shown = invoke("load", layout.save(tmp_path / "h.gpkg", data), plan, "--message", safe or "-", "--author", "Li")
    assert shown.exit_code == 0
    assert "\x1b" not in shown.stdout
    assert "\x1b" not in invoke("history", plan).stdout


def test_the_author_may_come_from_the_environment(plan: Path, update: Path) -> None:
    done = geoplan("load", update, plan, "--json", env={"GEOPLAN_AUTHOR": "王芳"})
    assert json.loads(done.stdout)["published"]["author"] == "王芳"


def test_who_publishes_second_waits_as_long_as_asked_and_is_told(plan: Path, update: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.gpkg"
    assert geoplan("restore", plan, "0", "--store", store).returncode == 0
    writer = sqlite3.connect(store, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    for options, env in ((("--wait", "1.2"), {}), ((), {"GEOPLAN_WAIT": "1.2"})):
        done = geoplan("load", update, plan, "--store", store, *options, env=env)
        assert done.returncode == 4
        told, error = done.stderr.splitlines()
        assert told == "waiting for another process that writes into the store."
        assert "the store is locked by another process. Wait until it is done" in error
    writer.execute("ROLLBACK")
    writer.close()
    assert geoplan("load", update, plan, "--store", store, "--wait", "0").returncode == 0


def test_a_wait_that_is_no_number_of_seconds_is_a_mistake(plan: Path, update: Path) -> None:
    done = invoke("load", update, plan, "--wait", "-1")
    assert done.exit_code == 2
    assert "--wait" in done.stderr

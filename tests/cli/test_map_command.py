"""`geoplan map`: one page that asks nobody for anything, of the revision and in the language asked for."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from tests.cli.run import invoke, main_here
from tests.output.export.ground import write_squares
from tests.plan_folders import HOSTILE, write_plan
from tests.revisions import layout


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(tmp_path_factory.mktemp("map") / "trial", facilities=["Laboratory"])


def state_of(page: str) -> dict[str, object]:
    """Return the data a page carries, as a browser reads it."""
    (found,) = re.findall(r'<script type="application/json" id="gp-state">(.*?)</script>', page, re.DOTALL)
    state: dict[str, object] = json.loads(found)
    return state


def test_a_page_is_written_that_holds_the_zones_and_names_no_address(plan: Path, tmp_path: Path) -> None:
    output = tmp_path / "map.html"
    done = invoke("map", plan, "--output", output)
    assert (done.exit_code, done.stdout) == (0, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"written to {output}: map, not published: the zones of the plan folder; INDICATIVE")
    page = output.read_text(encoding="utf-8")
    scene = state_of(page)["scene"]["data"]  # type: ignore[index]
    assert [zone["properties"]["id"] for zone in scene["zones"]["features"]] == ["z0", "z1"]
    assert re.findall(r'(?:src|href)\s*=\s*["\']?(?!data:)[^"\'> ]+', page.split("<script")[0]) == []
    assert "default-src 'none'" in html.unescape(page)
    assert list(tmp_path.iterdir()) == [output]  # nothing unfinished is left beside it


def test_the_map_speaks_the_language_asked_for(plan: Path, tmp_path: Path) -> None:
    done = invoke("map", plan, "--output", tmp_path / "map.html", "--lang", "zh")
    assert "已写入" in done.stderr
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert "试验规划" in page


def test_a_revision_of_a_named_store_is_mapped(tmp_path: Path) -> None:
    folder = layout.write_layout(tmp_path / "valley")
    store = tmp_path / "elsewhere.gpkg"
    for name, shapes in (("one", layout.updated()), ("two", layout.SHAPES)):
        update = layout.save(tmp_path / f"{name}.gpkg", layout.frame(shapes))
        assert invoke("load", update, folder, "--store", store).exit_code == 0
    output = tmp_path / "map.html"
    done = invoke("map", folder, "--store", store, "--revision", "1", "--output", output)
    assert "map, revision 1, " in done.stderr
    first = output.read_text(encoding="utf-8")
    assert "revision 1, " in first
    assert invoke("map", folder, "--store", store, "--output", output).exit_code == 0
    assert "revision 2, " in output.read_text(encoding="utf-8")
    assert invoke("map", folder, "--store", store, "--revision", "9", "--output", output).exit_code == 4
    assert "revision 2, " in output.read_text(encoding="utf-8")  # a failure leaves what was there


def test_a_plan_without_boundaries_has_a_map_of_its_facilities(tmp_path: Path) -> None:
    assert invoke("map", "aust-wisdom-valley", "--output", tmp_path / "map.html").exit_code == 0
    scene = state_of((tmp_path / "map.html").read_text(encoding="utf-8"))["scene"]["data"]  # type: ignore[index]
    assert scene["zones"]["features"] == []
    assert len(scene["places"]["features"]) > 0


def test_hostile_names_are_data_and_never_markup(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "bad", HOSTILE, facilities=HOSTILE)
    assert invoke("map", folder, "--output", tmp_path / "map.html").exit_code == 0
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert "<img" not in markup
    assert "alert(3)" in markup  # the name is there, as text
    assert "<script>alert" not in page
    names = [one["properties"]["name"] for one in state_of(page)["scene"]["data"]["zones"]["features"]]  # type: ignore[index]
    assert names == list(HOSTILE)


@pytest.mark.parametrize(("arguments", "said"), [
    (["--output", "map.pdf"], "does not end like a page"),
    (["--output", "map"], "does not end like a page"),
    (["--output", "nowhere/map.html"], "there is no such folder"),
    (["--output", "map.html", "--revision", "0"], "--revision"),
    ([], "--output"),
])  # fmt: skip
def test_what_cannot_be_done_ends_with_code_two_and_leaves_nothing(
    arguments: list[str], said: str, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, output, errors = main_here("map", str(plan), *arguments)
    assert (code, output) == (2, "")
    assert said in errors
    assert len(errors.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_plan_with_unreadable_boundaries_ends_with_code_three(tmp_path: Path) -> None:
    folder = write_squares(tmp_path / "broken")
    (folder / "zones.geojson").write_text("{", encoding="utf-8")
    code, _, errors = main_here("map", str(folder), "--output", str(tmp_path / "map.html"))
    assert code == 3
    assert len(errors.splitlines()) == 1
    assert not (tmp_path / "map.html").exists()

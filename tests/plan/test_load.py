"""plan.toml comes in whole or every mistake is told: no bytes make anything else happen."""

from __future__ import annotations

import os
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoplan.errors import Mistake, PlanError, UsageError
from geoplan.plan import data_folder, find_plan, layer_path, load_plan, plan_ids
from tests.plan.documents import VALID, chinese_alone, toml, valid, write


def mistakes_of(folder: Path) -> tuple[Mistake, ...]:
    with pytest.raises(PlanError) as caught:
        load_plan(folder)
    assert str(folder / "plan.toml") in str(caught.value)
    assert caught.value.exit_code == 2
    return caught.value.mistakes


def only_mistake(folder: Path) -> Mistake:
    (mistake,) = mistakes_of(folder)
    return mistake


def test_a_right_document_loads_as_it_stands(tmp_path: Path) -> None:
    plan = load_plan(write(tmp_path / "p", valid()))
    assert (plan.id, plan.name.zh, plan.status) == ("test-plan", "测试", "draft")
    assert plan.folder == tmp_path / "p"
    assert [zone.id for zone in plan.zones] == ["core", "rim"]
    assert plan.tolerance.area_m2 == 2.0


def test_the_test_writer_of_toml_says_what_it_was_given() -> None:
    assert tomllib.loads(toml(VALID)) == VALID


@pytest.mark.parametrize("how", ["folder", "file", "id"])
def test_a_plan_is_found_by_folder_by_file_and_by_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    folder = write(tmp_path / "mine", valid())
    name = {"folder": str(folder), "file": str(folder / "plan.toml"), "id": "mine"}[how]
    assert find_plan(name) == folder


def test_an_unknown_plan_is_answered_with_those_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    for name in ("beta", "alpha"):
        write(tmp_path / name, valid())
    (tmp_path / "no-plan").mkdir()
    assert plan_ids() == ("alpha", "beta")
    with pytest.raises(UsageError, match=r"or one of: alpha, beta\."):
        load_plan("gamma")


@pytest.mark.parametrize("name", ["", "x" * 5000, "a\0b", "a\nb\x1b[31m", "../..", "/", "loop"])
def test_a_name_no_plan_can_have_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    with pytest.raises(UsageError, match="there is no plan"):
        load_plan(name)


def test_a_data_folder_that_is_not_there_holds_no_plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path / "nowhere"))
    assert plan_ids() == ()
    with pytest.raises(UsageError, match=r"none in .*nowhere"):
        load_plan("ustc-silicon-valley")


def test_the_data_folder_is_geodata_here_then_the_bundled_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEOPLAN_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    assert data_folder() == Path(__file__).parents[2] / "geodata"
    (tmp_path / "geodata").mkdir()
    assert data_folder() == tmp_path / "geodata"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        ("name = \"科大硅谷\"".encode("gb18030"), "not UTF-8"),
        (b"format = 1\nid = = 2\n", r"not valid TOML: .*line 2"),
        (b"format = 1\nformat = 1\n", "not valid TOML"),
        (b'name = "a\x1bb"', "not valid TOML"),
        (b'name = "a\x00b"', "not valid TOML"),
        (b"format = " + b"9" * 10_000, "not valid TOML"),
        (b"format = 0x" + b"f" * 10_000, "thousands of digits"),
        (b"format = " + b"[" * 20_000, "nested too deeply"),
        (b"a" + b".a" * 100_000 + b" = 1", "fifty parts"),
        (b'"a"' + b' . "a"' * 100_000 + b" = 1", "fifty parts"),
        (b"#" * 4_000_001, "larger than 4,000,000 bytes"),
    ],
)  # fmt: skip
def test_bytes_that_are_no_toml_are_one_mistake(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(PlanError, match=said):
        load_plan(write(tmp_path, content))


@pytest.mark.parametrize("change", [lambda raw: b"\xef\xbb\xbf" + raw, lambda raw: raw.replace(b"\n", b"\r\n")])
def test_what_windows_editors_add_does_no_harm(tmp_path: Path, change: Any) -> None:
    write(tmp_path, change(toml(VALID).encode()))
    assert load_plan(tmp_path).id == "test-plan"


def test_an_empty_file_lacks_every_required_key(tmp_path: Path) -> None:
    assert {mistake.key for mistake in mistakes_of(write(tmp_path, b""))} == {"format", "id", "name", "status"}


def test_a_folder_called_plan_toml_is_no_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").mkdir()
    with pytest.raises(UsageError, match="there is no plan"):
        load_plan(tmp_path)


@pytest.mark.parametrize(
    "name", ["../outside.geojson", "/etc/passwd", "a/../../b", "..\\b", "C:\\b", "C:b", "\\\\host\\b"]
)
def test_a_layer_path_that_leaves_the_folder_is_a_mistake(tmp_path: Path, name: str) -> None:
    document = valid() | {"layers": {"zones": name}}
    mistake = only_mistake(write(tmp_path / "p", document))
    assert mistake.key == "layers.zones"
    assert "inside the plan folder" in mistake.message.en


@pytest.mark.parametrize("name", ["missing.gpkg", ".", "sub", "x" * 900, "loop"])
def test_a_layer_that_is_no_file_is_a_mistake(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    mistake = only_mistake(write(tmp_path, valid() | {"layers": {"zones": name}}))
    assert (mistake.key, mistake.message.en) == ("layers.zones", "there is no such file in the plan folder")


def test_a_link_out_of_the_folder_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "secret.geojson").write_text("{}")
    folder = write(tmp_path / "p", valid() | {"layers": {"zones": "zones.geojson"}})
    (folder / "zones.geojson").symlink_to(tmp_path / "secret.geojson")
    assert only_mistake(folder).message.en == "leads out of the plan folder"


def test_zones_need_not_be_named_but_must_be_one_file(tmp_path: Path) -> None:
    folder = write(tmp_path, valid())
    assert layer_path(load_plan(folder), "zones") is None
    assert layer_path(load_plan(folder), "boundary") is None
    (folder / "zones.gpkg").touch()
    assert layer_path(load_plan(folder), "zones") == folder / "zones.gpkg"
    (folder / "zones.kml").touch()
    with pytest.raises(UsageError, match=r"several files could be the zones: zones\.gpkg, zones\.kml"):
        layer_path(load_plan(folder), "zones")


def test_a_pipe_is_no_plan_and_nothing_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plan.toml")
    with pytest.raises(UsageError, match="there is no plan"):
        load_plan(tmp_path)


# ---------------------------------------------------------------- whatever the bytes

WORDS = st.sampled_from(
    [
        "core",
        "inner",
        "all",
        "notice",
        "area-total",
        "gap",
        "crs",
        "EPSG:4548",
        "EPSG:4490",
        "2026-02-30",
        "",
        "\x1b",
        "…",
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.integers(10**20, 10**400) | st.floats() | st.text(max_size=8) | WORDS
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=8
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [place for key, inner in entries for place in places(inner, (*path, key))]


def spoil(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    """Put a value at a path of the document, unless an earlier change has taken the path away."""
    target: Any = document
    for key in path[:-1]:
        try:
            target = target[key]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(target, dict) or (isinstance(target, list) and isinstance(path[-1], int) and path[-1] < len(target)):
        if value is None and isinstance(target, dict):
            target.pop(path[-1], None)
        else:
            target[path[-1]] = "null" if value is None else value


def without_none(value: Any) -> Any:
    """TOML has no null."""
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items() if item is not None}
    return [without_none(item) for item in value if item is not None] if isinstance(value, list) else value


def loads_or_tells(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), content)
        try:
            plan = load_plan(folder)
        except PlanError as error:
            told = error
        else:
            for group in plan.groups:
                assert plan.zones_in(group.id) <= set(plan.zone_by_id)
            return
    assert told.mistakes
    assert len(told.line("en").splitlines()) == 1
    assert all(chinese_alone(mistake.message.zh) for mistake in told.mistakes)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(places(VALID)), ANYTHING, WORDS | st.none()), min_size=1, max_size=4))
def test_a_document_with_anything_anywhere_loads_or_is_a_plan_error(changes: list[Any]) -> None:
    document = valid()
    for path, value, extra in changes:
        spoil(document, (*path, extra) if extra is not None else path, value)
    loads_or_tells(toml(without_none(document)).encode("utf-8", errors="surrogatepass"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_load_or_are_a_plan_error(content: bytes) -> None:
    loads_or_tells(content)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(toml(VALID))), st.binary(max_size=4), st.integers(0, 40))
def test_a_document_with_bytes_cut_out_and_put_in_loads_or_is_a_plan_error(at: int, new: bytes, cut: int) -> None:
    content = toml(VALID).encode()
    loads_or_tells(content[:at] + new + content[at + cut :])

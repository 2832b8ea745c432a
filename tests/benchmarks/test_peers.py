"""The other tools as they are asked: each finds in a small fabric what it says it can find."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from benchmarks.coverage import Round, answer_of, layer, server_for, write
from benchmarks.fabric import make_fabric
from benchmarks.peers.answer import LISTED, Answer, heard, tell
from benchmarks.peers.catalogue import OURS, OURS_WHOLE, PEERS, command_of, lacks, version_of
from benchmarks.truth import Truth, judge, truth_of


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    fabric = make_fabric(324, seed=3, overlaps=8, gaps=8, vertices=2)
    path = tmp_path_factory.mktemp("fabric") / "planted.fgb"
    write(fabric, path)
    return path, truth_of(fabric)


EVERYTHING = {"overlaps", "gaps", "area"}
OFFERED = {
    "geopandas": EVERYTHING,
    "duckdb": EVERYTHING,
    "postgis": EVERYTHING,
    "sedonadb": {"overlaps"},
    "geos": set[str](),
}


@pytest.mark.filterwarnings("ignore:The 'mode.chained_assignment' option is deprecated")  # maup sets it
@pytest.mark.parametrize("tool", list(PEERS))
def test_what_a_tool_offers_it_answers_rightly_on_a_small_fabric(tool: str, planted: tuple[Path, Truth]) -> None:
    if why := lacks(tool):
        pytest.skip(why)
    path, truth = planted
    ask = importlib.import_module(f"benchmarks.peers.{PEERS[tool].module}").ask
    with server_for([tool]) as server:
        answer = ask(str(path)) if server is None else ask(str(path), server.address)
    verdicts = judge(answer, truth)
    assert {name for name, verdict in verdicts.items() if verdict.offered} == OFFERED.get(tool, {"overlaps", "gaps"})
    assert [name for name, verdict in verdicts.items() if verdict.offered and not verdict.right] == []
    assert answer.invalid in (0, None)
    assert all(seconds >= 0 for seconds in answer.seconds.values())


def test_a_round_keeps_what_was_taken_and_judges_our_json(planted: tuple[Path, Truth]) -> None:
    path, truth = planted
    one = Round(path, truth, None, limit_s=120.0, once_s=120.0)
    one.ask(OURS_WHOLE)
    asked = one.asked[OURS_WHOLE]
    assert {name: verdict.words for name, verdict in asked.verdicts.items()} == {
        "overlaps": "8 of 8",
        "gaps": "8 of 8",
        "area": "right",
    }
    assert len(asked.taken) == 1
    assert asked.taken[0].peak_bytes > 20e6
    assert asked.taken[0].cpu_s > 0


def test_a_tool_that_fails_says_why_and_is_not_asked_again(tmp_path: Path) -> None:
    (tmp_path / "no.fgb").write_text("no fabric")
    one = Round(tmp_path / "no.fgb", None, None, limit_s=60.0, once_s=60.0)
    one.ask("geos")
    why = one.asked["geos"].why_not
    assert why.startswith("failed: ")
    one.ask("geos")
    assert (one.asked["geos"].why_not, one.asked["geos"].taken) == (why, [])


def test_a_tool_that_takes_too_long_is_said_to(tmp_path: Path) -> None:
    one = Round(tmp_path / "no.fgb", None, None, limit_s=0.05, once_s=60.0)
    one.ask("geos")
    assert one.asked["geos"].why_not == "over 0.05 s"


@pytest.mark.parametrize(("once_s", "runs"), [(0.0, 1), (600.0, 2)])
def test_a_slow_tool_is_asked_once(planted: tuple[Path, Truth], once_s: float, runs: int) -> None:
    one = Round(planted[0], None, None, limit_s=120.0, once_s=once_s)
    for _ in range(2):
        one.ask("geos")
    assert len(one.asked["geos"].taken) == runs
    assert one.asked["geos"].why_not == ""


def test_an_answer_is_heard_as_it_was_told(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(1, [(1, 2, 0.5)], [3.5], 9.0, "plane", "ellipsoid", {"read": 1.0}, "a note")
    tell(answer)
    assert heard(capsys.readouterr().out) == answer
    tell(Answer())
    assert heard(capsys.readouterr().out) == Answer()


def test_of_very_many_overlaps_number_and_sum_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Answer(overlaps=[(one, one + 1, 0.5) for one in range(LISTED + 2)]))
    said = json.loads(capsys.readouterr().out)
    assert (said["overlaps"], said["overlaps_m2"], said["overlaps_list"]) == (20_002, 10_001.0, None)


def test_our_text_is_not_judged_and_its_last_line_is_kept() -> None:
    assert answer_of(OURS, "zones 3\nPASSED; tolerance 1 m²\n") == Answer(note="PASSED; tolerance 1 m²")


def test_every_tool_has_a_module_and_those_that_are_here_a_version() -> None:
    for tool, peer in PEERS.items():
        assert (Path("benchmarks/peers") / f"{peer.module}.py").exists()
        if lacks(tool) is None:
            assert version_of(tool)[0].isdigit()
    assert command_of("postgis", Path("a.fgb"), "host=/tmp")[-2:] == ["a.fgb", "host=/tmp"]
    assert command_of(OURS, Path("a.fgb"))[-2:] == ["check", "a.fgb"]


@pytest.mark.parametrize(
    ("kind", "overlaps", "gaps", "loose"),
    [("planted", 3, 3, 3), ("clean", 0, 0, 0), ("many", 2, 2, 0), ("twice", 0, 0, 0)],
)
def test_each_layer_has_the_defects_its_name_says(kind: str, overlaps: int, gaps: int, loose: int) -> None:
    fabric = layer(kind, 900)
    assert (len(fabric.overlaps), len(fabric.gaps), len(fabric.loose)) == (overlaps, gaps, loose)

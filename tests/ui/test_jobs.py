from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoplan.ui import jobs
from geoplan.ui.jobs import Ended, Running, begin, let_go, look

PLAN = str(Path(__file__).resolve().parents[2] / "geodata" / "ustc-silicon-valley")


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    yield
    for key in list(jobs._JOBS):
        let_go(key)


def done(key: str) -> Ended:
    for _ in range(400):
        found = look(key)
        if isinstance(found, Ended):
            return found
        assert isinstance(found, Running)
        assert found.seconds >= 0
        time.sleep(0.05)
    raise AssertionError("the job never ended")


def test_a_job_ends_with_its_document_and_what_it_wrote() -> None:
    assert look("a") is None
    assert begin("a", ["export", PLAN, "--layer", "facilities", "--output", "made.csv", "--json"])
    assert begin("a", ["no such command"])  # the one of that key goes on
    found = done("a")
    assert (found.code, found.error) == (0, "")
    assert found.document is not None
    assert found.document["schema"] == "geoplan.export/1"
    assert [path.name for path in found.folder.iterdir()] == ["made.csv"]
    let_go("a")
    assert look("a") is None
    assert not found.folder.exists()


def test_a_job_that_fails_says_so_in_one_line() -> None:
    begin("b", ["export", PLAN, "--revision", "7", "--format", "csv", "--output", "made.csv", "--json"])
    found = done("b")
    assert found.code != 0
    assert found.document is None
    assert found.error.startswith("plan “ustc-silicon-valley” has no revisions.")  # and no path on the server
    assert "Traceback" not in found.error
    assert "\n" not in found.error


def test_what_people_write_is_an_argument_and_nothing_else(tmp_path: Path) -> None:
    begin("c", ["export", PLAN, f"--output=; touch {tmp_path / 'stolen'} $(id) --json"])
    assert done("c").code == 2
    assert list(tmp_path.iterdir()) == []


def test_only_so_many_run_at_once_and_one_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    assert begin("d", ["check", PLAN, "--json"])
    assert not begin("e", ["check", PLAN, "--json"])
    assert look("e") is None
    folder = jobs._JOBS["d"].place.name
    let_go("d")
    assert look("d") is None
    assert not Path(folder).exists()
    assert begin("e", ["plans", "--json"])
    assert done("e").code == 0


def test_the_oldest_of_many_that_ended_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "KEPT", 1)
    for key in ("f", "g"):
        begin(key, ["--version"])
        done(key)
    assert look("f") is None
    assert isinstance(look("g"), Ended)

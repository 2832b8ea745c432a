from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from geoplan.pyramid import cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_fabrics_are_kept_in_the_folder_named_or_in_the_users_cache(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache.cache_folder() == folder
    monkeypatch.delenv(cache.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    if sys.platform.startswith("linux"):
        assert cache.cache_folder() == folder / "geoplan" / "fabrics"
    assert "geoplan" in cache.cache_folder().parts


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are not bits there")
def test_the_folder_is_for_its_user_alone(folder: Path) -> None:
    assert cache.made_folder().stat().st_mode & 0o077 == 0


def test_the_least_recently_used_go_first_and_never_the_one_just_made(folder: Path) -> None:
    cache.made_folder()
    for age in range(cache.KEPT + 3):
        path = folder / f"{age:02d}"
        path.mkdir()
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    oldest = f"{cache.KEPT + 2:02d}"
    cache.touch(folder / "09")
    cache.prune(oldest)
    left = sorted(path.name for path in folder.iterdir())
    assert len(left) == cache.KEPT
    assert oldest in left
    assert "09" in left
    assert "08" not in left


def test_a_document_that_is_missing_or_broken_is_none(folder: Path) -> None:
    path = cache.made_folder() / "a.json"
    assert cache.read_json(path) is None
    cache.write_json(path, {"名": ["\ud800", 1.5]})
    assert cache.read_json(path) == {"名": ["\ud800", 1.5]}
    assert [one.name for one in folder.iterdir()] == ["a.json"]
    path.write_bytes(b'{"half')
    assert cache.read_json(path) is None


def test_a_lock_is_held_by_one_and_free_again_afterwards(folder: Path) -> None:
    path = cache.made_folder() / "a.lock"
    with cache.held(path) as first, cache.held(path) as second:
        assert (first, second) == (True, False)
    assert not path.exists()
    with cache.held(path) as again:
        assert again


@pytest.mark.skipif(sys.platform == "win32", reason="a file that is open cannot be taken away there")
def test_a_lock_taken_away_while_somebody_waited_for_it_is_not_free(folder: Path) -> None:
    path = cache.made_folder() / "a.lock"
    with cache.held(path):
        path.unlink()  # as whoever held it before does
        with cache.held(path) as other:
            assert other
        path.touch()
    assert not path.exists()


def test_what_a_killed_process_left_half_made_goes_with_the_next_and_nothing_that_is_being_made(folder: Path) -> None:
    for name in ("dead", "busy"):
        (cache.made_folder() / f"{name}.new").mkdir()
        cache.write_json(folder / f"{name}.json", {})
    with cache.held(folder / "busy.lock"):
        cache.prune("other")
        assert sorted(path.name for path in folder.iterdir()) == ["busy.json", "busy.lock", "busy.new"]

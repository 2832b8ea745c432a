"""A file is replaced only when all of the new one is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.errors import UsageError
from geoplan.output.whole import replace_whole, whole_bytes


def test_what_is_written_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.gpkg"
    target.write_bytes(b"old")
    replace_whole(target, lambda path: path.write_bytes(b"new"))
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_writer_that_fails_half_way_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.gpkg"
    target.write_bytes(b"old")

    def fail(path: Path) -> None:
        path.write_bytes(b"ne")
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        replace_whole(target, fail)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there_is_a_usage_error_that_names_the_file(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "a.gpkg"
    with pytest.raises(UsageError, match="cannot be written") as caught:
        replace_whole(target, lambda path: path.write_bytes(b"new"))
    assert caught.value.where == str(target)
    assert not target.parent.exists()


def test_bytes_are_those_of_the_file_written() -> None:
    assert whole_bytes(lambda path: path.write_bytes(b"\x00\x01")) == b"\x00\x01"

"""The bytes a revision keeps of its file: as they are, or one archive that is always the same."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from geoplan.errors import InputError
from geoplan.revisions import source
from geoplan.revisions.source import source_bytes


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


def test_one_file_is_kept_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "zones.gpkg"
    path.write_bytes(b"anything")
    assert source_bytes(path) == (b"anything", False)


def test_the_parts_of_a_shapefile_are_kept_together_whatever_the_case_of_their_endings(tmp_path: Path) -> None:
    for name in ("z.shp", "z.SHX", "z.dbf", "z.cpg", "z.txt", "other.dbf"):
        (tmp_path / name).write_bytes(name.encode())
    content, packed = source_bytes(tmp_path / "z.shp")
    assert packed
    assert sorted(names(content)) == ["z.SHX", "z.cpg", "z.dbf", "z.shp"]


def test_the_same_parts_make_the_same_bytes_whenever_they_were_written(tmp_path: Path) -> None:
    for name in ("z.shp", "z.shx", "z.dbf"):
        (tmp_path / name).write_bytes(name.encode())
    first = source_bytes(tmp_path / "z.shp")
    os.utime(tmp_path / "z.dbf", (1e9, 1e9))
    assert source_bytes(tmp_path / "z.shp") == first


def test_a_folder_is_kept_with_its_name_and_without_links_out_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "zones.gdb"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.gdbtable").write_bytes(b"a")
    (folder / "deep" / "b").write_bytes(b"b")
    (folder / "secret").symlink_to("/etc/passwd")
    content, packed = source_bytes(folder)
    assert packed
    assert names(content) == ["zones.gdb/a.gdbtable", "zones.gdb/deep/b"]


def test_a_file_too_large_to_keep_is_refused_with_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "zones.gpkg"
    path.write_bytes(b"12345678")
    monkeypatch.setattr(source, "MAX_SOURCE_BYTES", 7)
    with pytest.raises(InputError, match="keeps every file"):
        source_bytes(path)


def test_a_file_that_is_gone_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        source_bytes(tmp_path / "gone.gpkg")

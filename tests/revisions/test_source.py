"""The bytes a revision keeps of its file: as they are, or one archive that is always the same."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from geoplan.errors import InputError
from geoplan.revisions import source
from geoplan.revisions.source import sha256_of, source_content


def names(content: bytes | Path) -> list[str]:
    assert isinstance(content, bytes)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


def test_one_file_is_kept_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "zones.gpkg"
    path.write_bytes(b"anything")
    assert source_content(path) == (path, False)
    assert (
        sha256_of(path) == sha256_of(b"anything") == "ee0874170b7f6f32b8c2ac9573c428d35b575270a66b757c2c0185d2bd09718d"
    )


def test_the_parts_of_a_shapefile_are_kept_together_whatever_the_case_of_their_endings(tmp_path: Path) -> None:
    for name in ("z.shp", "z.SHX", "z.dbf", "z.cpg", "z.txt", "other.dbf"):
        (tmp_path / name).write_bytes(name.encode())
    content, packed = source_content(tmp_path / "z.shp")
    assert packed
    assert sorted(names(content)) == ["z.SHX", "z.cpg", "z.dbf", "z.shp"]


def test_the_same_parts_make_the_same_bytes_whenever_they_were_written(tmp_path: Path) -> None:
    for name in ("z.shp", "z.shx", "z.dbf"):
        (tmp_path / name).write_bytes(name.encode())
    first = source_content(tmp_path / "z.shp")
    os.utime(tmp_path / "z.dbf", (1e9, 1e9))
    assert source_content(tmp_path / "z.shp") == first


def test_a_folder_is_kept_with_its_name_and_without_links_out_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "zones.gdb"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.gdbtable").write_bytes(b"a")
    (folder / "deep" / "b").write_bytes(b"b")
    (folder / "secret").symlink_to("/etc/passwd")
    content, packed = source_content(folder)
    assert packed
    assert names(content) == ["zones.gdb/a.gdbtable", "zones.gdb/deep/b"]


def test_a_file_too_large_to_keep_is_refused_with_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "zones.gpkg"
    path.write_bytes(bytes(3 * 1024**2 + 1))
    monkeypatch.setattr(source, "MAX_SOURCE_BYTES", 1)  # of archives alone
    assert source_content(path) == (path, False)
    monkeypatch.setattr(source, "MAX_FILE_BYTES", 3 * 1024**2)
    with pytest.raises(InputError, match=r"is larger than 3 MiB, and the store keeps every file"):
        source_content(path)


def test_an_archive_too_large_for_memory_is_refused_and_told_of_a_single_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("z.shp", "z.shx"):
        (tmp_path / name).write_bytes(bytes(600_000))
    monkeypatch.setattr(source, "MAX_SOURCE_BYTES", 1024**2)
    with pytest.raises(InputError, match=r"is larger than 1 MiB.*as one GeoPackage"):
        source_content(tmp_path / "z.shp")


def test_a_file_that_is_gone_before_it_is_hashed_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        sha256_of(tmp_path / "gone.gpkg")


def test_a_file_that_is_gone_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        source_content(tmp_path / "gone.gpkg")

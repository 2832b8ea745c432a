"""Zip archives are looked at before they are read; what could harm is refused with the reason."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from geoplan.errors import InputError
from geoplan.read.archive import Archive
from tests.read.files import pack


def test_an_archive_tells_its_files_sizes_and_content(tmp_path: Path) -> None:
    archive = Archive(pack(tmp_path / "a.zip", ("folder/", b""), ("folder/a.txt", b"hello"), ("b.txt", b"")))
    assert archive.names == ("folder/a.txt", "b.txt")
    assert archive.size("folder/a.txt") == 5
    assert archive.head("folder/a.txt", 2) == b"he"
    assert archive.content("folder/a.txt") == b"hello"
    archive.verify("b.txt")


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", "..\\a", "C:\\a", "C:a", "\\\\host\\a", "a/..", "\\a"])
def test_names_that_lead_out_are_refused_on_every_system(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="leads out of it"):
        Archive(pack(tmp_path / "a.zip", ("fine.txt", b""), (name, b"")))


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("bomb", r"would unpack to 50,000,000 bytes"),
        ("too many members", r"holds 10,001 files, more than 10,000"),
        ("two of one name", r"holds two files of one name"),
        ("archive with a link", r"holds a link"),
        ("encrypted archive", r"is encrypted"),
        ("archive that leads out", r"leads out of it"),
        ("truncated zip", r"cannot be read"),
        ("text zip", r"cannot be read"),
        ("empty zip", r"cannot be read"),
    ],
)
def test_what_could_harm_is_refused_with_a_next_step(bad: dict[str, Path], what: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        Archive(bad[what])
    assert "Unpack it yourself" in str(caught.value)
    assert str(bad[what]) in str(caught.value)


def test_a_wrong_checksum_is_told_when_the_file_is_read(bad: dict[str, Path]) -> None:
    archive = Archive(bad["damaged member"])
    for read in (archive.content, archive.verify):
        with pytest.raises(InputError, match="Bad CRC"):
            read("zones.geojson")


def test_what_packs_well_but_is_small_is_no_bomb(tmp_path: Path) -> None:
    assert Archive(pack(tmp_path / "a.zip", ("a.txt", b" " * 2_000_000))).size("a.txt") == 2_000_000


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_usual_way_of_packing_is_read(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.writestr("a.txt", b"hello")
    assert Archive(tmp_path / "a.zip").content("a.txt") == b"hello"

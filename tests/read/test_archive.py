"""Zip archives are looked at before they are read; what could harm is refused with the reason."""

from __future__ import annotations

import struct
import tempfile
import zipfile
from pathlib import Path

import pytest

from geoplan.errors import InputError
from geoplan.read import read_raw
from geoplan.read.archive import Archive
from tests.read.files import geojson, pack


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


def directory_of(path: Path, members: int, *, lie: bool = False) -> Path:
    """An archive that is all directory: so many entries of empty files, as a 64-bit archive lists them."""
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0)
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 8, 0) + b"00000000"
    directory = b"".join(entry + b"%08d" % number for number in range(members))
    stated = 1 if lie else members
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, stated, stated, len(directory), len(local))
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(local) + len(directory), 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(local + directory + record + locator + end)
    return path


@pytest.mark.parametrize("lie", [False, True])
def test_a_million_members_are_refused_without_listing_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: bool
) -> None:
    path = directory_of(tmp_path / "a.zip", 1_000_000, lie=lie)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the directory was listed"))
    with pytest.raises(InputError, match=r"holds 1,\d\d\d,\d\d\d files, more than 10,000"):
        Archive(path)


def test_a_directory_of_64_bits_is_read(tmp_path: Path) -> None:
    assert len(Archive(directory_of(tmp_path / "a.zip", 100)).names) == 100


def test_ten_gigabytes_are_refused_by_what_the_directory_says(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", ("zones.geojson", b" " * 1_000_000))
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.rindex(mark) + offset
        content[at : at + 4] = struct.pack("<I", 4_200_000_000)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"would unpack to 4,200,000,000 bytes"):
        Archive(path)


def test_a_bomb_that_lies_about_its_size_unpacks_no_more_than_it_states(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", ("zones.geojson", b" " * 50_000_000))
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.rindex(mark) + offset
        content[at : at + 4] = struct.pack("<I", 1000)
    path.write_bytes(content)
    archive = Archive(path)
    with pytest.raises(InputError, match="cannot be read"):
        archive.unpack(archive.names, tmp_path / "out")
    assert (tmp_path / "out" / "zones.geojson").stat().st_size <= 1000


def chinese(path: Path, encoding: str, *names: str) -> Path:
    """An archive whose names are in an encoding and not flagged as UTF-8, as Windows in Chinese writes them."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(name.encode(encoding).decode("cp437"))
            archive.writestr(entry, geojson())
    content = path.read_bytes()
    for name in names:  # zipfile flags such names and writes UTF-8: put back what Windows writes
        flagged = name.encode(encoding).decode("cp437").encode()
        content = content.replace(flagged, name.encode(encoding).ljust(len(flagged), b"_"))
    data = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset : at + offset + 2] = b"\0\0"
            at = data.find(mark, at + 1)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_unflagged_names_are_read_as_chinese(tmp_path: Path, encoding: str) -> None:
    (name,) = Archive(chinese(tmp_path / "a.zip", encoding, "成果/分区.geojson")).names
    assert name.startswith("成果/分区.geojson")


def test_a_second_byte_that_looks_like_a_backslash_is_part_of_its_character(tmp_path: Path) -> None:
    assert "乗".encode("gbk")[1:] == b"\\"
    (name,) = Archive(chinese(tmp_path / "a.zip", "gbk", "乗.geojson")).names
    assert name.startswith("乗.geojson")


def test_names_that_lead_out_in_chinese_are_refused_too(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="leads out of it"):
        Archive(chinese(tmp_path / "a.zip", "gbk", "../成果.geojson"))


def test_folders_of_windows_are_folders(tmp_path: Path) -> None:
    archive = Archive(pack(tmp_path / "a.zip", ("a\\b.geojson", geojson())))
    assert archive.names == ("a/b.geojson",)
    archive.unpack(archive.names, tmp_path / "out")
    assert (tmp_path / "out" / "a" / "b.geojson").read_bytes() == geojson()


@pytest.mark.parametrize("names", [("a", "a/b"), ("x" * 300,), ("a/b", "a")])
def test_names_that_cannot_be_files_here_are_told(tmp_path: Path, names: tuple[str, ...]) -> None:
    archive = Archive(pack(tmp_path / "a.zip", *((name, b"x") for name in names)))
    with pytest.raises(InputError, match="cannot be unpacked"):
        archive.unpack(archive.names, tmp_path / "out")


def test_unpacking_stops_when_its_time_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(pack(tmp_path / "a.zip", ("a.txt", b"hello")))
    monkeypatch.setattr("geoplan.read.archive.MAX_SECONDS", -1)
    with pytest.raises(InputError, match="takes more than -1 s"):
        archive.unpack(archive.names, tmp_path / "out")


def test_nothing_is_left_behind_by_archives_good_or_bad(
    bad: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    good = pack(tmp_path / "good.zip", ("a.geojson", geojson()))
    read_raw(good)
    for path in bad.values():
        if path.suffix == ".zip":
            with pytest.raises(InputError):
                read_raw(path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.zip"]


def test_many_members_are_looked_at_with_the_directory_listed_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(tmp_path / "a.zip", ("z.geojson", geojson()), *((f"{n}.txt", b"hello") for n in range(200)))
    listed, opening = [], zipfile.ZipFile
    monkeypatch.setattr(zipfile, "ZipFile", lambda *args: listed.append(1) or opening(*args))
    assert read_raw(path).features == 1
    assert len(listed) == 2


def test_what_is_wrong_with_a_member_is_not_put_on_the_archive(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", ("zones.kml", b"<kml><!-- <ogrvrtdatasource> --></kml>"))
    with pytest.raises(InputError, match=r"a\.zip: is XML, but not KML\.$"):
        read_raw(path)

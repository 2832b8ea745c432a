"""What a file is, is told by its content; what is no regular, whole, harmless file is refused in one line."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

import pytest

from geoplan.errors import InputError
from geoplan.read import read_raw
from geoplan.read.formats import identify, opened, sha256_of
from tests.read.files import FORMATS, geojson, pack, save

KINDS = {
    "gpkg": "GeoPackage",
    "geojson": "GeoJSON",
    "shp": "Shapefile",
    "zip": "Shapefile",
    "fgb": "FlatGeobuf",
    "parquet": "GeoParquet",
    "kml": "KML",
}


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_is_known_by_its_content(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"zones.{suffix}")
    assert identify(path).format == KINDS[suffix]
    assert identify(path).path == path


def test_a_wrong_ending_does_not_matter_where_the_content_is_plain(tmp_path: Path) -> None:
    path = tmp_path / "zones.txt"
    path.write_bytes(b"\xef\xbb\xbf \n" + geojson())
    assert identify(path).format == "GeoJSON"


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "zones.geojson")
    with pytest.raises(InputError, match="is a device or pipe"):
        identify(tmp_path / "zones.geojson")


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "/dev/stdin"])
def test_a_device_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        identify(Path(name))


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("zones.gpkg")
        with pytest.raises(InputError, match="is a device or pipe"):
            identify(Path("zones.gpkg"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x" * 300, "cannot be read"),
        ("loop", "cannot be read"),
        ("a\0b", "is not a file name"),
        ("file/below", "there is no such file"),
        ("", "is a folder"),
        ("no\n\x1b[31m", "there is no such file"),
        ("/vsicurl/http://127.0.0.1:9/a.geojson", "there is no such file"),
        ("http://127.0.0.1:9/a.geojson", "there is no such file"),
    ],
)
def test_a_name_that_is_no_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=said):
        identify(Path(name))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.gpkg")
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read"):
        identify(path)


@pytest.mark.parametrize("name", ["a;b.gpkg", "a!b.fgb", "a\nb.gpkg"])
def test_a_name_gdal_would_take_for_another_file_is_refused(tmp_path: Path, name: str) -> None:
    other = save(tmp_path / f"zones{Path(name).suffix}")
    other.rename(tmp_path / name)
    with pytest.raises(InputError, match="rename it"):
        identify(tmp_path / name)


@pytest.mark.parametrize("name", ["a b.gpkg", "规划 分区.geojson", "a;b!c.geojson", "a?b#c%20d.gpkg", "a'\"`$.fgb"])
def test_other_odd_names_are_taken_as_they_are(tmp_path: Path, name: str) -> None:
    path = save(tmp_path / f"zones{Path(name).suffix}").rename(tmp_path / name)
    assert identify(path).path == path


def test_a_member_of_an_archive_is_picked_by_name_stem_or_path(tmp_path: Path) -> None:
    path = pack(tmp_path / "both.zip", ("sub/a.geojson", geojson()), ("b.geojson", geojson()), ("._a.geojson", b"x"))
    for member, names in (("a", ["sub/a.geojson"]), ("b.geojson", ["b.geojson"]), ("sub/a.geojson", ["sub/a.geojson"])):
        with opened(path, member=member) as found:
            assert [one.member for one in found] == names
    with opened(path) as found:
        assert [one.member for one in found] == ["sub/a.geojson", "b.geojson"]
    with pytest.raises(InputError, match=r"several vector files: sub/a\.geojson, b\.geojson; choose one with --layer"):
        read_raw(path)
    with pytest.raises(InputError, match=r"there is no “c” in the archive; it holds sub/a\.geojson, b\.geojson"):
        read_raw(path, layer="c")


def test_what_is_unpacked_is_gone_afterwards(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", ("sub/a.geojson", geojson()))
    with opened(path) as (dataset,):
        assert dataset.local.read_bytes() == geojson()
        assert tmp_path not in dataset.local.parents
    assert not dataset.local.exists()


def test_content_decides_in_an_archive_too(tmp_path: Path) -> None:
    inner = save(tmp_path / "zones.parquet").read_bytes()
    assert identify(pack(tmp_path / "zones.zip", ("zones.geojson", inner))).format == "GeoParquet"


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_zipped_shapefile_needs_its_parts_too(tmp_path: Path, part: str) -> None:
    save(tmp_path / "zones.shp")
    kept = [path for path in sorted(tmp_path.iterdir()) if path.suffix != part]
    with pytest.raises(InputError, match=f"lacks its {part}"):
        identify(pack(tmp_path / "zones.zip", *kept))


def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "zones.geojson"
    path.write_bytes(b"abc")
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_digest_of_a_shapefile_is_that_of_all_its_parts(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.shp")
    content = b"".join(path.with_suffix(suffix).read_bytes() for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"))
    assert sha256_of(path) == hashlib.sha256(content).hexdigest()
    path.with_suffix(".dbf").rename(path.with_suffix(".DBF"))
    assert sha256_of(path) == hashlib.sha256(content).hexdigest()


def test_changes_waiting_beside_a_geopackage_count_for_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "zones.gpkg"
    path.write_bytes(b"a")
    (tmp_path / "zones.gpkg-wal").write_bytes(b"bc")
    assert sha256_of(path) == hashlib.sha256(b"abc").hexdigest()

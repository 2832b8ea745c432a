from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.basemaps import Datum, basemaps_folder, read_basemaps
from geoplan.basemaps.mistakes import MODELS
from geoplan.basemaps.model import TiandituEntry, XyzEntry
from geoplan.errors import Mistake, PlanError
from geoplan.types import Text
from tests.basemaps.files import picture, write_mbtiles
from tests.docs.pages import ROOT, blocks

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - stands for a key that must not be repeated


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    monkeypatch.delenv("GEOPLAN_BASEMAPS", raising=False)
    found = tmp_path / "basemaps"
    found.mkdir()
    return found


def configure(folder: Path, text: str) -> None:
    (folder / "basemaps.toml").write_text("format = 1\n" + text, encoding="utf-8")


def mistakes(folder: Path, text: str) -> dict[str, Mistake]:
    configure(folder, text)
    with pytest.raises(PlanError) as caught:
        read_basemaps()
    assert caught.value.where == str(folder / "basemaps.toml")
    return {one.key: one for one in caught.value.mistakes}


def test_without_a_folder_there_is_nothing_and_nothing_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path / "nowhere"))
    monkeypatch.delenv("GEOPLAN_BASEMAPS", raising=False)
    assert read_basemaps().all == ()
    assert basemaps_folder() == tmp_path / "nowhere" / "basemaps"


def test_files_lying_in_the_folder_are_offered_with_their_datum_not_stated(folder: Path) -> None:
    for name in ("hefei.mbtiles", "B.PMTILES", "c.tif", "d.tiff", "notes.txt", "e.png"):
        (folder / name).write_bytes(b"x")
    found = read_basemaps()
    assert [(one.id, one.name.en, one.entry.kind) for one in found.all] == [
        ("B.PMTILES", "B", "pmtiles"),
        ("c.tif", "c", "geotiff"),
        ("d.tiff", "d", "geotiff"),
        ("hefei.mbtiles", "hefei", "mbtiles"),
    ]
    assert {(one.datum, one.datum_stated) for one in found.all} == {(Datum.WGS84, False)}


def test_a_name_that_is_no_id_gets_one_that_stays_the_same(folder: Path) -> None:
    (folder / "合肥 影像.mbtiles").write_bytes(b"x")
    (one,) = read_basemaps().all
    assert one.name == Text.same("合肥 影像")
    assert one.id.isascii()
    assert one.id.startswith("file-")
    assert read_basemaps().all[0].id == one.id


def test_a_file_an_entry_names_is_offered_once_as_the_entry_says(folder: Path) -> None:
    write_mbtiles(folder / "a.mbtiles", {(0, 0, 0): picture()})
    configure(
        folder,
        '[[basemaps]]\nid = "amap"\nname = { en = "Streets", zh = "街道" }\nkind = "mbtiles"\npath = "a.mbtiles"\n'
        'datum = "gcj02"\nreview_number = "GS(2024)1"\nattribution = "Somebody"\n',
    )
    (one,) = read_basemaps().all
    assert (one.id, one.name, one.datum, one.datum_stated) == ("amap", Text("Streets", "街道"), Datum.GCJ02, True)
    assert one.path == (folder / "a.mbtiles").resolve()
    assert read_basemaps().by_id["amap"] == one


def test_a_changed_file_is_another_version_of_the_same_basemap(folder: Path) -> None:
    (folder / "a.mbtiles").write_bytes(b"x")
    before = read_basemaps().all[0]
    (folder / "a.mbtiles").write_bytes(b"other")
    after = read_basemaps().all[0]
    assert (before.id, before.stamp != after.stamp) == (after.id, True)


def test_every_kind_of_address_can_be_configured(folder: Path) -> None:
    configure(
        folder,
        """
[[basemaps]]
id = "x"
name = "X"
kind = "xyz"
url = "https://{s}.example.org/{z}/{x}/{-y}.png?k={key}"
subdomains = ["a", "b"]
key_env = "X_KEY"
datum = "bd09"
[[basemaps]]
id = "t"
name = "天地图"
kind = "tianditu"
layer = "img"
key_env = "TK"
[[basemaps]]
id = "w1"
name = "W"
kind = "wmts"
capabilities = "http://10.0.0.1/wmts?REQUEST=GetCapabilities"
layer = "base"
datum = "cgcs2000"
[[basemaps]]
id = "w2"
name = "W"
kind = "wmts"
url = "http://10.0.0.1/{Layer}/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}"
layer = "base"
matrix_set = "w"
datum = "wgs84"
""",
    )
    found = read_basemaps()
    assert list(found.by_id) == ["x", "t", "w1", "w2"]
    xyz, tianditu = found.by_id["x"].entry, found.by_id["t"].entry
    assert isinstance(xyz, XyzEntry)
    assert isinstance(tianditu, TiandituEntry)
    assert found.by_id["t"].datum is Datum.CGCS2000
    assert found.by_id["t"].datum_stated
    assert all(one.is_remote for one in found.all)


def test_all_mistakes_are_told_at_once_by_key(folder: Path) -> None:
    found = mistakes(
        folder,
        """
[[basemaps]]
id = "a b"
name = { en = "A" }
kind = "xyz"
url = "https://example.org/{z}/{x}/{y}"
[[basemaps]]
id = "same"
name = "B"
kind = "wms"
[[basemaps]]
id = "SAME"
name = "C"
kind = "tianditu"
layr = "img"
max_zoom = 99
[[basemaps]]
id = "none"
name = "D"
kind = "mbtiles"
path = "../secret.mbtiles"
[[basemaps]]
id = "e"
name = "E"
""",
    )
    assert set(found) == {
        "basemaps[1].id",
        "basemaps[1].name",
        "basemaps[1].datum",
        "basemaps[2].kind",
        "basemaps[3].layr",
        "basemaps[3].max_zoom",
        "basemaps[4].id",
        "basemaps[4].path",
        "basemaps[5].kind",
        "basemaps.id",
    }
    assert "did you mean layer?" in found["basemaps[3].layr"].line("en")
    assert "tianditu" in found["basemaps[2].kind"].allowed
    assert found["basemaps[1].datum"].message == Text("is missing", "缺失")
    assert all(one.message.zh for one in found.values())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.org/{z}/{x}/{y}", "must begin with http"),
        ("file:///etc/passwd?{z}{x}{y}", "must begin with http"),
        ("https:///{z}/{x}/{y}", "must begin with http"),
        ("https://me:pass@example.org/{z}/{x}/{y}", "must not hold a password"),
        ("https://{host}/{z}/{x}/{y}", "only {s} in its host"),
        ("https://example.org/{z}/{x}", "url must hold"),
        ("https://example.org/{z}/{x}/{y}/{-y}", "url must hold"),
        ("https://example.org/{z}/{x}/{y}/{file}", "url must hold"),
        ("https://example.org/{z}/{x}/{y}#part", "must not hold #"),
        ("https://example.org/{z}/{x}/{y", "without its other half"),
        ("https://example.org/ {z}/{x}/{y}", "without spaces"),
        ("https://example.org:99999/{z}/{x}/{y}", "is not an address"),
        ("https://example.org/{z}/{x}/{y}?k={key}", "key_env is missing"),
        ("https://{s}.example.org/{z}/{x}/{y}", "subdomains is missing"),
    ],
)
def test_an_address_that_cannot_be_followed_is_refused_and_never_repeated(folder: Path, url: str, said: str) -> None:
    shown = f"{url}&tk={SECRET}"
    entry = f'[[basemaps]]\nid = "a"\nname = "A"\nkind = "xyz"\ndatum = "wgs84"\nurl = "{shown}"\n'
    found = mistakes(folder, entry)
    told = " ".join(one.line(language) for one in found.values() for language in ("en", "zh"))
    assert said in told
    assert SECRET not in told
    assert "example.org" not in told


def test_a_key_put_where_its_variable_belongs_is_refused_and_never_repeated(folder: Path) -> None:
    entry = f'[[basemaps]]\nid = "t"\nname = "T"\nkind = "tianditu"\nkey_env = "{SECRET}"\ntk = "{SECRET}"\n'
    configure(folder, entry)
    with pytest.raises(PlanError) as caught:
        read_basemaps()
    assert "basemaps[1].key_env" in str(caught.value)
    assert SECRET not in str(caught.value) + caught.value.line("zh") + repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('url = "http://a/b"\ncapabilities = "http://a/b"', "needs either url or capabilities"),
        ("", "needs either url or capabilities"),
        ('url = "http://a/b"', "matrix_set is missing"),
        ('url = "http://a/b"\nmatrix_set = "c"', "one in degrees"),
        ('url = "http://a/b"\nmatrix_set = "EPSG:4490"', "one in degrees"),
        ('url = "http://a/b/{TileMatrix}/{TileRow}"\nmatrix_set = "w"', "TileCol"),
        ('url = "http://a/b"\nmatrix_set = "w"\nmatrix = "level"', "pattern"),
    ],
)
def test_a_wmts_that_could_not_be_asked_is_refused(folder: Path, keys: str, said: str) -> None:
    entry = f'[[basemaps]]\nid = "w"\nname = "W"\nkind = "wmts"\nlayer = "l"\ndatum = "wgs84"\n{keys}\n'
    assert said in " ".join(str(one) for one in mistakes(folder, entry).values())


def test_paths_that_are_not_there_or_lead_out_are_mistakes(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.mbtiles"
    outside.write_bytes(b"x")
    (folder / "link.mbtiles").symlink_to(outside)
    (folder / "loose.tif").symlink_to(outside)
    entry = '[[basemaps]]\nid = "{0}"\nname = "A"\nkind = "mbtiles"\npath = "{0}.mbtiles"\n'
    found = mistakes(folder, entry.format("gone") + entry.format("link"))
    assert "no such file" in str(found["basemaps[1].path"])
    assert "leads out" in str(found["basemaps[2].path"])
    (folder / "basemaps.toml").unlink()
    loose = read_basemaps()
    assert loose.all == ()
    assert [one.name for one in loose.refused] == ["link.mbtiles", "loose.tif"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"format = 1\n[[basemaps", "not valid TOML"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"format = 1\n# " + b"x" * 1_000_001, "larger than"),
        (b"a" + b".a" * 60 + b" = 1", "fifty parts"),
        (b"format = " + b"[" * 5000, "nested too deeply"),
        (b"format = 2", "format"),
        (b"", "format: is missing"),
    ],
)
def test_a_file_that_is_no_configuration_is_one_clear_mistake(folder: Path, content: bytes, said: str) -> None:
    (folder / "basemaps.toml").write_bytes(content)
    with pytest.raises(PlanError, match=said):
        read_basemaps()


def test_the_variable_names_the_folder_or_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.tif").write_bytes(b"x")
    for value in (tmp_path, tmp_path / "mine.toml"):
        monkeypatch.setenv("GEOPLAN_BASEMAPS", str(value))
        assert [one.id for one in read_basemaps().all] == ["a.tif"]


def test_the_example_of_the_documentation_is_read_and_its_table_names_every_key(folder: Path) -> None:
    page = ROOT / "docs" / "basemaps.md"
    (example,) = (block.content for block in blocks(page) if block.language == "toml")
    (folder / "basemaps.toml").write_text(example, encoding="utf-8")
    (folder / "imagery.tif").write_bytes(b"x")
    assert list(read_basemaps().by_id) == ["imagery-2024", "tianditu", "bureau"]
    keys = {field.alias or name for model in MODELS.values() for name, field in model.model_fields.items()}
    text = page.read_text(encoding="utf-8")
    assert {key for key in keys if f"`{key}`" not in text} == set()

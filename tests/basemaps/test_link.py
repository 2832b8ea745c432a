from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.basemaps import Datum, basemap_link, read_basemaps
from geoplan.basemaps.link import UNREACHABLE, plain_text
from geoplan.basemaps.source import SourceInfo
from geoplan.inspection import Offset
from geoplan.types import Text

INFO = SourceInfo(3, 14, (117.0, 31.0, 118.0, 32.0), '<a href="x">© Survey</a>')


@pytest.mark.parametrize(
    ("datum", "en", "zh", "offset"),
    [
        (
            "gcj02",
            "Basemap in GCJ-02: zones are shifted for display only; areas and files are not.",
            "底图为 GCJ-02：分区仅在显示时偏移，面积与文件不变。",
            Offset.GCJ02,
        ),
        (
            "bd09",
            "Basemap in BD-09: zones are shifted for display only; areas and files are not.",
            "底图为 BD-09：分区仅在显示时偏移，面积与文件不变。",
            Offset.BD09,
        ),
        ("cgcs2000", "Basemap in CGCS2000.", "底图坐标系：CGCS2000。", Offset.NONE),
        ("wgs84", "Basemap in WGS 84.", "底图坐标系：WGS 84。", Offset.NONE),
        ("", "Basemap: datum not stated, WGS 84 assumed.", "底图未说明坐标系，按 WGS 84 处理。", Offset.NONE),
    ],
)
def test_the_map_is_told_the_datum_and_what_it_means(
    datum: str, en: str, zh: str, offset: Offset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOPLAN_BASEMAPS", str(tmp_path))
    (tmp_path / "a.tif").write_bytes(b"x")
    stated = f'datum = "{datum}"\n' if datum else ""
    (tmp_path / "basemaps.toml").write_text(
        f'format = 1\n[[basemaps]]\nid = "a"\nname = "A"\nkind = "geotiff"\npath = "a.tif"\nmax_zoom = 12\n{stated}'
        'review_number = "GS(2024)1"\n',
        encoding="utf-8",
    )
    basemap = read_basemaps().by_id["a"]
    link = basemap_link(basemap, INFO)
    assert link.notices == (Text(en, zh),)
    assert link.offset is offset
    assert (link.datum, link.datum_stated) == (Datum(datum or "wgs84"), bool(datum))
    assert link.url == f"basemaps/a/{{z}}/{{x}}/{{y}}?v={basemap.stamp}"
    assert (link.kind, link.min_zoom, link.max_zoom, link.tile_size) == ("xyz", 3, 12, 256)
    assert (link.bounds, link.review_number) == ((117.0, 31.0, 118.0, 32.0), "GS(2024)1")
    assert link.attribution == Text.same("© Survey")
    assert link.unreachable is UNREACHABLE


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<a href="https://x">© &amp; Survey</a>', "© & Survey"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<img src=x onerror=alert(1)", ""),
        ("a\u202eb\n\x00c", "a b c"),
        ("x" * 600, "x" * 500),
    ],
)
def test_an_attribution_is_one_line_of_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text

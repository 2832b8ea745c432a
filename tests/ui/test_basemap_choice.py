from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geoplan.ui.basemap_choice import _plain
from tests.basemaps.files import picture, write_mbtiles
from tests.basemaps.peer import peer


def page() -> None:
    import streamlit as st  # noqa: PLC0415 - the page runs as a script of its own

    from geoplan.ui.basemap_choice import choose_basemap  # noqa: PLC0415 - likewise

    link = choose_basemap(st.query_params.get("lang", "en"))
    st.text(f"link: {link.id if link else 'nothing'}")
    if link:
        st.text(f"notice: {link.notices[0].en}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEOPLAN_BASEMAPS", str(tmp_path))
    return tmp_path


def shown(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=20)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    elements = [*app.text, *app.caption, *app.error, *app.warning]
    return "\n".join(one.value for one in elements).replace("\\", "")


def configure(folder: Path, text: str) -> None:
    (folder / "basemaps.toml").write_text("format = 1\n" + text, encoding="utf-8")


def test_without_a_choice_there_is_no_basemap(folder: Path) -> None:
    write_mbtiles(folder / "a.mbtiles", {(0, 0, 0): picture()})
    app = shown()
    assert "link: nothing" in said(app)
    assert "Nothing is asked of any other computer." in said(app)
    assert app.radio[0].value == "none"


def test_with_no_basemaps_it_says_where_they_belong(folder: Path) -> None:
    assert "basemaps.toml" in said(shown())
    assert "暂无底图" in said(shown(lang="zh"))


def test_a_choice_goes_into_the_address_and_comes_back_from_it(folder: Path) -> None:
    write_mbtiles(folder / "a.mbtiles", {(0, 0, 0): picture()})
    app = shown()
    app.radio[0].set_value("a.mbtiles").run()
    assert not app.exception
    assert "a.mbtiles" in app.query_params["basemap"]
    assert "link: a.mbtiles" in said(app)
    assert "datum not stated, WGS 84 assumed" in said(app)
    assert "link: a.mbtiles" in said(shown(basemap="a.mbtiles"))
    app.radio[0].set_value("none").run()
    assert "basemap" not in app.query_params


def test_over_gcj02_it_says_that_zones_are_shifted_for_display_only(folder: Path) -> None:
    write_mbtiles(folder / "a.mbtiles", {(0, 0, 0): picture()})
    configure(folder, '[[basemaps]]\nid = "g"\nname = "G"\nkind = "mbtiles"\npath = "a.mbtiles"\ndatum = "gcj02"\n')
    assert "zones are shifted for display only; areas and files are not" in said(shown(basemap="g"))
    assert "分区仅在显示时偏移" in said(shown(basemap="g", lang="zh"))


def test_a_link_to_a_basemap_that_is_not_here_says_so_and_shows_none(folder: Path) -> None:
    app = shown(basemap="../../etc/passwd")
    assert "link: nothing" in said(app)
    assert "There is no basemap “../../etc/passwd” here." in said(app)


def test_a_broken_file_and_mistakes_are_said_and_the_page_goes_on(folder: Path) -> None:
    (folder / "bad.mbtiles").write_bytes(b"no database" * 100)
    app = shown(basemap="bad.mbtiles")
    assert "bad.mbtiles: cannot be read as MBTiles." in said(app)
    assert "link: nothing" in said(app)
    configure(folder, '[[basemaps]]\nid = "x"\n')
    app = shown(basemap="bad.mbtiles", lang="zh")
    assert "底图配置有误" in said(app)
    assert "basemaps[1].kind" in said(app)


def test_choosing_an_address_names_its_host_and_asks_nothing_from_the_page(folder: Path) -> None:
    with peer(lambda request: request.reply(200, picture())) as other:
        configure(
            folder,
            '[[basemaps]]\nid = "x"\nname = "X"\nkind = "xyz"\ndatum = "cgcs2000"\nreview_number = "GS(2024)1"\n'
            f'attribution = "Survey"\nurl = "{other.address}/secret/{{z}}/{{x}}/{{y}}"\n',
        )
        app = shown(basemap="x")
        assert other.asked == []
    assert "asks 127.0.0.1 for the part of the map" in said(app)
    assert "Source: Survey" in said(app)
    assert "Review number: GS(2024)1" in said(app)
    assert "secret" not in said(app)
    assert "link: x" in said(app)


def test_names_from_files_stay_text(folder: Path) -> None:
    hostile = "![x](http://127.0.0.1/a) :red[b] $c$ `d` <script>"
    plain = _plain(hostile)
    assert plain.replace("\\", "") == hostile
    assert "\\[" in plain
    assert "\\$" in plain
    assert "\\:red" in plain
    assert "\\<" in plain

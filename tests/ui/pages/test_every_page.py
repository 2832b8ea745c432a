"""Every page of the app on two plans at their worst: one full of faults, one full of hostile names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geoplan.ui.pages import PAGES
from tests.output.faulty import faulty
from tests.plan_folders import HOSTILE, write_plan
from tests.ui.pages.app import html_of, opened

UNSEEN = re.compile("[\x00-\x08\x1b\u202a-\u202e\u2066-\u2069]")
# Names of systems, tools, files and formats, which are the same in both languages.
SAME = re.compile(
    r"EPSG:?\d*|CGCS2000|WGS ?84|GeoPackage|GeoJSON|Shapefile|KML|DXF|CSV|Excel|GeoParquet|FlatGeobuf|GeoTIFF|PDF|HTML|"
    r"XLSX|GIS|CAD|QGIS|ArcGIS|AutoCAD|WPS|TXT|UTF-8|GB18030|GCJ-02|BD-09|PostGIS|SHA-256|JSON|"
    r"geoplan( load FILE \S+)?|Esc|Shift|Ctrl|Enter|Google Earth|LibreOffice|Python|English|GBK|OpenStreetMap|"
    r"[\w./-]+\.(toml|md|csv|geojson)"
)


def texts(app: AppTest) -> list[str]:
    """Return everything the page says in words, without what is written for programs."""
    html = re.sub(r"(?s)<(style|script|svg|code)\b.*?</\1>", " ", html_of(app))
    html = re.sub(r'<p class="gp-other">.*?</p>', " ", html)  # the name in the other language, which says so
    said = [re.sub(r"<[^>]+>", " ", html)]
    for kind in ("text", "info", "warning", "error", "markdown", "caption", "button", "checkbox", "selectbox"):
        for one in app.get(kind):
            said += [str(getattr(one, "value", "")), str(getattr(one, "label", ""))]
    return said


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    monkeypatch.delenv("GEOPLAN_STORE", raising=False)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_a_plan_full_of_faults_is_shown_in_chinese_alone(page: str, plans: Path) -> None:
    faulty(plans / "f-1")
    app = opened(page=page, plan="f-1", lang="zh")
    assert not app.exception
    told = " ".join(texts(app))
    assert re.search("[\u4e00-\u9fff]", told)
    words = re.findall(r"[A-Za-z]{3,} [A-Za-z]{3,}", SAME.sub(" ", told))
    assert words == []


@pytest.mark.parametrize("page", PAGES)
def test_a_plan_of_hostile_names_is_shown_as_text(page: str, plans: Path) -> None:
    names = [*HOSTILE, "a\u202eb", "*bold* :material/delete: $x^2$ [link](javascript:alert(1))", "长" * 5000]
    write_plan(plans / "bad", names, facilities=names)
    app = opened(page=page, plan="bad", lang="en", zone="z7", q="\u202e<script>", category="</script>")
    assert not app.exception
    html = html_of(app)
    assert not re.search(r"<script>alert|<img src=x|</script><script", html)
    assert not UNSEEN.search(html)
    for kind in ("text", "info", "warning", "error", "caption"):
        assert not any(UNSEEN.search(str(one.value)) for one in app.get(kind))
    # Labels are Markdown: what a name holds of it must not become a link.
    for kind in ("button", "checkbox", "selectbox", "multiselect", "text_input"):
        assert not any("](javascript:" in str(one.label) for one in app.get(kind))

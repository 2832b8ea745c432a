"""Every picture of the pages is one the command takes, and what it takes is small; the delivery on them is exact."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import Path

import geopandas
import pytest
import shapely
from PIL import Image

from docs.deliveries import grown, write_delivery, zones
from docs.screenshots import IMAGES, LAPTOP, MAX_BYTES, SHOTS, main, small
from tests.docs.pages import ROOT, links, pages
from tests.test_offsets import gcj02_by_hand

PLAN = ROOT / "geodata" / "ustc-silicon-valley"
TAKEN = [IMAGES / f"{name}.png" for name in SHOTS]


def linked() -> set[Path]:
    """The pictures of all pages."""
    found = {(page.parent / link).resolve() for page in pages() for link in links(page)}
    return {path for path in found if path.suffix == ".png"}


def test_every_picture_is_taken_by_the_command_and_every_one_taken_is_on_a_page_or_at_hand() -> None:
    assert linked() <= set(TAKEN)
    assert {path for path in TAKEN if not path.is_file()} == set()
    assert set(IMAGES.glob("*.png")) == set(TAKEN)


def test_the_pages_of_the_app_are_all_pictured_in_its_documentation() -> None:
    text = (ROOT / "docs" / "app.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[[^\]]+\]\(#[^)]+\) \| `(\w+)` \|", text, flags=re.MULTILINE)
    source = (ROOT / "geoplan" / "ui" / "pages" / "__init__.py").read_text(encoding="utf-8")
    assert rows == re.findall(r'^    "(\w+)": Page\(', source, flags=re.MULTILINE)
    for page in rows:
        assert f"images/{page}.png" in text, page


@pytest.mark.parametrize("path", TAKEN, ids=lambda path: path.stem)
def test_a_picture_is_of_a_laptop_and_small(path: Path) -> None:
    content = path.read_bytes()
    assert len(content) < MAX_BYTES <= 150_000
    assert struct.unpack(">II", content[16:24]) == (LAPTOP["width"], LAPTOP["height"])


def test_all_pictures_together_are_below_two_megabytes() -> None:
    assert sum(path.stat().st_size for path in TAKEN) < 2_000_000


def test_a_picture_keeps_its_size_and_few_colours() -> None:
    picture = io.BytesIO()
    Image.effect_noise((60, 40), 90).convert("RGB").save(picture, "PNG")
    with Image.open(io.BytesIO(small(picture.getvalue()))) as made:
        assert made.size == (60, 40)
        assert made.mode == "P"


def test_a_name_that_is_no_picture_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["map", "maps"])
    assert ended.value.code == 2
    assert "there is no picture maps" in capsys.readouterr().err


def test_a_square_grows_by_the_area_asked_for() -> None:
    square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)]
    assert grown(square, 1, 30.0) == [(0.0, 0.0), (13.0, 0.0), (13.0, 10.0), (0.0, 10.0), (0.0, 0.0)]


def test_a_delivery_is_shifted_in_gbk_and_says_nothing_of_its_encoding(tmp_path: Path) -> None:
    path = write_delivery(tmp_path / "new.zip", PLAN, 4_000.0)
    with zipfile.ZipFile(path) as archive:
        members = {Path(name).suffix: archive.read(name) for name in archive.namelist()}
    assert set(members) == {".shp", ".shx", ".dbf", ".prj"}
    assert "核心区".encode("gbk") in members[".dbf"]
    first = geopandas.read_file(f"zip://{path}", encoding="gbk").geometry[0].exterior.coords[0]
    bundled = geopandas.read_file(PLAN / "zones.geojson").geometry[0].exterior.coords[0]
    assert first == pytest.approx(gcj02_by_hand(*bundled), abs=1e-9)


def test_only_the_core_area_grows_and_by_what_was_asked_for() -> None:
    before, after = geopandas.read_file(PLAN / "zones.geojson").to_crs(4548), zones(PLAN, 4_000.0).to_crs(4548)
    gained = [shapely.area(new) - shapely.area(old) for old, new in zip(before.geometry, after.geometry, strict=True)]
    assert gained == pytest.approx([4_000.0, 0.0, 0.0, 0.0], abs=0.1)

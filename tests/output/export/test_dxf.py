"""The drawing as ezdxf reads it: sound by its auditor, in metres, a layer per zone, closed lines and holes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import ezdxf
import pytest
from ezdxf.document import Drawing
from ezdxf.math import area

from geoplan.errors import UsageError
from geoplan.output.export import export_bytes
from geoplan.output.export.dxf_file import layer_name, text_value
from geoplan.read import read_zones
from tests.output.export.ground import EAST, NORTH, squares

HOSTILE = 'a<b>/\\":;?*|=,`c'


def drawing(view: Any, **options: str) -> Drawing:
    content = export_bytes(view, "dxf", **options).content  # type: ignore[arg-type]
    return ezdxf.read(io.StringIO(content.decode("utf-8")))


def test_the_auditor_finds_nothing_to_mend(tmp_path: Path) -> None:
    audit = drawing(squares(tmp_path)).audit()
    assert [str(error.message) for error in audit.errors] == []
    assert [str(fix.message) for fix in audit.fixes] == []


def test_units_are_metres_and_text_is_utf8(tmp_path: Path) -> None:
    found = drawing(squares(tmp_path))
    assert (found.header["$INSUNITS"], found.header["$MEASUREMENT"], found.dxfversion) == (6, 1, "AC1021")
    assert found.output_encoding == "utf-8"


def test_every_ring_is_a_closed_line_on_the_layer_of_its_zone(tmp_path: Path) -> None:
    lines = drawing(squares(tmp_path)).modelspace().query("LWPOLYLINE")
    assert all(line.closed for line in lines)
    sizes = [(line.dxf.layer, abs(area(list(line.vertices())))) for line in lines if line.dxf.layer in "ab"]
    # Zone a: 1000 m × 1000 m with a hole of 200 m × 200 m; zone b: 500 m × 1000 m and 100 m × 100 m.
    assert sizes == [("a", 1_000_000.0), ("a", 40_000.0), ("b", 500_000.0), ("b", 10_000.0)]


def test_x_is_east_and_y_is_north(tmp_path: Path) -> None:
    first = drawing(squares(tmp_path)).modelspace().query("LWPOLYLINE").first
    assert (EAST, NORTH) in [tuple(vertex) for vertex in first.vertices()]


def test_a_finding_is_drawn_on_the_layer_of_its_severity(tmp_path: Path) -> None:
    (gap,) = drawing(squares(tmp_path)).modelspace().query('LWPOLYLINE[layer=="findings error"]')
    assert abs(area(list(gap.vertices()))) == pytest.approx(40_000.0)  # the hole of zone a


def test_zones_are_labelled_and_a_note_says_what_the_drawing_is(tmp_path: Path) -> None:
    found = drawing(squares(tmp_path, other="Beta"), language="zh")
    texts = {text.dxf.text: text.dxf.layer for text in found.modelspace().query("TEXT")}
    assert texts["核心区"] == "labels zones"
    assert any(text.startswith("示意边界") and layer == "note" for text, layer in texts.items())
    assert any("EPSG:4548" in text for text in texts)


def test_attributes_are_extended_data_on_the_first_line_of_a_zone(tmp_path: Path) -> None:
    first, second, *_ = drawing(squares(tmp_path)).modelspace().query("LWPOLYLINE")
    data = [value for code, value in first.get_xdata("GEOPLAN") if code == 1000]
    assert {"id=a", "name_zh=核心区", "status=indicative"} <= set(data)
    assert any(value.startswith(("area_m2=960000.0", "area_m2=959999.99")) for value in data)
    assert not second.has_xdata("GEOPLAN")


def test_indicative_boundaries_are_dashed_and_official_ones_are_not(tmp_path: Path) -> None:
    for status, line in (("indicative", "GEOPLAN_DASHED"), ("official", "Continuous")):
        layer = drawing(squares(tmp_path, plan=status, status=status)).layers.get("a")
        assert layer.dxf.linetype == line
        assert layer.rgb == (0x00, 0x72, 0xB2)


def test_hostile_names_make_no_layer_and_no_control_code(tmp_path: Path) -> None:
    assert layer_name(HOSTILE) == "a_b" + 12 * "_" + "c"
    assert layer_name("长" * 100) == "长" * 40  # 120 bytes
    assert layer_name("\u202e") == "_"
    assert text_value("100%%d ^J \\U+0041") == "100%%%%%%d ^ J ＼U+0041"
    found = drawing(squares(tmp_path, other="</x>%%d^J"))
    assert found.audit().errors == []


def test_a_place_that_is_nowhere_is_not_drawn_and_it_is_told(tmp_path: Path) -> None:
    made = export_bytes(squares(tmp_path, facilities=("Here", "Nowhere")), "dxf")
    assert [(layer.name, layer.features) for layer in made.layers] == [("zones", 2), ("facilities", 1), ("findings", 1)]
    told = [loss.message.en for loss in made.losses]
    assert "1 without a place: not in the file, since DXF cannot hold them" in told
    assert any(one.startswith("2 with holes or several parts") for one in told)


@pytest.mark.parametrize("code", ["EPSG:4490", "+proj=utm +zone=50 +datum=WGS84 +units=us-ft"])
def test_degrees_and_feet_are_refused(code: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="in metres of a projected system"):
        export_bytes(squares(tmp_path), "dxf", crs=code, layer="facilities")


def test_geoplan_reads_each_ring_as_a_polygon_named_after_its_layer(tmp_path: Path) -> None:
    path = tmp_path / "out.dxf"
    path.write_bytes(export_bytes(squares(tmp_path), "dxf", layer="zones").content)
    layer = read_zones(path, crs="EPSG:4548")
    assert list(layer.text("name")) == ["a", "a", "b", "b"]
    assert [shape.area for shape in layer.geometry] == [1_000_000.0, 40_000.0, 500_000.0, 10_000.0]

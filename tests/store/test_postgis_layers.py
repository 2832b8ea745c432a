"""What a team sees in PostGIS: typed layers with their system, a spatial index and styles."""

from __future__ import annotations

import pytest

from tests.helpers import square
from tests.store.conftest import ServerBackend
from tests.store.drafts import FACILITIES, FINDINGS, draft, squares, zones_of


@pytest.fixture
def published(server_backend: ServerBackend) -> ServerBackend:
    store = server_backend.open()
    store.publish("valley", draft(squares(2), findings=FINDINGS), parent=None)
    fields = {"100%?": [1.5, None, 2.0], "done": [True, None, False]}
    store.publish("valley", draft(zones_of(squares(3), **fields), findings=FINDINGS, facilities=FACILITIES), parent=1)
    return server_backend


def test_every_layer_is_typed_with_its_geometry_and_system(published: ServerBackend) -> None:
    rows = published.ask("SELECT f_table_name, type, srid FROM geometry_columns WHERE f_table_schema = 'geoplan'")
    assert sorted(rows) == [
        ("facilities_valley", "POINT", 4326),
        ("findings_line_valley", "MULTILINESTRING", 4548),
        ("findings_point_valley", "MULTIPOINT", 4548),
        ("findings_polygon_valley", "MULTIPOLYGON", 4548),
        ("zones_valley", "MULTIPOLYGON", 4548),
    ]


def test_the_current_zones_can_be_asked_in_sql(published: ServerBackend) -> None:
    assert published.ask("SELECT id, name_zh, done, ST_Area(geom) FROM zones_valley ORDER BY fid") == [
        ("z1", "区域 z1", True, 10_000.0),
        ("z2", "区域 z2", None, 10_000.0),
        ("z3", "区域 z3", False, 10_000.0),
    ]
    ((name, kind),) = published.ask(
        "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = 'zones_valley'::regclass AND attname LIKE '100%'"
    )
    assert (name, kind) == ("100%?", "double precision")
    assert published.ask("SELECT ST_X(geom), zone, accuracy_m FROM facilities_valley WHERE id = 'lab'") == [
        (117.25, "z1", 50.0)
    ]
    assert published.ask('SELECT "check", expected FROM findings_unplaced_valley') == [("area-total", "8.22")]


def test_every_layer_has_a_key_and_a_spatial_index(published: ServerBackend) -> None:
    rows = published.ask("SELECT indexdef FROM pg_indexes WHERE tablename = 'zones_valley'")
    assert sorted(definition.split(" USING ")[1] for (definition,) in rows) == ["btree (fid)", "gist (geom)"]


def test_styles_lie_where_qgis_looks_for_them_once_per_layer(published: ServerBackend) -> None:
    rows = published.ask(
        "SELECT f_table_name, useasdefault, (xpath('/qgis/renderer-v2/@type', styleqml))[1]::text "
        "FROM public.layer_styles WHERE f_table_schema = 'geoplan' ORDER BY 1"
    )
    assert [row for row in rows if "findings" not in row[0]] == [
        ("facilities_valley", True, "categorizedSymbol"),
        ("zones_valley", True, "singleSymbol"),
    ]
    assert len(rows) == 5


def test_a_style_of_the_team_s_own_is_left_alone(published: ServerBackend) -> None:
    published.plainly(
        "INSERT INTO public.layer_styles (f_table_schema, f_table_name, stylename, description) "
        "VALUES ('geoplan', 'zones_valley', 'ours', 'with labels')"
    )
    published.open().publish("valley", draft(), parent=2)
    assert published.ask("SELECT count(*) FROM public.layer_styles WHERE stylename = 'ours'") == [(1,)]


def test_a_system_without_a_code_is_one_the_database_can_transform(server_backend: ServerBackend) -> None:
    store = server_backend.open()
    crs = "+proj=tmerc +lon_0=117.25 +k=1 +x_0=500000 +ellps=GRS80 +units=m"
    layer = zones_of({"z1": square(500_000, 3_500_000, 100)}, crs=crs)
    for parent in (None, 1):
        store.publish("valley", draft(layer), parent=parent)
    assert server_backend.ask("SELECT count(*) FROM spatial_ref_sys WHERE auth_name = 'geoplan'") == [(1,)]
    ((lon,),) = server_backend.ask(
        "SELECT ST_X(ST_PointN(ST_ExteriorRing(ST_GeometryN(ST_Transform(geom, 4326), 1)), 1)) FROM zones_valley"
    )
    assert lon == pytest.approx(117.25, abs=1e-9)

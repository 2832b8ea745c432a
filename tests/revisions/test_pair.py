"""Two revisions side by side: put together of what differs and what does not, each is as it was published."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geoplan.errors import StoreError
from geoplan.plan import Plan, load_plan
from geoplan.revisions.pair import pair_of
from geoplan.store import open_store
from geoplan.zones import ZoneLayer
from tests.helpers import EAST, NORTH, square
from tests.store.drafts import draft, squares, zones_of


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    folder = tmp_path / "valley"
    folder.mkdir()
    (folder / "plan.toml").write_text('format = 1\nid = "valley"\nname = "Valley"\nstatus = "draft"\n', "utf-8")
    return load_plan(folder)


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A store of four revisions: squares; another order, one grown, one gone and one new; another field; degrees."""
    address = str(tmp_path / "store.gpkg")
    store = open_store(address)
    for place, layer in enumerate((zones_of(FIRST), zones_of(SECOND), zones_of(SECOND, use=["R", "G", "B"]), DEGREES)):
        store.publish("valley", draft(layer), parent=place or None)
    store.close()
    return address


FIRST = squares(3)
SECOND = {"z4": square(EAST, NORTH - 200, 30), "z3": FIRST["z3"], "z1": square(EAST, NORTH, 50)}
DEGREES = zones_of({"z1": square(117.2, 31.8, 0.01)}, crs="EPSG:4490")


def exact(layer: ZoneLayer | None) -> list[tuple[str, bytes]]:
    assert layer is not None
    return list(zip(layer.text("id"), shapely.to_wkb(layer.geometry).tolist(), strict=True))


def published(shapes: dict[str, BaseGeometry]) -> list[tuple[str, bytes]]:
    return [(zone, shapely.to_wkb(shape)) for zone, shape in shapes.items()]


@pytest.mark.parametrize(
    ("numbers", "sides"),
    [((1, 2), (FIRST, SECOND)), ((2, 1), (SECOND, FIRST)), ((2, 2), (SECOND, SECOND))],
)
def test_each_side_has_its_own_zones_in_its_own_order(
    plan: Plan,
    address: str,
    numbers: tuple[int, int],
    sides: tuple[dict[str, BaseGeometry], dict[str, BaseGeometry]],
) -> None:
    pair = pair_of(plan, *numbers, address)
    assert [exact(pair.before), exact(pair.after)] == [published(shapes) for shapes in sides]
    assert pair.before is not None
    assert pair.before.text("name_zh") == tuple(f"区域 {zone}" for zone in sides[0])
    assert pair.before.source.features == len(sides[0])


def test_what_is_the_same_on_both_sides_is_held_once(plan: Plan, address: str) -> None:
    pair = pair_of(plan, 1, 2, address)
    assert pair.before is not None
    assert pair.after is not None
    assert pair.before.geometry[2] is pair.after.geometry[1]


@pytest.mark.parametrize("numbers", [(2, 3), (3, 4), (4, 1)])
def test_revisions_with_other_fields_or_another_system_have_nothing_in_common(
    plan: Plan, address: str, numbers: tuple[int, int]
) -> None:
    pair = pair_of(plan, *numbers, address)
    shapes = {1: FIRST, 2: SECOND, 3: SECOND, 4: {"z1": DEGREES.geometry[0]}}
    assert [exact(pair.before), exact(pair.after)] == [published(shapes[number]) for number in numbers]


def test_a_plan_folder_without_zones_is_an_empty_side(plan: Plan, address: str) -> None:
    pair = pair_of(plan, 0, 1, address)
    assert pair.before is None
    assert exact(pair.after) == published(FIRST)


def test_a_revision_that_is_not_there_is_one_line(plan: Plan, address: str) -> None:
    with pytest.raises(StoreError, match=r"has no revision 9\. Its revisions are 1 to 4"):
        pair_of(plan, 9, 1, address)

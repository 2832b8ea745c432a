"""What several workers come to is what one machine comes to: every finding, every digit, in the same order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.checks import Subject
from geoplan.output.documents import check_document, dumps
from geoplan.plan import load_plan
from geoplan.plan.rules import AreaDeclaredRule, AreaMinimumRule, PlainRule
from geoplan.types import AreaMethod, Tolerance
from geoplan.workflow import FileOptions, Source, check_layer, measure_layer, open_plan
from geoplan.zones import ZoneLayer
from tests.distributed.layers import LAYERS, STRICT, checked, fabric, measured, numbered, shuffled, spread_over
from tests.helpers import EAST, NORTH, make_layer, rectangle, square

PLANS = sorted(path.parent for path in (Path(__file__).parents[2] / "geodata").glob("*/plan.toml"))


@pytest.mark.parametrize("name", LAYERS)
def test_a_check_and_a_measurement_are_those_of_one_machine_however_the_layer_is_cut(name: str) -> None:
    layer = LAYERS[name]()
    alone = checked(layer)
    for parts in (1, 2, 3, 7):
        assert checked(layer, make=spread_over(parts)) == alone
    assert measured(layer, make=spread_over(3)) == measured(layer)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.name)
def test_every_plan_that_comes_with_geoplan_is_checked_alike(path: Path) -> None:
    plan = load_plan(path)
    alone, together = open_plan(plan), open_plan(plan, make=spread_over(2))
    assert dumps(check_document(together.result)) == dumps(check_document(alone.result))

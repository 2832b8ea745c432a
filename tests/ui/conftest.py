"""The two bundled plans, opened once: one with boundaries, one that waits for them."""

from __future__ import annotations

import pytest

from geoplan.workflow import PlanView, open_plan


@pytest.fixture(scope="session")
def valley() -> PlanView:
    return open_plan("ustc-silicon-valley")


@pytest.fixture(scope="session")
def wisdom() -> PlanView:
    return open_plan("aust-wisdom-valley")

"""What must hold of every finding, and the same layer written differently, as exports of one data set are."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geoplan.checks.outcome import Outcome
from geoplan.types import Finding


def assert_bilingual(*findings: Finding) -> None:
    """Hold every message to both languages: there, different, and without text that was never filled in."""
    assert findings
    for finding in findings:
        english, chinese = finding.message.en, finding.message.zh
        assert english.strip()
        assert chinese.strip()
        assert english != chinese
        assert any("一" <= character <= "鿿" for character in chinese)
        assert english[0].isupper() or english.startswith(finding.zones)
        assert english.endswith(".")
        assert chinese.endswith("。")
        for text in (english, chinese):
            assert "None" not in text
            assert "{" not in text
            assert "nan" not in text.lower().replace("naninghua", "")


def ids(outcome: Outcome) -> set[str]:
    """Return the ids of the findings, each of which must be its own."""
    found = [finding.id for finding in outcome.findings]
    assert len(set(found)) == len(found)
    return set(found)


def rewritten(geometry: BaseGeometry, seed: int = 7) -> BaseGeometry:
    """Return the same polygon with its rings begun elsewhere and turned round, and its parts in another order."""
    chance = random.Random(seed)
    if isinstance(geometry, MultiPolygon):
        return MultiPolygon([rewritten(part, seed) for part in reversed(geometry.geoms)])
    assert isinstance(geometry, Polygon)

    def turned(ring: BaseGeometry) -> list[tuple[float, ...]]:
        points = [tuple(point) for point in shapely.get_coordinates(ring)[:-1]]
        start = chance.randrange(1, len(points))
        return (points[start:] + points[:start])[::-1]

    return Polygon(turned(geometry.exterior), [turned(ring) for ring in geometry.interiors])


def assert_ids_survive_a_reexport(
    run: Callable[[Sequence[BaseGeometry], Sequence[str]], Outcome], *zones: Polygon
) -> None:
    """Hold the ids to staying the same when rings are rotated and reversed and features reordered."""
    names = [f"zone-{number}" for number in range(len(zones))]
    before = ids(run(zones, names))
    assert before
    assert ids(run([rewritten(zone) for zone in zones], names)) == before
    assert ids(run(list(reversed(zones)), names[::-1])) == before

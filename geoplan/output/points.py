"""Points counted per zone as a JSON document (`geoplan.points/1`) and as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import numpy as np

from geoplan.crs import code_of
from geoplan.output import figures
from geoplan.output.columns import table
from geoplan.output.documents import Document, finite, input_document, text_document
from geoplan.output.escape import for_terminal
from geoplan.output.labels import crs_sentence, method_sentence, status_sentence
from geoplan.output.page import BOLD, DIM, Page
from geoplan.plan import Plan
from geoplan.point_counts import PointCounts
from geoplan.types import InputInfo, Text

POINTS_SCHEMA = "geoplan.points/1"

_MAX_ROWS = 100  # zones listed for people; with more, the ones with most points
_MOST_FILLED = 20
_MAX_CATEGORIES = 40


class Counted(Protocol):
    """What is shown: `counting.CountedPoints` is one; this module lies below it and cannot name it."""

    @property
    def plan(self) -> Plan | None:
        """Return the plan, None for a file of its own."""

    @property
    def zones(self) -> InputInfo:
        """Return where the zones come from."""

    @property
    def counts(self) -> PointCounts:
        """Return the counts."""


def points_document(view: Counted) -> Document:
    """Return the document of points per zone (schema `geoplan.points/1`), ready for `documents.dumps`.

    Areas are in m² by the method named, densities per km², distances in m; null where unknown. `zones` is an
    iterator, since a city has a million of them.
    """
    counts, plan = view.counts, view.plan
    return {
        "schema": POINTS_SCHEMA,
        "plan": None if plan is None else {"id": plan.id, "name": text_document(plan.name), "status": plan.status},
        "input": input_document(view.zones),
        "points": input_document(counts.points) | {"category_field": counts.category_field},
        "method": {
            "name": counts.ground.subject.method.value,
            "projected": code_of(counts.ground.crs),
            "text": text_document(_method(counts)),
        },
        "category": counts.only,
        "total": counts.total,
        "inside": counts.inside,
        "several": counts.several,
        "outside": counts.outside,
        "no_place": counts.no_place,
        "unlocated": counts.unlocated,
        "categories": [{"category": category, "count": number} for category, number in counts.per_category().items()],
        "zones": _zones(counts),
    }


def render_points(view: Counted, *, language: str = "en", width: int = 80, colour: bool = False) -> str:
    """Return points per zone as text: all zones where they are few, else the ones with most, and what is nowhere."""
    page, counts = Page.of(language, width, colour=colour), view.counts
    lines = [*_headline(page, view)]
    order, title = _order(page, counts)
    lines += page.titled(title, _ruled(page, *_zone_rows(page, counts, order)))
    lines += page.titled(page.say("All points", "全部点"), _ruled(page, *_total_rows(page, counts)))
    kinds = counts.per_category()
    if counts.category_field is not None and kinds:
        lines += page.titled(
            page.say("In zones, by category", "各分区内，按类别"), _ruled(page, *_kind_rows(page, kinds))
        )
    return "\n".join(lines) + "\n"


def _headline(page: Page, view: Counted) -> Iterator[str]:
    plan, counts = view.plan, view.counts
    if plan is not None:
        yield from page.wrapped(f"{page.get(plan.name)} ({for_terminal(plan.id)})", BOLD)
        yield from page.wrapped(page.get(status_sentence(plan.status)))
    elif view.zones.path:
        yield from page.wrapped(for_terminal(view.zones.path), BOLD)
    path = for_terminal(counts.points.path)
    only = "" if counts.only is None else page.say(", category ", "，类别 ") + for_terminal(counts.only)
    yield from page.labelled(page.say("points", "点"), f"{path}{only}; {page.get(crs_sentence(counts.points))}")
    yield from page.labelled(page.say("areas", "面积"), page.get(_method(counts)))
    yield from page.wrapped(
        page.say(
            "A point on a shared border or in overlapping zones counts in each of them.",
            "位于公共边界或重叠分区内的点计入每个相关分区。",
        )
    )


def _order(page: Page, counts: PointCounts) -> tuple[list[int], str]:
    """Return which zones to list, and the title that says which."""
    number = len(counts.labels)
    if number <= _MAX_ROWS:
        return list(range(number)), page.say("Points by zone", "各分区的点")
    most = np.argsort(-counts.count, kind="stable")[:_MOST_FILLED].tolist()
    return most, page.say(
        f"The {len(most)} zones with most points, of {number:,} (all: --json)",
        f"点最多的 {len(most)} 个分区，共 {number:,} 个（全部：--json）",
    )


def _zone_rows(page: Page, counts: PointCounts, order: list[int]) -> tuple[list[str], list[list[str]]]:
    header = [page.say("zone", "分区"), "km²", page.say("points", "点"), page.say("per km²", "每 km²")]
    density, rows = counts.per_km2, []
    if counts.nearest_m is not None:
        header.append(page.say("nearest m", "最近 m"))
    for place in order:
        row = [
            page.get(counts.ground.name(counts.labels[place])),
            figures.square_kilometres(finite(counts.area_m2[place]), page.language),
            f"{counts.count[place]:,}",
            figures.number(finite(density[place]), 2, page.language),
        ]
        if counts.nearest_m is not None:
            row.append(figures.number(finite(counts.nearest_m[place]), 1, page.language))
        rows.append(row)
    return header, rows


def _total_rows(page: Page, counts: PointCounts) -> tuple[list[str], list[list[str]]]:
    header = [page.say("points", "点"), page.say("number", "数量")]
    said = [
        (page.say("in zones", "位于分区内"), counts.inside),
        (page.say("  of these in several zones", "  其中位于多个分区"), counts.several),
        (page.say("outside all zones", "各分区之外"), counts.outside),
        (page.say("coordinates that are no place", "坐标无效"), counts.no_place),
        (page.say("without geometry", "无几何"), counts.unlocated),
        (page.say("total", "合计"), counts.total),
        (page.say("zones without any point", "没有点的分区"), int(np.count_nonzero(counts.count == 0))),
    ]
    if counts.nearest_m is not None and np.isfinite(counts.nearest_m).any():
        farthest = figures.number(float(np.nanmax(counts.nearest_m)), 1, page.language)
        label = page.say("farthest zone from any point, m", "距最近点最远的分区，m")
        return header, [*([what, f"{number:,}"] for what, number in said), [label, farthest]]
    return header, [[what, f"{number:,}"] for what, number in said]


def _kind_rows(page: Page, kinds: Mapping[str, int]) -> tuple[list[str], list[list[str]]]:
    header = [page.say("category", "类别"), page.say("points", "点")]
    nameless = page.say("without a category", "未分类")
    rows = [[for_terminal(kind) or nameless, f"{number:,}"] for kind, number in list(kinds.items())[:_MAX_CATEGORIES]]
    left = len(kinds) - len(rows)
    if left:
        rows.append([page.say(f"… {left:,} more (--json)", f"…另有 {left:,} 个（--json）"), ""])
    return header, rows


def _ruled(page: Page, header: list[str], rows: list[list[str]]) -> Iterator[str]:
    first, *lines = table(header, rows, page.width)
    yield page.paint(first, DIM)
    yield from lines


def _zones(counts: PointCounts) -> Iterator[Document]:
    """Yield the row of each zone; its categories are those of which there is a point in it."""
    density = counts.per_km2.tolist()
    nearest = [None] * len(density) if counts.nearest_m is None else counts.nearest_m.tolist()
    present = np.ascontiguousarray(counts.by_category.T > 0)
    zone, kind = np.nonzero(present)
    numbers = counts.by_category[kind, zone].tolist()
    begins = np.searchsorted(zone, np.arange(len(density) + 1)).tolist()
    kinds, names = kind.tolist(), counts.categories
    for place, (label, area, count) in enumerate(
        zip(counts.labels, counts.area_m2.tolist(), counts.count.tolist(), strict=True)
    ):
        here = range(begins[place], begins[place + 1])
        yield {
            "id": label,
            "name": text_document(counts.ground.name(label)),
            "area_m2": finite(area),
            "count": count,
            "per_km2": finite(density[place]),
            "nearest_m": finite(nearest[place]),
            "categories": [{"category": names[kinds[one]], "count": numbers[one]} for one in here],
        }


def _method(counts: PointCounts) -> Text:
    subject = counts.ground.subject
    return method_sentence(subject.method, code_of(subject.projected), official_rounding=subject.official_rounding)

"""Service coverage and facility counts as JSON documents (`geoplan.service/1`, `geoplan.facilities/1`) and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from geoplan.crs import code_of
from geoplan.facility_counts import FacilityCounts, PlacedFacility
from geoplan.ground import Opened
from geoplan.output import figures
from geoplan.output.columns import table
from geoplan.output.documents import Document, finite, geojson, text_document
from geoplan.output.escape import for_terminal
from geoplan.output.labels import method_sentence, status_sentence
from geoplan.output.page import BOLD, DIM, Page
from geoplan.output.style import SEVERITY_STYLES
from geoplan.service import LIVING_CIRCLES, SCREENING, ServiceCoverage, ZoneService
from geoplan.types import M2_PER_KM2, Facility, Severity, Text

SERVICE_SCHEMA = "geoplan.service/1"
FACILITIES_SCHEMA = "geoplan.facilities/1"

_MAX_ROWS = 100  # of a table for people; the document has them all


def service_document(view: Opened, found: ServiceCoverage) -> Document:
    """Return the document of service coverage (schema `geoplan.service/1`), ready for `documents.dumps`.

    Areas are in m² by the plan's method, shares from 0 to 1; `high` is null where an accuracy is unknown. Geometry
    is GeoJSON in longitude and latitude.
    """
    return {
        "schema": SERVICE_SCHEMA,
        "plan": _plan(view),
        "category": {"id": found.category, "name": text_document(_category(view, found.category))},
        "radius_m": found.radius_m,
        "norm": text_document(LIVING_CIRCLES.get(found.radius_m)),
        "screening": text_document(SCREENING),
        "method": _method(view),
        "crs": code_of(found.crs),
        "cautions": [text_document(caution) for caution in found.cautions],
        "total": _served(found.total),
        "zones": [_served(row) for row in found.zones],
        "groups": [_served(row) for row in found.groups],
        "uncovered": [
            {"zone": piece.zone, "area_m2": finite(piece.area_m2), "geometry": geojson(piece.geometry, found.crs)}
            for piece in found.uncovered
        ],
        "tolerated": found.tolerated,
        "tolerated_m2": finite(found.tolerated_m2),
        "counted": [_facility(facility) for facility in found.counted],
        "unlocated": [_facility(facility) for facility in found.unlocated],
    }


def facilities_document(view: Opened, counts: FacilityCounts) -> Document:
    """Return the document of facility counts (schema `geoplan.facilities/1`), ready for `documents.dumps`.

    Densities are per km² of the zone. A facility that lies in several zones counts in each, and once in `inside`.
    """
    return {
        "schema": FACILITIES_SCHEMA,
        "plan": _plan(view),
        "method": _method(view),
        "total": len(counts.placed),
        "inside": counts.inside,
        "outside": counts.outside,
        "unlocated": counts.unlocated,
        "zones": [
            {
                "id": zone.id,
                "name": text_document(zone.name),
                "area_m2": finite(zone.area_m2),
                "count": zone.count,
                "sure": zone.sure,
                "possible": zone.possible,
                "stated": zone.stated,
                "per_km2": finite(zone.per_km2()),
                "categories": [
                    {"category": name, "count": number, "per_km2": finite(zone.per_km2(name))}
                    for name, number in sorted(zone.by_category.items())
                ],
            }
            for zone in counts.zones
        ],
        "facilities": [_placed(one) for one in counts.placed],
    }


def render_service(
    view: Opened, found: ServiceCoverage, *, language: str = "en", width: int = 80, colour: bool = False
) -> str:
    """Return service coverage as text: the label, cautions, one row per zone with its range, the largest gaps."""
    page = Page.of(language, width, colour=colour)
    lines = [*_headline(page, view)]
    kind, radius = page.get(_category(view, found.category)), figures.compact(found.radius_m, language)
    norm = LIVING_CIRCLES.get(found.radius_m)
    said = page.say(f"{kind} within {radius} m", f"{kind}，{radius} m 以内")
    lines += page.wrapped(f"{said} ({page.get(norm)})" if norm else said, BOLD)
    lines += page.wrapped(page.get(SCREENING))
    for caution in found.cautions:
        mark = page.say("Caution: ", "注意：")
        lines += page.wrapped(f"{mark}{page.get(caution)}", SEVERITY_STYLES[Severity.WARNING].ansi, "  ")
    lines += page.titled(page.say("Covered", "覆盖"), _served_rows(page, found))
    lines += page.titled(_pieces_title(page, found), _pieces(page, found))
    return "\n".join(lines) + "\n"


def render_facilities(
    view: Opened, counts: FacilityCounts, *, language: str = "en", width: int = 80, colour: bool = False
) -> str:
    """Return facility counts as text: one row per zone with its density and range, and what is misplaced."""
    page = Page.of(language, width, colour=colour)
    lines = [*_headline(page, view)]
    header = [page.say("zone", "分区"), "km²", page.say("facilities", "设施"), page.say("per km²", "每 km²")]
    header += [page.say("sure–possible", "确定–可能"), page.say("named here", "注明在此")]
    rows = [
        [
            page.get(zone.name),
            figures.square_kilometres(zone.area_m2, language),
            f"{zone.count:,}",
            figures.number(zone.per_km2(), 2, language),
            f"{zone.sure:,}–{zone.possible:,}",
            f"{zone.stated:,}",
        ]
        for zone in counts.zones
    ]
    rows += [
        [page.say("outside all zones", "各分区之外"), "", f"{counts.outside:,}", "", "", ""],
        [page.say("not located", "未定位"), "", f"{counts.unlocated:,}", "", "", ""],
    ]
    lines += page.titled(page.say("Facilities by where they lie", "按实际位置统计的设施"), _ruled(page, header, rows))
    if counts.misplaced:
        title = page.say("Not in the zone they name", "不在注明分区内")
        lines += page.titled(title, (line for one in counts.misplaced for line in _misplaced(page, one)))
    return "\n".join(lines) + "\n"


def _headline(page: Page, view: Opened) -> Iterator[str]:
    yield from page.wrapped(f"{page.get(view.plan.name)} ({for_terminal(view.plan.id)})", BOLD)
    yield from page.wrapped(page.get(status_sentence(view.plan.status)))


def _served_rows(page: Page, found: ServiceCoverage) -> Iterator[str]:
    language = page.language
    header = [page.say("zone", "分区"), page.say("covered", "覆盖率"), page.say("by accuracy", "精度区间")]
    header += [page.say("covered km²", "已覆盖 km²"), page.say("uncovered km²", "未覆盖 km²")]

    def row(served: ZoneService) -> list[str]:
        low, high = (figures.share(value, language) for value in (served.low, served.high))
        return [
            page.get(served.name),
            figures.share(served.share, language),
            f"{low} – {high}",
            figures.square_kilometres(served.covered_m2, language),
            figures.square_kilometres(served.uncovered_m2, language),
        ]

    return _ruled(page, header, [row(served) for served in (*found.zones, *found.groups, found.total)], (3,))


def _pieces_title(page: Page, found: ServiceCoverage) -> str:
    area = figures.square_kilometres(sum(piece.area_m2 for piece in found.uncovered), page.language)
    title = page.say(
        f"Uncovered: {len(found.uncovered):,} pieces, {area} km²", f"未覆盖：{len(found.uncovered):,} 块，{area} km²"
    )
    if not found.tolerated:
        return title
    rest = figures.square_metres(found.tolerated_m2, page.language)
    more = page.say(
        f"; {found.tolerated:,} more within the tolerance, {rest} m²", f"；容差内另有 {found.tolerated:,} 块，{rest} m²"
    )
    return title + more


def _pieces(page: Page, found: ServiceCoverage) -> Iterator[str]:
    if not found.uncovered:
        return iter(())
    names = {zone.id: zone.name for zone in found.zones}
    header = [page.say("zone", "分区"), "km²", page.say("longitude, latitude", "经度，纬度")]
    rows = []
    for piece in found.uncovered:
        inside = geojson(piece.geometry.representative_point(), found.crs)
        lon, lat = inside["coordinates"] if inside else (float("nan"),) * 2
        area = figures.number(piece.area_m2 / M2_PER_KM2, 4, page.language)
        rows.append([page.get(names[piece.zone]), area, f"{lon:.5f}, {lat:.5f}"])
    return _ruled(page, header, rows)


def _misplaced(page: Page, one: PlacedFacility) -> Iterator[str]:
    name, stated = page.get(one.facility.name), for_terminal(one.stated or "")
    if one.distance_m is None:
        said = page.say(f"{name}: names {stated}, which does not exist", f"{name}：注明的分区 {stated} 不存在")
    else:
        metres = figures.number(one.distance_m, 0, page.language)
        said = page.say(f"{name}: {metres} m outside {stated}", f"{name}：位于 {stated} 之外 {metres} m")
    yield from page.wrapped(said, "", "  ")


def _ruled(page: Page, header: list[str], rows: Sequence[list[str]], droppable: tuple[int, ...] = ()) -> Iterator[str]:
    shown = list(rows[:_MAX_ROWS])
    left = len(rows) - len(shown)
    if left:
        shown.append([page.say(f"… {left:,} more (--json)", f"…另有 {left:,} 个（--json）")] + [""] * (len(header) - 1))
    first, *lines = table(header, shown, page.width, droppable)
    yield page.paint(first, DIM)
    yield page.paint("─" * max(cell_len(line) for line in (first, *lines)), DIM)
    yield from lines


def _served(row: ZoneService) -> Document:
    return {
        "id": row.id,
        "name": text_document(row.name),
        "area_m2": finite(row.area_m2),
        "covered_m2": finite(row.covered_m2),
        "share": finite(row.share),
        "low": finite(row.low),
        "high": finite(row.high),
    }


def _placed(one: PlacedFacility) -> Document:
    return _facility(one.facility) | {
        "inside": list(one.inside),
        "stated": one.stated,
        "standing": one.standing.value,
        "distance_m": finite(one.distance_m),
    }


def _facility(facility: Facility) -> Document:
    point = facility.point
    return {
        "id": facility.id,
        "name": text_document(facility.name),
        "category": facility.category,
        "lon": None if point is None else finite(point.x),
        "lat": None if point is None else finite(point.y),
        "accuracy_m": finite(facility.accuracy_m),
    }


def _plan(view: Opened) -> Document:
    return {"id": view.plan.id, "name": text_document(view.plan.name), "status": view.plan.status}


def _method(view: Opened) -> Document | None:
    measured = view.result.measurement
    if measured is None:
        return None
    said = method_sentence(measured.method, measured.projected, official_rounding=measured.official_rounding)
    return {"name": measured.method.value, "projected": measured.projected, "text": text_document(said)}


def _category(view: Opened, category: str) -> Text:
    named = next((entry.name for entry in view.plan.categories if entry.id == category), None)
    return named or (Text.same(category) if category else Text("without a category", "未分类"))

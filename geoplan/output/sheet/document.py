"""Everything a sheet says, in one value: the first page's map and panel, the tables behind it, the notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from geoplan.crs import code_of
from geoplan.output import labels, style
from geoplan.output.handover import TOOL, Facts, category_colours, category_name, facts_of
from geoplan.output.sheet.drawing import Drawn, drawn
from geoplan.output.sheet.grid import degrees
from geoplan.output.sheet.ground import Frame, Ground, frame_of, ground_of
from geoplan.output.sheet.layout import Layout, layout_of
from geoplan.output.sheet.options import SheetOptions
from geoplan.output.sheet.tables import all_tables, zone_colours
from geoplan.output.sheet.values import Cell, Lines, Speaker, Table, cell, shown
from geoplan.output.sheet.words import STAMPS, WORDS
from geoplan.types import Severity, Text
from geoplan.workflow import PlanView

Fact = tuple[Lines, Lines]


@dataclass(frozen=True)
class Sheet:
    """A sheet before it is set: `picture` is None without a place to show, `tables` begin with the areas."""

    view: PlanView
    options: SheetOptions
    speaker: Speaker
    layout: Layout
    ground: Ground
    picture: Drawn | None
    tables: tuple[Table, ...]
    day: date

    @property
    def frame(self) -> Frame | None:
        """Return the map's window, None without a map."""
        return self.picture.frame if self.picture else None

    @property
    def title(self) -> Lines:
        """Return the title: the one asked for, else the plan's name."""
        return self.speaker.name(self.options.title or self.view.plan.name)

    @property
    def stamp(self) -> Lines:
        """Return what the boundaries are worth, as it is stamped on the sheet."""
        reference = self.view.result.plan
        if self.view.layer is None and reference is not None:
            return self.speaker.say(labels.loaded_sentence(0, reference.declared))
        return self.speaker.say(STAMPS.get(self.view.plan.status, Text.same(self.view.plan.status)))

    @property
    def facts(self) -> Facts:
        """Return what every file made of the plan says about itself."""
        return facts_of(self.view)


def sheet_of(view: PlanView, options: SheetOptions) -> Sheet:
    """Return what a sheet of an opened plan says and shows."""
    speaker, layout, ground = Speaker(options.language), layout_of(options), ground_of(view)
    if not options.facilities:
        ground = Ground(ground.crs, ground.zones, np.empty(0, dtype=object))
    frame = frame_of(ground, layout.map.w, layout.map.h, options.scale)
    colours = category_colours(view)
    spots = [colours[facility.category] for facility in view.facilities] if options.facilities else []
    picture = None
    if frame is not None:
        picture = drawn(frame, ground, zone_colours(view), spots, view.plan.status)
    tables = all_tables(view, speaker, findings=options.findings)
    day = options.day or datetime.now(UTC).date()
    return Sheet(view, options, speaker, layout, ground, picture, tables, day)


def legend(sheet: Sheet) -> tuple[Cell, ...]:
    """Return the legend: zones, the line of boundaries, categories on the map, accuracy circle, findings."""
    say, view, picture = sheet.speaker, sheet.view, sheet.picture
    rows: list[Cell] = []
    measured = view.result.measurement
    if measured is not None:
        for zone, colour in zip(measured.zones, zone_colours(view), strict=True):
            name = zone.name if zone.name.en or zone.name.zh else Text.same(zone.id)
            rows.append(cell(say.name(name), mark="zone", colour=colour))
        key = f"boundary_{view.plan.status}"
        rows.append(cell(say.word(key), mark="line"))
    if picture is None:
        return tuple(rows)
    colours = category_colours(view)
    shown = {one.category for one, spot in zip(view.facilities, picture.spots, strict=False) if not np.isnan(spot[0])}
    rows += [
        cell(say.name(category_name(view.plan, category)), mark="dot", colour=colours[category])
        for category in sorted(shown)
    ]
    if shown and sheet.options.accuracy:
        rows.append(cell(say.word("accuracy_circle"), mark="ring"))
    if sheet.options.findings and any(finding.geometry is not None for finding in view.result.findings):
        rows.append(cell(say.word("finding"), mark="finding", colour=style.SEVERITY_STYLES[Severity.ERROR].text))
    return tuple(rows)


def facts(sheet: Sheet) -> tuple[Fact, ...]:
    """Return projection, where the boundaries come from and the area method, as label and value."""
    say, measured = sheet.speaker, sheet.view.result.measurement
    found: list[Fact] = []
    crs = sheet.ground.crs
    code = code_of(crs)
    found.append((say.word("projection"), (shown(crs.name, 90),) + ((code,) if code != crs.name else ())))
    if measured is not None:
        if measured.input is not None and measured.input.crs is not None:
            found.append((say.word("input"), say.say(labels.crs_sentence(measured.input))))
        method = labels.method_sentence(
            measured.method, measured.projected, official_rounding=measured.official_rounding
        )
        found.append((say.word("method"), say.say(method)))
    return tuple(found)


def title_block(sheet: Sheet) -> tuple[Fact, ...]:
    """Return the title block: revision and its hash, author, date, review number (empty when there is none)."""
    say, origin = sheet.speaker, sheet.facts.origin
    moment = (_moment(sheet),) if sheet.view.revision else ()
    number = (shown(sheet.options.review_number, 60),) if sheet.options.review_number else ()
    author = (shown(sheet.options.author, 80),) if sheet.options.author else ()
    return (
        (say.word("revision"), (*say.say(origin), *moment)),
        (say.word("author"), author),
        (say.word("sheet_date"), (sheet.day.isoformat(),)),
        (say.word("review_number"), number),
    )


def _moment(sheet: Sheet) -> str:
    """Return when the revision was published, in UTC whatever zone its record is written in; else as it is written."""
    published, revision = sheet.facts.published, sheet.view.revision
    if published is not None:
        return f"{published.replace(tzinfo=None).isoformat(' ')} UTC"
    return shown(revision.time, 40) if revision else ""


def notes(sheet: Sheet) -> Iterator[Lines]:
    """Yield what a reader must know besides: what the boundaries are worth, what is not on the map, whence it is."""
    say, view, picture = sheet.speaker, sheet.view, sheet.picture
    yield say.say(labels.status_sentence(view.plan.status, awaited=view.layer is None))
    if view.plan.summary is not None:
        yield say.say(view.plan.summary)
    verdict = labels.verdict_sentence(view.result)
    yield say.say(Text(f"Checks: {verdict.en}.", f"检查：{verdict.zh}。"))
    yield from (say.say(text) for text in _absent(sheet))
    if picture is not None:
        factor = f"{picture.frame.scale_factor:.6f}"
        yield say.say(
            Text(
                f"Drawn in the plane of {code_of(sheet.ground.crs)}; one metre of ground is {factor} m of its grid "
                "at the centre of the map.",
                f"按 {code_of(sheet.ground.crs)} 平面绘制；图幅中心处地面 1 米对应网格 {factor} 米。",
            )
        )
    known = sheet.facts
    if known.hash is not None:
        yield say.say(Text(f"Revision hash {known.hash}.", f"版本哈希 {known.hash}。"))
    if known.sha256 is not None:
        yield say.say(Text(f"SHA-256 of the boundary file {known.sha256}.", f"边界文件 SHA-256：{known.sha256}。"))
    yield say.say(Text(f"Made with {TOOL}.", f"由 {TOOL} 生成。"))


def north_sentence(frame: Frame) -> Text:
    """Return that grid north is up, and by how much true north differs at the centre of the map."""
    angle = frame.convergence
    amount = degrees(abs(angle), "  ").strip()
    if round(abs(angle) * 3600) == 0:
        return Text(
            "Grid north is up; true north is the same at the centre.", "上方为坐标北；图幅中心真北与坐标北一致。"
        )
    side = Text("east", "东") if angle > 0 else Text("west", "西")
    return Text(
        f"Grid north is up; at the centre true north lies {amount} {side.en} of it (convergence).",
        f"上方为坐标北；图幅中心真北偏{side.zh} {amount}（子午线收敛角）。",
    )


def scale_text(scale: int) -> str:
    """Return a scale as 1:25,000."""
    return f"1:{scale:,}"


def _absent(sheet: Sheet) -> Iterator[Text]:
    """Yield what belongs to the plan and is not on the map."""
    ground, picture = sheet.ground, sheet.picture
    reference = sheet.view.result.plan
    if reference is not None and reference.loaded < reference.declared:
        yield labels.loaded_sentence(reference.loaded, reference.declared)
    nowhere = sum(facility.point is None for facility in sheet.view.facilities)
    if nowhere:
        yield Text(
            f"{nowhere} of {len(sheet.view.facilities)} facilities are not located: listed, not on the map.",
            f"{len(sheet.view.facilities)} 处设施中有 {nowhere} 处未定位：仅列表，不上图。",
        )
    if picture is None:
        yield WORDS["no_place"]
        return
    zones = sum(a is not None and b is None for a, b in zip(ground.zones, picture.shapes, strict=True))
    spots = sum(a is not None and np.isnan(b[0]) for a, b in zip(ground.places, picture.spots, strict=True))
    bounds, box = ground.bounds, picture.frame.box
    if bounds and (bounds[0] < box[0] or bounds[1] < box[1] or bounds[2] > box[2] or bounds[3] > box[3]):
        outside = Text(
            f"Not all of the plan fits at {scale_text(picture.frame.scale)}: {zones} zones and {spots} "
            "facilities lie wholly outside the map, others may be cut at its edge.",
            f"按 {scale_text(picture.frame.scale)} 无法容纳全部内容：{zones} 个分区和 {spots} 处设施完全在图外，"
            "其他内容可能在图边被截断。",
        )
        yield outside

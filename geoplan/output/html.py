"""A check as one self-contained page: no script, no network, both languages, for screens and A4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from geoplan.output import figures, labels
from geoplan.output.drawing import Atlas
from geoplan.output.escape import clip, visible
from geoplan.output.style import ACCEPTED, INK, MUTED_INK, OUTLINE, PASSED, SEVERITY_STYLES, zone_colour
from geoplan.result import CheckResult, GroupMeasure, Measurement, PublishedFigure
from geoplan.types import VERSION, CheckRun, Finding, Severity, Text
from geoplan.zones import ZoneLayer

if TYPE_CHECKING:
    from jinja2 import Environment

MAX_FINDINGS = 500
MAX_ZONES = 500
MAX_MAPS = 200
MAPS_BYTES = 1_000_000  # of drawings in one page
_LONGEST_TEXT = 400
_MARKS = 200


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the area table: texts in both languages, a colour for zones, a kind for the style."""

    name: Text
    id: str
    colour: str | None
    km2: Text
    hectares: Text
    mu: Text
    share: Text
    bar: float
    kind: str = "zone"


@dataclass(frozen=True, slots=True)
class _Tile:
    """One headline figure: what it is, the figure, what it rests on."""

    label: Text
    figure: Text
    note: Text


@dataclass(frozen=True, slots=True)
class _Card:
    """One finding as shown: its number in the page, its words and its drawing."""

    number: int
    finding: Finding
    kind: str
    severity: Text
    title: Text
    figures: Text
    accepted: Text | None
    zones: tuple[tuple[str, Text], ...]
    map: Markup


def render_html(result: CheckResult, layer: ZoneLayer | None = None, *, language: str = "en") -> str:
    """Return the page of a check; `language` is the one it opens in, the other is a click away.

    With the `layer` each finding is drawn on its zones. At most 500 findings are listed and 200 drawn,
    and what is left out is said, so that the page stays below 2 MB.
    """
    atlas = Atlas(result, layer)
    cards = _cards(result, atlas)
    measurement = result.measurement
    overview = atlas.overview((card.number, card.finding) for card in cards[:_MARKS])
    source = measurement.input if measurement else None
    return (
        _environment()
        .get_template("check.html.j2")
        .render(
            result=result,
            language="zh" if language.startswith("zh") else "en",
            rows=_rows(measurement) if measurement else [],
            tiles=_tiles(result),
            runs=[
                (run, labels.check_title(run.check), labels.run_sentence(run), _run_kind(run, result))
                for run in result.checked
            ],
            cards=cards,
            drawn=sum(bool(card.map) for card in cards),
            placed=sum(f.geometry is not None and not f.geometry.is_empty for f in result.findings),
            overview=Markup(overview),  # noqa: S704 - drawn by Atlas, which escapes names
            source=source,
            crs=labels.crs_sentence(source) if source else None,
            method=_method(measurement) if measurement else None,
            status=labels.status_sentence(result.plan.status, awaited=measurement is None) if result.plan else None,
            verdict=labels.verdict_sentence(result),
            others=labels.others_sentence(result),
            tolerance=labels.tolerance_sentence(result.tolerance),
            version=VERSION,
            styles=_styles(),
            ink={"ink": INK, "muted": MUTED_INK, "outline": OUTLINE},
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - only this report needs it

    return Environment(
        loader=PackageLoader("geoplan.output", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    """Make every text that goes into the page visible and finite; Jinja escapes it after this."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return clip(visible(value), _LONGEST_TEXT)
    return value


def _both(write: Callable[[str], str]) -> Text:
    return Text(write("en"), write("zh"))


def _area_row(name: Text, area: float | None, share: Text, bar: float | None, **rest: str | None) -> _Row:
    return _Row(
        name=name,
        id=rest.get("id") or "",
        colour=rest.get("colour"),
        km2=_both(partial(figures.square_kilometres, area)),
        hectares=_both(partial(figures.hectares, area)),
        mu=_both(partial(figures.mu, area)),
        share=share,
        bar=round(100 * min(max(bar or 0.0, 0.0), 1.0), 2),
        kind=rest.get("kind") or "zone",
    )


def _rows(measurement: Measurement) -> list[_Row]:
    rows = [
        _area_row(
            zone.name if zone.name.en else Text.same(zone.id),
            zone.area_m2(measurement.method),
            _both(partial(figures.percent, zone.percent)),
            zone.share,
            id=zone.id,
            colour=zone_colour(place),
        )
        for place, zone in enumerate(measurement.zones[:MAX_ZONES])
    ]
    left = len(measurement.zones) - len(rows)
    if left:
        more = Text(f"… and {left:,} more, listed in the JSON report", f"…另有 {left:,} 个，见 JSON 报告")
        rows.append(_area_row(more, None, Text.same(""), None, kind="rest"))
    known = [zone.percent for zone in measurement.zones if zone.percent is not None]
    whole = _both(partial(figures.percent, sum(round(p * 100) for p in known) / 100)) if known else Text.same("")
    rows.append(_area_row(Text("Total", "合计"), measurement.total_m2, whole, None, kind="total"))
    return rows + [_group_row(group) for group in measurement.groups]


def _group_row(group: GroupMeasure) -> _Row:
    name = Text(f"of which {group.name.en}", f"其中：{group.name.zh}")
    return _area_row(name, group.area_m2, _both(partial(figures.share, group.share)), group.share, kind="group")


def _tiles(result: CheckResult) -> list[_Tile]:
    """Return the headline figures of the page, at most five."""
    tiles: list[_Tile] = []
    measurement, plan = result.measurement, result.plan
    tiles += [_published_tile(figure) for figure in result.published if figure.check != "zone-count"][:3]
    if measurement is not None and not tiles:
        area = _both(lambda language: f"{figures.square_kilometres(measurement.total_m2, language)} km²")
        tiles.append(_Tile(Text("Total area", "总面积"), area, labels.METHOD_LABELS[measurement.method]))
        note = Text("of the total area", "占总面积")
        tiles += [_Tile(g.name, _both(partial(figures.share, g.share)), note) for g in measurement.groups[:2]]
    if plan is not None:
        loaded = Text(f"{plan.loaded} of {plan.declared}", f"{plan.loaded} / {plan.declared}")
        known = labels.STATUS_LABELS.get(plan.status, Text.same(plan.status))
        status = known if measurement is not None else labels.AWAITED_NOTE
        tiles.append(_Tile(Text("Boundaries loaded", "已加载边界"), loaded, status))
    elif measurement is not None:
        count = Text.same(f"{len(measurement.zones):,}")
        tiles.append(_Tile(Text("Features", "要素"), count, Text.same("")))
    found = Text.same(f"{len(result.findings):,}")
    return [*tiles, _Tile(Text("Findings", "发现"), found, _both(partial(_by_severity, result)))]


def _published_tile(figure: PublishedFigure) -> _Tile:
    """Return a published figure as measured, with what was published and whether the two agree."""
    verdict = labels.HOLDS_LABELS[figure.holds]
    return _Tile(
        figure.label,
        _both(partial(figures.quantity, figure.measured, figure.unit)),
        Text(f"{verdict.en}: published {figure.published.en}", f"{verdict.zh}：公布 {figure.published.zh}"),
    )


def _by_severity(result: CheckResult, language: str) -> str:
    counts = Counter(finding.severity for finding in result.findings if finding.accepted is None)
    return " · ".join(f"{labels.SEVERITY_LABELS[s].get(language)} {counts[s]:,}" for s in Severity)


def _cards(result: CheckResult, atlas: Atlas) -> list[_Card]:
    cards, drawn, size = [], 0, 0
    for number, finding in enumerate(result.findings[:MAX_FINDINGS], start=1):
        svg = atlas.close_up(finding) if drawn < MAX_MAPS and size < MAPS_BYTES else ""
        drawn, size = drawn + bool(svg), size + len(svg)
        cards.append(
            _Card(
                number=number,
                finding=finding,
                kind="accepted" if finding.accepted else finding.severity.value,
                severity=labels.SEVERITY_LABELS[finding.severity],
                title=labels.check_title(finding.check),
                figures=labels.finding_figures(finding),
                accepted=labels.accepted_sentence(finding.accepted) if finding.accepted else None,
                zones=tuple((zone, result.names.get(zone, Text.same(zone))) for zone in finding.zones[:20]),
                map=Markup(svg),  # noqa: S704 - drawn by Atlas, which escapes names
            )
        )
    return cards


def _run_kind(run: CheckRun, result: CheckResult) -> str:
    """Return how a check looks: skipped, passed, or as its worst finding that is not accepted."""
    if run.skipped is not None and not run.examined and not run.findings:
        return "accepted"
    worst = [finding.severity for finding in result.findings if finding.check == run.check and not finding.accepted]
    return min(worst, key=lambda severity: severity.rank).value if worst else "passed"


def _method(measurement: Measurement) -> Text:
    return labels.method_sentence(
        measurement.method, measurement.projected, official_rounding=measurement.official_rounding
    )


def _styles() -> dict[str, object]:
    by_name = {severity.value: style for severity, style in SEVERITY_STYLES.items()}
    return {**by_name, "passed": PASSED, "accepted": ACCEPTED}

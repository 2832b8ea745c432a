"""Results as plain text for a terminal or a log: no line wider than asked, colours only when asked.

With and without `colour` the text is the same but for the escapes. Names from files cannot move the cursor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len

from geoplan.output import figures
from geoplan.output.columns import clip_cells, pad, table, wrap
from geoplan.output.escape import for_terminal
from geoplan.output.labels import (
    HOLDS_LABELS,
    METHOD_LABELS,
    SEVERITY_LABELS,
    accepted_sentence,
    crs_sentence,
    finding_figures,
    loaded_sentence,
    method_sentence,
    others_sentence,
    run_sentence,
    status_sentence,
    tolerance_sentence,
    verdict_sentence,
)
from geoplan.output.page import BOLD, DIM, Page
from geoplan.output.style import ACCEPTED, PASSED, SEVERITY_STYLES
from geoplan.result import CheckResult, Measurement, ZoneMeasure
from geoplan.types import AreaMethod, CheckRun, Finding, InputInfo, Severity

MAX_ROWS = 100  # zones in a table; a city has a million parcels
MAX_FINDINGS = 500  # as in the HTML report; the worst come first


def render_check(result: CheckResult, *, language: str = "en", width: int = 80, colour: bool = False) -> str:
    """Return the result of a check as text, ending in one line with the verdict and the tolerance.

    `width` is in terminal cells, at least 40. The text ends with a line break.
    """
    page = Page.of(language, width, colour=colour)
    lines = [*_headline(page, result)]
    if result.measurement is not None and result.measurement.zones:
        lines += _areas(page, result.measurement)
    if result.published:
        lines += page.titled(page.say("Published figures", "公布数据"), _published(page, result))
    lines += page.titled(page.say("Checks", "检查项"), _runs(page, result.checked))
    if result.findings:
        title = page.say("Findings", "发现") + f" ({len(result.findings):,})"
        lines += page.titled(title, _findings(page, result.findings))
    if result.lapsed:
        lines += page.titled(page.say("Lapsed acceptances", "已失效的认可"), _lapsed(page, result))
    lines += ["", *_verdict(page, result)]
    return "\n".join(lines) + "\n"


def render_measure(measurement: Measurement, *, language: str = "en", width: int = 80, colour: bool = False) -> str:
    """Return a measurement as text: three methods side by side in m², then other units, differences, perimeters."""
    page = Page.of(language, width, colour=colour)
    lines = [*_input(page, measurement.input)]
    lines += page.titled(page.say("Area in m² by three methods", "三种方法的面积（m²）"), _methods(page, measurement))
    lines += page.wrapped(_method_note(page, measurement), DIM)
    lines += page.titled(_chosen(page, measurement), _units(page, measurement))
    title = page.say("Difference from the ellipsoidal method, and perimeter", "与椭球面积之差及周长")
    lines += page.titled(title, _differences(page, measurement))
    if measurement.warning is not None:
        warning = page.say("Warning: ", "警告：") + page.get(measurement.warning)
        lines += ["", *page.wrapped(warning, SEVERITY_STYLES[Severity.WARNING].ansi)]
    return "\n".join(lines) + "\n"


def _headline(page: Page, result: CheckResult) -> Iterator[str]:
    plan = result.plan
    if plan is not None:
        yield from page.wrapped(f"{page.get(plan.name)} ({for_terminal(plan.id)})", BOLD)
        awaited = result.measurement is None
        ansi = SEVERITY_STYLES[Severity.WARNING].ansi if plan.status == "indicative" and not awaited else ""
        yield from page.wrapped(page.get(status_sentence(plan.status, awaited=awaited)), ansi)
    source = result.measurement.input if result.measurement else None
    if source is not None:
        yield from _input(page, source)
    if plan is not None:
        loaded = page.get(loaded_sentence(plan.loaded, plan.declared))
        yield from page.labelled(page.say("zones", "分区"), loaded)


def _input(page: Page, source: InputInfo | None) -> Iterator[str]:
    label = page.say("input", "输入")
    if source is None:
        yield from page.labelled(label, page.get(figures.UNKNOWN))
        return
    parts = [for_terminal(source.path)]
    if source.layer is not None:
        parts.append(page.say("layer ", "图层 ") + for_terminal(source.layer))
    plural = "" if source.features == 1 else "s"
    parts.append(page.say(f"{source.features:,} feature{plural}", f"{source.features:,} 个要素"))
    if source.sha256 is not None:
        parts.append(f"sha256 {source.sha256[:12]}")
    yield from page.labelled(label, ", ".join(parts))
    yield from page.labelled(page.say("crs", "坐标系"), page.get(crs_sentence(source)))


def _areas(page: Page, measurement: Measurement) -> Iterator[str]:
    yield from page.titled(page.say("Areas", "面积"), _units(page, measurement, decimals=4))
    yield from page.wrapped(_method_note(page, measurement), DIM)
    if measurement.warning is not None:
        yield from page.wrapped(page.get(measurement.warning), SEVERITY_STYLES[Severity.WARNING].ansi)


def _method_note(page: Page, measurement: Measurement) -> str:
    sentence = method_sentence(
        measurement.method, measurement.projected, official_rounding=measurement.official_rounding
    )
    return for_terminal(page.say("method: ", "方法：") + sentence.get(page.language))


def _chosen(page: Page, measurement: Measurement) -> str:
    method = METHOD_LABELS[measurement.method]
    return page.say(f"Area by the {method.en} method", f"面积（{method.zh}）")


def _units(page: Page, measurement: Measurement, decimals: int = 6) -> Iterator[str]:
    """Yield the zones with their area in km², ha and mu and their share, the total, and the groups."""
    language = page.language
    header = [page.say("zone", "分区"), "km²", figures.unit("ha", language), figures.unit("mu", language)]
    header.append(page.say("share", "占比"))

    def row(name: str, area: float | None, share: str) -> list[str]:
        return [
            name,
            figures.square_kilometres(area, language, decimals),
            figures.hectares(area, language),
            figures.mu(area, language),
            share,
        ]

    rows = [
        row(_zone(page, zone), zone.area_m2(measurement.method), figures.percent(zone.percent, language))
        for zone in measurement.zones[:MAX_ROWS]
    ]
    # Shares are apportioned to 100.00 % of all zones, shown or not.
    shown = figures.percent(100.0, language) if any(z.percent is not None for z in measurement.zones) else ""
    total = row(page.say("total", "合计"), measurement.total_m2, shown)
    groups = [
        row(page.say("of which ", "其中：") + page.get(g.name), g.area_m2, figures.share(g.share, language))
        for g in measurement.groups
    ]
    # English readers keep hectares, Chinese readers mu, when there is no room for both.
    droppable = (2, 3) if language.startswith("zh") else (3, 2)
    shortened = _shortened(page, rows, measurement)
    yield from _ruled(page, header, [*shortened, total, *groups], len(groups) + 1, droppable)


def _methods(page: Page, measurement: Measurement) -> Iterator[str]:
    language = page.language
    header = [page.say("zone", "分区"), *(METHOD_LABELS[method].get(language) for method in AreaMethod)]
    rows = [
        [_zone(page, zone), *(figures.square_metres(zone.area_m2(method), language) for method in AreaMethod)]
        for zone in measurement.zones[:MAX_ROWS]
    ]
    totals = [figures.square_metres(measurement.totals.get(method), language) for method in AreaMethod]
    yield from _ruled(
        page, header, [*_shortened(page, rows, measurement), [page.say("total", "合计"), *totals]], 1, (2,)
    )


def _differences(page: Page, measurement: Measurement) -> Iterator[str]:
    """Yield how far the other methods are from the ellipsoidal one, in m² and in parts per million."""
    language = page.language
    header = [
        page.say("zone", "分区"),
        page.say("geodesic m²", "测地线 m²"),
        "ppm",
        page.say("planar m²", "平面 m²"),
        "ppm",
        page.say("perimeter m", "周长 m"),
    ]

    def row(name: str, areas: dict[AreaMethod, float | None], perimeter: str) -> list[str]:
        base = areas[AreaMethod.ELLIPSOIDAL]
        cells = [name]
        for method in (AreaMethod.GEODESIC, AreaMethod.PLANAR):
            other = areas[method]
            difference = None if base is None or other is None else other - base
            relative = None if difference is None or not base else difference / base * 1e6
            cells += [figures.number(difference, 2, language), figures.number(relative, 3, language)]
        return [*cells, perimeter]

    rows = [
        row(_zone(page, zone), {m: zone.area_m2(m) for m in AreaMethod}, figures.number(zone.perimeter_m, 2, language))
        for zone in measurement.zones[:MAX_ROWS]
    ]
    total = row(page.say("total", "合计"), {m: measurement.totals.get(m) for m in AreaMethod}, "")
    yield from _ruled(page, header, [*_shortened(page, rows, measurement), total], 1, (1, 3))


def _shortened(page: Page, rows: list[list[str]], measurement: Measurement) -> list[list[str]]:
    """Return the rows of the first zones, and one that says how many are left to the JSON document."""
    left = len(measurement.zones) - len(rows)
    if left == 0:
        return rows
    rest = page.say(f"… {left:,} more (--json)", f"…另有 {left:,} 个（--json）")
    return [*rows, [rest] + [""] * (len(rows[0]) - 1)]


def _ruled(
    page: Page, header: list[str], rows: list[list[str]], footer: int, droppable: tuple[int, ...]
) -> Iterator[str]:
    """Yield a table with a line under the header and one above the last `footer` rows."""
    lines = table(header, rows, page.width, droppable)
    rule = "─" * max(cell_len(line) for line in lines)
    yield page.paint(lines[0], DIM)
    yield page.paint(rule, DIM)
    yield from lines[1:-footer]
    yield page.paint(rule, DIM)
    yield from (page.paint(line, BOLD) for line in lines[-footer:])


def _zone(page: Page, zone: ZoneMeasure) -> str:
    return page.get(zone.name) or for_terminal(zone.id)


def _published(page: Page, result: CheckResult) -> Iterator[str]:
    """Yield each published figure with the measured one and the verdict, so that what holds is said as well."""
    for figure in result.published:
        ansi = {True: PASSED, False: SEVERITY_STYLES[Severity.ERROR], None: ACCEPTED}[figure.holds].ansi
        measured = figures.quantity(figure.measured, figure.unit, page.language)
        source = page.say(", source: ", "，来源：") + page.get(figure.source) if figure.source else ""
        text = page.say("published", "公布") + f" {page.get(figure.published)}{source}"
        label, verdict = page.get(figure.label), page.get(HOLDS_LABELS[figure.holds])
        yield from page.wrapped(f"  {label}: {measured} — {verdict}", ansi, "    ")
        yield from (f"    {line}" for line in wrap(text, page.width - 4))


def _lapsed(page: Page, result: CheckResult) -> Iterator[str]:
    for entry in result.lapsed:
        said = f"{for_terminal(entry.finding)}: {page.get(entry.why)} ({page.get(entry.acceptance.reason)})"
        yield from page.wrapped(f"  {said}", SEVERITY_STYLES[Severity.WARNING].ansi, "    ")


def _runs(page: Page, runs: Iterable[CheckRun]) -> Iterator[str]:
    runs = tuple(runs)
    if not runs:
        yield page.say("none ran", "未执行任何检查")
        return
    column = min(max(cell_len(for_terminal(run.check)) for run in runs), page.width // 2)
    for run in runs:
        ansi = DIM if run.skipped is not None else SEVERITY_STYLES[Severity.WARNING].ansi if run.findings else ""
        sentence = page.get(run_sentence(run))
        for place, line in enumerate(wrap(sentence, page.width - column - 4)):
            head = for_terminal(run.check) if place == 0 else ""
            yield f"  {pad(head, column)}  {page.paint(line, ansi) if ansi else line}"


def _findings(page: Page, findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings[:MAX_FINDINGS]:
        yield from _finding(page, finding)
    left = len(findings) - MAX_FINDINGS
    if left > 0:
        yield "  " + page.say(f"… {left:,} more (--json)", f"…另有 {left:,} 个（--json）")


def _finding(page: Page, finding: Finding) -> Iterator[str]:
    style = ACCEPTED if finding.accepted is not None else SEVERITY_STYLES[finding.severity]
    severity = SEVERITY_LABELS[finding.severity].get(page.language)
    tag = page.paint(severity, style.ansi)
    room = page.width - cell_len(severity) - 4
    identity = clip_cells(for_terminal(finding.id), room)
    zones = clip_cells(", ".join(for_terminal(zone) for zone in finding.zones), room - cell_len(identity) - 2)
    yield f"  {tag}  {identity}" + (f"  {page.paint(zones, DIM)}" if zones and zones != "…" else "")
    said = [page.get(finding.message), page.get(finding_figures(finding))]
    if finding.accepted is not None:
        said.append(page.get(accepted_sentence(finding.accepted)))
    for text in filter(None, said):
        for line in wrap(text, page.width - 4):
            yield f"    {line}"


def _verdict(page: Page, result: CheckResult) -> Iterator[str]:
    others = others_sentence(result)
    if others is not None:
        yield from page.wrapped(page.say("not failing: ", "不影响判定：") + others.get(page.language))
    style = PASSED if result.passed else SEVERITY_STYLES[Severity.ERROR]
    verdict, tolerance = verdict_sentence(result), tolerance_sentence(result.tolerance)
    yield from page.wrapped(page.say(f"{verdict.en}; {tolerance.en}", f"{verdict.zh}；{tolerance.zh}"), style.ansi)

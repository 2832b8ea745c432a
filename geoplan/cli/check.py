"""`geoplan check`: a plan, or any polygon file, held against rules and figures; the exit code is the verdict."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from geoplan.cli.engine import Engine, engine_of, engine_options
from geoplan.cli.options import Amount, shared
from geoplan.cli.progress import progress
from geoplan.cli.streams import Content, deliver, printable, require_writable
from geoplan.errors import UsageError
from geoplan.output import REPORTS
from geoplan.output.documents import write_check
from geoplan.output.labels import verdict_sentence
from geoplan.plan.rules import AreaDeclaredRule, BaseRule, PlainRule
from geoplan.result import CheckResult
from geoplan.types import Severity, Text, Tolerance
from geoplan.workflow import FileOptions, check_layer, open_plan
from geoplan.zones import ZoneLayer

# Options that only make sense without a plan, which has its own word on them.
FILE_ONLY = ("boundary", "declared_area", "area_tolerance", "width_tolerance", "gaps")


@click.command()
@click.argument("target", metavar="PLAN|FILE")
@click.option("--zones", type=click.Path(path_type=Path), metavar="FILE", help="Check these zones as the plan's.")
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="Check this revision, not the current one.")
@click.option("--store", metavar="ADDRESS", help="Store with the plan's revisions (default: GEOPLAN_STORE).")
@click.option("--boundary", type=click.Path(path_type=Path), metavar="FILE", help="Site boundary the zones must fill.")
@click.option("--declared-area", metavar="FIELD", help="Field with the area each feature declares, in m².")
@click.option("--area-tolerance", type=Amount(), metavar="M2", help="Tolerance in m² (default 1).")
@click.option("--width-tolerance", type=Amount(), metavar="M", help="Tolerance in m (default 0.01).")
@click.option("--gaps/--no-gaps", default=None, help="Report gaps between the zones (default: yes).")
@click.option("--report", type=click.Choice(sorted(REPORTS)), default="text", show_default=True, help="Kind of report.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="Least severity that fails the check.",
)
@engine_options
@shared
def check(target: str, zones: Path | None, report: str, fail_on: str, **options: Any) -> None:
    """Check a plan against what was published about it, or any polygon file on its own.

    \b
    geoplan check ustc-silicon-valley
    geoplan check parcels.gpkg --declared-area TBMJ --report html --output findings.html
    """
    kind = _report_kind(report, as_json=options["as_json"])
    output: Path | None = options["output"]
    if kind == "gpkg" and output is None:
        raise UsageError(
            Text("a GeoPackage cannot be printed.", "GeoPackage 无法直接输出到屏幕。"),
            where="--report gpkg",
            hint=Text("Name the file with --output.", "请用 --output 指定文件。"),
        )
    require_writable(output)
    terminal = output is None and sys.stdout.isatty()
    with progress(), engine_of(options) as engine:
        result, layer = _run(target, zones, Severity(fail_on), engine, options)
        content = _render(kind, result, layer, options["lang"], terminal=terminal)
        if callable(content) or not terminal:
            deliver(content, output)  # what is written piece by piece is also measured piece by piece
    if terminal and not callable(content):
        deliver(content, output)
    if output is not None:
        verdict = verdict_sentence(result)
        said = Text(f"{verdict.en}; written to {output}", f"{verdict.zh}；已写入 {output}")
        click.echo(printable(said.get(options["lang"])), err=True)
    raise click.exceptions.Exit(0 if result.passed else 1)


def _report_kind(report: str, *, as_json: bool) -> str:
    if as_json and report not in ("text", "json"):
        raise UsageError(
            Text(f"--json and --report {report} contradict each other.", f"--json 与 --report {report} 矛盾。"),
            hint=Text("Use one of them.", "请只用其一。"),
        )
    return "json" if as_json else report


def _run(
    target: str, zones: Path | None, fail_on: Severity, engine: Engine, options: dict[str, Any]
) -> tuple[CheckResult, ZoneLayer | None]:
    reading = {"layer": options["layer"], "crs": options["crs"]}
    if engine.means_plan(target):
        _refuse_file_options(options)
        if zones is None and any((*reading.values(), options["id_field"])):
            raise UsageError(
                Text("--layer, --crs and --id are about a file.", "--layer、--crs、--id 用于文件。"),
                hint=Text("Give the file with --zones.", "请用 --zones 指定文件。"),
            )
        _refuse_both(zones, options["revision"])
        source = engine.read(zones, **reading) if zones else None
        view = open_plan(
            target,
            zones=source,
            id_field=options["id_field"],
            fail_on=fail_on,
            revision=options["revision"],
            store=options["store"],
            make=engine.make,
        )
        return view.result, view.layer
    if zones is not None:
        raise UsageError(
            Text("--zones goes with a plan.", "--zones 用于规划。"),
            hint=Text(
                "Give the plan first: geoplan check PLAN --zones FILE.", "用法：geoplan check PLAN --zones FILE。"
            ),
        )
    if options["revision"] is not None or options["store"] is not None:
        raise UsageError(Text("--revision and --store go with a plan.", "--revision、--store 用于规划。"))
    layer = engine.read(target, **reading)
    chosen = _file_options(options)
    return check_layer(layer, chosen, id_field=options["id_field"], fail_on=fail_on, make=engine.make), layer


def _refuse_both(zones: Path | None, revision: int | None) -> None:
    if zones is not None and revision is not None:
        raise UsageError(
            Text("--zones and --revision contradict each other.", "--zones 与 --revision 矛盾。"),
            hint=Text("Use one of them.", "请只用其一。"),
        )


def _refuse_file_options(options: dict[str, Any]) -> None:
    given = [f"--{name.replace('_', '-')}" for name in FILE_ONLY if options[name] is not None]
    if given:
        raise UsageError(
            Text(f"{', '.join(given)}: not with a plan.", f"{'、'.join(given)} 不能与规划同用。"),
            hint=Text("Set it in plan.toml: [tolerance], [layers], [[rules]].", "请在 plan.toml 中设置。"),
        )


def _file_options(options: dict[str, Any]) -> FileOptions:
    default = Tolerance()
    area, width = options["area_tolerance"], options["width_tolerance"]
    tolerance = Tolerance(default.area_m2 if area is None else area, default.width_m if width is None else width)
    rules: list[BaseRule] = []
    if options["declared_area"]:
        rules.append(
            AreaDeclaredRule(check="area-declared", field=options["declared_area"], tolerance_m2=tolerance.area_m2)
        )
    if options["gaps"] is False:
        rules.append(PlainRule(check="gap", enabled=False))
    return FileOptions(boundary=options["boundary"], rules=tuple(rules), tolerance=tolerance)


def _render(kind: str, result: CheckResult, layer: ZoneLayer | None, language: str, *, terminal: bool) -> Content:
    if kind == "json":
        return partial(write_check, result)
    return REPORTS[kind](result, layer, language=language, colour=terminal)

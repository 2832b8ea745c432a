"""`geoplan service` and `geoplan facilities`: which ground facilities reach, and how many lie in each zone."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from geoplan.cli.engine import Engine, engine_of, engine_options
from geoplan.cli.options import is_plan, shared
from geoplan.cli.progress import progress
from geoplan.cli.reading import printing_options, show, store_option
from geoplan.cli.streams import deliver, require_writable
from geoplan.counting import CountedPoints, PointSource, count_in_layer, count_in_plan
from geoplan.errors import UsageError
from geoplan.facility_counts import count_facilities
from geoplan.output.json_text import write_json
from geoplan.output.points import points_document, render_points
from geoplan.output.service import facilities_document, render_facilities, render_service, service_document
from geoplan.read import read_zones
from geoplan.service import known_categories, radii_for, service_coverage
from geoplan.types import Text
from geoplan.workflow import PlanView, open_plan


@click.command()
@click.argument("plan", metavar="PLAN")
@click.option("--category", metavar="ID", help="Category of the facilities (needed when the plan has several).")
@click.option("--radius", type=float, metavar="M", help="Service radius in metres (default: the plan's first).")
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="Revision of the zones (default: current).")
@store_option
@printing_options
def service(plan: str, category: str | None, radius: float | None, revision: int | None, **options: Any) -> None:
    """Screen which ground the facilities of a category reach in a straight line, zone by zone.

    \b
    geoplan service ustc-silicon-valley --category university --radius 500
    geoplan service ustc-silicon-valley --category incubator --radius 1000 --json
    """
    with progress():
        view = open_plan(plan, revision=revision, store=options["store"])
        kind = category if category is not None else _only_category(view)
        found = service_coverage(view, kind, radius if radius is not None else radii_for(view.plan, kind)[0])
    show(partial(service_document, view, found), partial(render_service, view, found), options)


@click.command()
@click.argument("target", metavar="PLAN|FILE")
@click.option(
    "--points", type=click.Path(path_type=Path), metavar="FILE", help="Count these points, any number of them."
)
@click.option("--points-layer", metavar="NAME", help="Layer of the points, or file in a zip archive.")
@click.option("--points-crs", metavar="CODE", help="Coordinate system of the points, instead of what they declare.")
@click.option("--category-field", metavar="FIELD", help='Field with the category of a point (default: "category").')
@click.option("--category", metavar="ID", help="Count the points of this category only.")
@click.option("--nearest", is_flag=True, help="Also say how far each zone is from the nearest point.")
@click.option("--encoding", metavar="NAME", help="Encoding of the points' text, such as GB18030.")
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="Revision of the zones (default: current).")
@store_option
@engine_options
@shared
def facilities(target: str, points: Path | None, revision: int | None, **options: Any) -> None:
    """Count facilities per zone, with density.

    Those of a plan, by where they lie and which zone they name, or the points of any file, in the zones of
    a plan or of any polygon file.

    \b
    geoplan facilities ustc-silicon-valley
    geoplan facilities ustc-silicon-valley --points poi.parquet --json
    geoplan facilities parcels.gpkg --points poi.csv --points-crs EPSG:4490 --category-field type
    """
    output: Path | None = options["output"]
    require_writable(output)
    plan = is_plan(target)
    _refuse(points, plan, revision, options)
    with progress(), engine_of(options, edges=False) as engine:
        view = open_plan(target, revision=revision, store=options["store"]) if plan else None
        if points is not None:
            counted = _counted(target, view, points, engine, options)
        elif view is not None:
            counts = count_facilities(view)
    if points is not None:
        content = partial(write_json, points_document(counted)) if options["as_json"] else None
        deliver(content or render_points(counted, language=options["lang"], colour=_coloured(output)), output)
    elif view is not None:
        show(partial(facilities_document, view, counts), partial(render_facilities, view, counts), options, output)


def _counted(
    target: str, view: PlanView | None, points: Path, engine: Engine, options: dict[str, Any]
) -> CountedPoints:
    source = PointSource(
        path=points,
        layer=options["points_layer"],
        crs=options["points_crs"],
        category_field=options["category_field"],
        encoding=options["encoding"],
        category=options["category"],
        nearest=options["nearest"],
    )
    if view is not None:
        return count_in_plan(view, source, passes=engine.passes)
    layer = read_zones(target, layer=options["layer"], crs=options["crs"])
    return count_in_layer(layer, source, id_field=options["id_field"], passes=engine.passes)


def _coloured(output: Path | None) -> bool:
    return output is None and sys.stdout.isatty()


def _refuse(points: Path | None, plan: bool, revision: int | None, options: dict[str, Any]) -> None:
    """Refuse options that do not go with what is counted, and where."""
    if points is None:
        if not plan:
            raise UsageError(
                Text("a file has no facilities of its own.", "文件本身没有设施。"),
                where="--points",
                hint=Text(
                    "Name the file of points: geoplan facilities ZONES --points FILE.", "请用 --points 指定点文件。"
                ),
            )
        names = ("points_layer", "points_crs", "category_field", "category", "nearest", "encoding")
        _refuse_given(options, names, "go with --points", "与 --points 一起使用")
        if options["engine"] != "local":
            raise UsageError(Text("--engine dask goes with --points.", "--engine dask 与 --points 一起使用。"))
    if plan:
        _refuse_given(options, ("layer", "crs", "id_field"), "are about a file of zones", "用于分区文件")
    elif revision is not None or options["store"] is not None:
        raise UsageError(Text("--revision and --store go with a plan.", "--revision、--store 用于规划。"))


def _refuse_given(options: dict[str, Any], names: tuple[str, ...], why: str, zh: str) -> None:
    given = [
        f"--{name.removesuffix('_field') if name == 'id_field' else name.replace('_', '-')}"
        for name in names
        if options[name]
    ]
    if given:
        raise UsageError(Text(f"{', '.join(given)}: these options {why}.", f"{'、'.join(given)}：{zh}。"))


def _only_category(view: PlanView) -> str:
    known = known_categories(view)
    if len(known) == 1:
        return known[0]
    listed = ", ".join(known) or "–"
    raise UsageError(
        Text("the plan has no single facility category.", "规划的设施类别不唯一。"),
        where="--category",
        hint=Text(f"Name one of: {listed}.", f"请指定其一：{listed}。"),
    )

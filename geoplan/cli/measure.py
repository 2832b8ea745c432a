"""`geoplan measure`: areas by all three methods, side by side, with units, shares and how far they differ."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from geoplan.cli.engine import Engine, engine_of, engine_options
from geoplan.cli.options import shared
from geoplan.cli.progress import progress
from geoplan.cli.streams import deliver, require_writable
from geoplan.output import documents, text
from geoplan.plan import Plan, load_plan
from geoplan.result import Measurement
from geoplan.types import AreaMethod
from geoplan.workflow import measure_layer, own_zones
from geoplan.zones import ZoneLayer


@click.command()
@click.argument("target", metavar="PLAN|FILE")
@click.option(
    "--method",
    type=click.Choice([method.value for method in AreaMethod]),
    help="Method that totals and shares use (default: the plan's, else ellipsoidal).",
)
@click.option("--projected", metavar="CODE", help="Projected CRS to measure in (default: the usual one of the place).")
@click.option("--official-rounding", is_flag=True, help="Round as the land survey prescribes, at every step.")
@engine_options
@shared
def measure(target: str, method: str | None, projected: str | None, official_rounding: bool, **options: Any) -> None:
    """Measure the zones of a plan, or of any polygon file: m², ha, mu, km² and shares.

    \b
    geoplan measure ustc-silicon-valley
    geoplan measure parcels.shp --crs EPSG:4548 --official-rounding --json
    """
    output: Path | None = options["output"]
    require_writable(output)
    with progress(), engine_of(options, edges=False) as engine:
        plan, layer = _source(target, engine, projected, layer=options["layer"], crs=options["crs"])
        measurement = measure_layer(
            layer,
            plan=plan,
            method=AreaMethod(method) if method else None,
            projected=projected,
            official_rounding=official_rounding,
            id_field=options["id_field"],
            make=engine.make,
        )
        content = _render(measurement, options, colour=output is None and sys.stdout.isatty())
    deliver(content, output)


def _render(measurement: Measurement, options: dict[str, Any], *, colour: bool) -> str:
    if options["as_json"]:
        return documents.dumps(documents.measure_document(measurement))
    return text.render_measure(measurement, language=options["lang"], colour=colour)


def _source(target: str, engine: Engine, projected: str | None, **reading: str | None) -> tuple[Plan | None, ZoneLayer]:
    if not engine.means_plan(target):
        return None, engine.read(target, projected=projected, **reading)
    plan = load_plan(target)
    return plan, own_zones(plan, **reading)

"""`geoplan service` and `geoplan facilities`: which ground facilities reach, and how many lie in each zone."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from geoplan.cli.progress import progress
from geoplan.cli.reading import printing_options, show, store_option
from geoplan.errors import UsageError
from geoplan.facility_counts import count_facilities
from geoplan.output.service import facilities_document, render_facilities, render_service, service_document
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
@click.argument("plan", metavar="PLAN")
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="Revision of the zones (default: current).")
@store_option
@printing_options
def facilities(plan: str, revision: int | None, **options: Any) -> None:
    """Count the facilities of a plan per zone, with density, and find those not in the zone they name.

    \b
    geoplan facilities ustc-silicon-valley
    """
    with progress():
        view = open_plan(plan, revision=revision, store=options["store"])
        counts = count_facilities(view)
    show(partial(facilities_document, view, counts), partial(render_facilities, view, counts), options)


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

"""`geoplan inspect`: what a file is, before anything is done with it."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from geoplan.cli.progress import progress
from geoplan.cli.reading import printing_options, reading_of, reading_options, show, store_option
from geoplan.output.revisions import inspect_document, render_inspect
from geoplan.plan import load_plan
from geoplan.revisions import inspect_file


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--near", metavar="PLAN", help="Plan whose current boundaries the coordinates are held against.")
@reading_options
@store_option
@printing_options
def inspect(file: str, near: str | None, **options: Any) -> None:
    """Inspect a file: its format, layers, fields, encoding and coordinates, and how that is known.

    The exit code is 0 when the coordinate system is decided, 3 when a load would stop to ask.

    \b
    geoplan inspect update.zip --near ustc-silicon-valley
    geoplan inspect drawing.dxf --near ustc-silicon-valley --json
    """
    with progress():
        plan = load_plan(near) if near is not None else None
        found = inspect_file(file, plan, reading=reading_of(options), store=options["store"])
    show(partial(inspect_document, found), partial(render_inspect, found), options)
    raise click.exceptions.Exit(0 if found.crs.chosen is not None else 3)

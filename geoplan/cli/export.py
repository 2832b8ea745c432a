"""`geoplan export`: hand a plan over in the format another program reads, and say what that format cannot hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from geoplan.cli.progress import progress
from geoplan.cli.reading import printing_options, store_option
from geoplan.cli.streams import deliver, printable, require_writable
from geoplan.crs import code_of
from geoplan.output.documents import dumps
from geoplan.output.export import (
    EXPORT_FORMATS,
    LAYER_NAMES,
    LAYERS,
    Exported,
    export_bytes,
    export_document,
    format_for,
)
from geoplan.types import Text
from geoplan.workflow import open_plan


@click.command()
@click.argument("plan", metavar="PLAN")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(EXPORT_FORMATS)),
    help="Format to write (default: as the ending of --output says; shp is a zip).",
)
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="PATH", required=True, help="File to write; replaced if there."
)
@click.option(
    "--layer",
    type=click.Choice(list(LAYERS)),
    help="Layer to write (default: zones, or every layer in gpkg, kml, dxf and xlsx).",
)
@click.option("--crs", metavar="CODE", help="Coordinate system to write (default: the plan's, or the format's own).")
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="Export this revision, not the current one.")
@store_option
@printing_options
def export(plan: str, format_name: str | None, output: Path, **options: Any) -> None:
    """Hand a plan over as a file: zones with their areas, basis and status, facilities, network, findings.

    What a format cannot hold is told on standard error, and with --json in the document.

    \b
    geoplan export ustc-silicon-valley --output zones.gpkg
    geoplan export ustc-silicon-valley --format shp --output zones.zip --crs EPSG:4490
    geoplan export ustc-silicon-valley --layer facilities --output facilities.geojson --json
    """
    chosen, advice = format_for(output, format_name)
    require_writable(output)
    with progress():
        view = open_plan(plan, revision=options["revision"], store=options["store"])
        made = export_bytes(view, chosen.name, layer=options["layer"], crs=options["crs"], language=options["lang"])
    deliver(made.content, output)
    _tell(made, output, advice, options["lang"])
    if options["as_json"]:
        deliver(dumps(export_document(made, str(output))), None)


def _tell(made: Exported, output: Path, advice: Text | None, language: str) -> None:
    """Say on standard error what was written, and everything that is not in it as it is in the plan."""
    en = ", ".join(f"{LAYER_NAMES[layer.name].en} {layer.features:,}" for layer in made.layers)
    zh = "、".join(f"{LAYER_NAMES[layer.name].zh} {layer.features:,}" for layer in made.layers)
    where = f", {code_of(made.crs)}" if made.crs is not None else ""
    title = EXPORT_FORMATS[made.format].title
    worth = made.facts.worth
    lines = [
        Text(f"written to {output}: {title}, {en}{where}", f"已写入 {output}：{title}，{zh}{where}"),
        Text(f"{made.facts.origin.en}; {worth.en}", f"{made.facts.origin.zh}；{worth.zh}"),
    ]
    lines += [advice] if advice is not None else []
    lines += [_note(loss.layer, loss.message) for loss in made.losses]
    for line in lines:
        click.echo(printable(line.get(language)), err=True)


def _note(layer: str, message: Text) -> Text:
    name = f"{layer}: " if layer else ""
    return Text(f"note: {name}{message.en}", f"注意：{name}{message.zh}")

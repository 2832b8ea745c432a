"""`geoplan plans` and `geoplan new`: list the plans there are, start another."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click

from geoplan.cli.streams import printable
from geoplan.errors import GeoplanError
from geoplan.plan import data_folder, load_plan, plan_ids
from geoplan.plan.template import write_plan


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def plans(as_json: bool) -> None:
    """List the plans in the data folder; a broken one is listed with what is wrong."""
    rows = [_row(name) for name in plan_ids()]
    if as_json:
        document = {"schema": "geoplan.plans/1", "folder": str(data_folder()), "plans": rows}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for row in rows:
        if "error" in row:
            told = f"cannot be loaded: {row['error']}"
        else:
            told = f"{row['name_en']}  {row['name_zh']}  ({row['status']}, {row['zones']} zones)"
        click.echo(f"{printable(str(row['id']))}\n    {printable(told)}")
    if not rows:
        click.echo(f"There is no plan in {printable(str(data_folder()))}.", err=True)


def _row(name: str) -> dict[str, object]:
    try:
        plan = load_plan(data_folder() / name)
    except GeoplanError as error:
        return {"id": name, "error": error.line("en")}
    return {
        "id": plan.id,
        "name_en": plan.name.en,
        "name_zh": plan.name.zh,
        "status": plan.status,
        "zones": len(plan.zones),
        "folder": str(plan.folder),
    }


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", metavar="TEXT", help="Name of the plan in English (default: the folder's).")
@click.option("--name-zh", metavar="TEXT", help="中文名称 (default: the same).")
def new(folder: Path, name: str | None, name_zh: str | None) -> None:
    """Start a plan: FOLDER with a commented plan.toml, ready for its polygons."""
    path = write_plan(folder, name=name, name_zh=name_zh)
    click.echo(
        f"{printable(str(path))} is written.\n"
        f"Next: put your polygons there as zones.gpkg, zones.geojson or zones.shp (with its other files),\n"
        f"then run: geoplan check {printable(shlex.quote(str(folder)))}"
    )

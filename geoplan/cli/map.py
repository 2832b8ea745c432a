"""`geoplan map`: the map of a plan as one HTML file that opens from a disk, with no internet."""

from __future__ import annotations

from pathlib import Path

import click

from geoplan.cli.progress import progress
from geoplan.cli.reading import store_option
from geoplan.cli.streams import deliver, printable, require_writable
from geoplan.errors import UsageError
from geoplan.output.handover import facts_of
from geoplan.output.map import plan_html
from geoplan.types import Text
from geoplan.workflow import open_plan

ENDINGS = (".html", ".htm")


@click.command("map")
@click.argument("plan", metavar="PLAN")
@click.option("--output", type=click.Path(path_type=Path), metavar="PATH", required=True, help="Page to write.")
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="Map this revision, not the current one.")
@click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    envvar="GEOPLAN_LANG",
    default="en",
    show_default=True,
    help="Language of the map.",
)
@store_option
def map_command(plan: str, output: Path, revision: int | None, lang: str, store: str | None) -> None:
    """Write the map of a plan as one HTML file that opens in any browser, with no internet.

    Zones, facilities, legend, tables and measuring are in the file. It has no basemap, and asks nobody for anything.

    \b
    geoplan map ustc-silicon-valley --output map.html
    geoplan map ustc-silicon-valley --output map.html --revision 3 --lang zh
    """
    if output.suffix.lower() not in ENDINGS:
        raise UsageError(
            Text("does not end like a page.", "的扩展名不是网页。"),
            where=str(output),
            hint=Text(f"Use the ending {ENDINGS[0]}.", f"请使用扩展名 {ENDINGS[0]}。"),
        )
    require_writable(output)
    with progress():
        view = open_plan(plan, revision=revision, store=store)
        page = plan_html(view, lang)
    deliver(page, output)
    facts = facts_of(view)
    written = Text(
        f"written to {output}: map, {facts.origin.en}; {facts.worth.en}",
        f"已写入 {output}：地图，{facts.origin.zh}；{facts.worth.zh}",
    )
    click.echo(printable(written.get(lang)), err=True)

"""`geoplan prepare`: what the app shows a large plan from, made beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeAlias

import click

from geoplan.cli.progress import steps
from geoplan.cli.reading import printing_options
from geoplan.cli.streams import deliver, printable
from geoplan.output.documents import PREPARE_SCHEMA, Document, dumps
from geoplan.plan import load_plan
from geoplan.pyramid import Fabric, FabricSource, check_path, fabric_folder, fabric_source
from geoplan.pyramid.job import run
from geoplan.types import Text

Outcome: TypeAlias = Literal["prepared", "there", "not-needed"]

# What each step takes of the whole, as the time of a city of a million parcels goes.
STEPS = {
    "read": (Text("reading the file", "读取文件"), 6.0),
    "parcels": (Text("measuring areas", "量算面积"), 16.0),
    "tiles": (Text("cutting tiles", "切分瓦片"), 38.0),
    "checks": (Text("checking", "检查"), 18.0),
}


@click.command()
@click.argument("plan", metavar="PLAN")
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="Prepare this revision, not the current one.")
@printing_options
def prepare(plan: str, revision: int | None, **options: Any) -> None:
    """Prepare a plan of many zones for the app: tiles, parcels and checks, made once and kept in the cache folder.

    The app does the same when such a plan is opened for the first time, while a page waits. A plan that a page can
    hold whole (up to 5,000 zones, a file up to 64 MB) needs nothing. Stopped at any moment, it leaves nothing
    half-made behind.

    \b
    geoplan prepare city
    geoplan prepare city --revision 3 --json
    """
    language = options["lang"]
    source = fabric_source(load_plan(plan), revision)
    outcome: Outcome = "not-needed"
    if source is not None:
        outcome = "there" if _is_there(source) else "prepared"
        if outcome == "prepared":
            with steps({name: (text.get(language), share) for name, (text, share) in STEPS.items()}) as tell:
                run(source, tell)
    document = prepare_document(plan, revision, source, outcome)
    if options["as_json"]:
        deliver(dumps(document), None)
    else:
        click.echo(printable(_sentence(document).get(language)))


def prepare_document(plan: str, revision: int | None, source: FabricSource | None, outcome: Outcome) -> Document:
    """Return what was prepared, where it is kept and what it takes, as `geoplan.prepare/1`.

    `revision` is the one asked for, null for the plan as it is; sizes are in bytes, `bounds` in degrees (west, south,
    east, north). Of a plan that needs nothing all but its id is null.
    """
    fabric = Fabric.open(fabric_folder(source)) if source is not None else None
    kept = sorted(fabric.folder.iterdir()) if fabric is not None else []
    return {
        "schema": PREPARE_SCHEMA,
        "plan": source.plan.id if source is not None else load_plan(plan).id,
        "revision": revision,
        "outcome": outcome,
        "zones": None if fabric is None else len(fabric),
        "tiles": None if fabric is None else fabric.meta["tiles"],
        "deepest_level": None if fabric is None else fabric.meta["deepest"],
        "bounds": None if fabric is None else fabric.bounds,
        "folder": None if fabric is None else str(fabric.folder),
        "bytes": None if fabric is None else sum(path.stat().st_size for path in kept),
    }


def _is_there(source: FabricSource) -> bool:
    return Fabric.open(fabric_folder(source)) is not None and check_path(source).is_file()


def _sentence(document: Document) -> Text:
    if document["outcome"] == "not-needed":
        return Text(
            f"{document['plan']}: small enough to be shown as it is; nothing to prepare",
            f"{document['plan']}：规模较小，可直接显示，无需准备",
        )
    zones, size = f"{document['zones']:,}", f"{document['bytes'] / 1e6:,.0f} MB"
    folder = Path(document["folder"])
    if document["outcome"] == "there":
        return Text(
            f"{document['plan']}: {zones} zones are prepared already ({size} in {folder})",
            f"{document['plan']}：{zones} 个分区已准备好（{size}，位于 {folder}）",
        )
    return Text(
        f"{document['plan']}: {zones} zones prepared ({size} in {folder})",
        f"{document['plan']}：已准备 {zones} 个分区（{size}，位于 {folder}）",
    )

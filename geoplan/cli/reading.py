"""Options of the commands about revisions: how to read a file, where the store is, how to print."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from geoplan.cli.streams import deliver
from geoplan.errors import UsageError
from geoplan.inspection import Offset
from geoplan.output.documents import Document, dumps
from geoplan.revisions import Publishing, Reading
from geoplan.store import WAIT_S, Patience
from geoplan.types import Text

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def reading_options(function: FunctionT) -> FunctionT:
    """Add the options that say what a file is where it is silent or wrong."""
    for option in (
        click.option("--encoding", metavar="NAME", help="Encoding of the file's text, such as GB18030."),
        click.option(
            "--operation",
            metavar="PARAMETERS",
            help="Parameters of an old datum: +towgs84=… or +nadgrids=…, for Xian 1980 and Beijing 1954.",
        ),
        click.option(
            "--axes",
            type=click.Choice(["east-north", "north-east"]),
            help="Order of the coordinates (default: whichever lands on the plan).",
        ),
        click.option(
            "--offset",
            type=click.Choice([offset.value for offset in Offset]),
            help="Shift of a web map to undo: gcj02 (AMap, Tencent), bd09 (Baidu), none.",
        ),
        click.option("--crs", metavar="CODE", help="Coordinate system of the file, instead of what it declares."),
        click.option(
            "--layer", metavar="NAME", help="Layer to read, of a drawing also one of its own, or file in a zip."
        ),
    ):
        function = option(function)
    return function


def printing_options(function: FunctionT) -> FunctionT:
    """Add the options by which every command about revisions prints."""
    for option in (
        click.option(
            "--lang",
            type=click.Choice(["en", "zh"]),
            envvar="GEOPLAN_LANG",
            default="en",
            show_default=True,
            help="Language of texts.",
        ),
        click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output."),
    ):
        function = option(function)
    return function


def store_option(function: FunctionT) -> FunctionT:
    """Add the option that says where revisions are kept."""
    return click.option(
        "--store",
        metavar="ADDRESS",
        help="GeoPackage or postgresql:// with the revisions (default: GEOPLAN_STORE, or geoplan.gpkg by the plan).",
    )(function)


def publishing_options(function: FunctionT) -> FunctionT:
    """Add the options of whatever publishes a revision."""
    for option in (
        click.option("--dry-run", is_flag=True, help="Show what would happen and write nothing."),
        click.option("--message", metavar="TEXT", help="What changed and why (default: names the source)."),
        click.option(
            "--author",
            metavar="NAME",
            envvar="GEOPLAN_AUTHOR",
            help="Who publishes (default: GEOPLAN_AUTHOR, or the login name).",
        ),
        click.option(
            "--parent",
            type=click.IntRange(min=0),
            metavar="N",
            help="Revision the update was made from; a conflict if it is not current any more.",
        ),
        click.option(
            "--wait",
            type=click.FloatRange(min=0, max=86_400),
            metavar="SECONDS",
            envvar="GEOPLAN_WAIT",
            default=WAIT_S,
            show_default=True,
            help="How long to wait while somebody else publishes.",
        ),
    ):
        function = option(function)
    return function


def reading_of(options: dict[str, Any]) -> Reading:
    """Return how to read a file, from the options of `reading_options` (and --id, where a command has it)."""
    return Reading(
        layer=options["layer"],
        id_field=options.get("id_field"),
        crs=options["crs"],
        offset=Offset(options["offset"]) if options["offset"] else None,
        axes=options["axes"],
        operation=options["operation"],
        encoding=options["encoding"],
    )


def publishing_of(options: dict[str, Any]) -> Publishing:
    """Return how to publish, from the options of `publishing_options` and `store_option`."""
    return Publishing(
        author=options["author"],
        message=options["message"],
        accept=tuple(map(acceptance, options.get("accept", ()))),
        parent=options["parent"],
        dry_run=options["dry_run"],
        repair=options.get("repair", False),
        store=options["store"],
        patience=Patience(options["wait"], partial(_tell, options["lang"])),
    )


def _tell(language: str, text: Text) -> None:
    click.echo(text.get(language), err=True)


def acceptance(text: str) -> tuple[str, str]:
    """Return finding id and reason of FINDING=REASON; raises UsageError without a reason."""
    finding, _, reason = text.partition("=")
    if not finding.strip() or not reason.strip():
        raise UsageError(
            Text(f"“{text}” lacks a finding or a reason.", f"“{text}”缺少发现编号或理由。"),
            where="--accept",
            hint=Text("Write --accept FINDING=REASON.", "格式：--accept 发现编号=理由。"),
        )
    return finding.strip(), reason.strip()


def show(
    document: Callable[[], Document],
    text: Callable[..., str],
    options: dict[str, Any],
    output: Path | None = None,
) -> None:
    """Print a result as its JSON document or as text in the language asked for."""
    if options["as_json"]:
        deliver(dumps(document()), output)
        return
    deliver(text(language=options["lang"], colour=output is None and sys.stdout.isatty()), output)

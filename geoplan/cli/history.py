"""`geoplan history`, `geoplan diff` and `geoplan store`: what was published, what changed, whether it still holds."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from geoplan.cli.options import is_plan
from geoplan.cli.progress import progress
from geoplan.cli.reading import printing_options, show, store_option
from geoplan.cli.streams import require_writable
from geoplan.diff import Comparison
from geoplan.errors import UsageError
from geoplan.output.diff_document import diff_document
from geoplan.output.diff_gpkg import write_diff_gpkg
from geoplan.output.diff_text import render_diff
from geoplan.output.revisions import history_document, render_history, render_verify, verify_document
from geoplan.revisions import compare_files, compare_revisions, verify
from geoplan.revisions import history as history_of
from geoplan.types import Text


@click.command()
@click.argument("plan", metavar="PLAN")
@store_option
@printing_options
def history(plan: str, **options: Any) -> None:
    """Show the revisions of a plan: who published what, when, from which file."""
    with progress():
        found = history_of(plan, store=options["store"])
    show(partial(history_document, found), partial(render_history, found), options)


@click.command()
@click.argument("targets", metavar="PLAN|FILE [A] [B]", nargs=-1, required=True)
@click.option("--zones", type=click.Path(path_type=Path), metavar="FILE", help="Compare the current zones with these.")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="PATH", help="Write a GeoPackage with the changed pieces."
)
@store_option
@printing_options
def diff(targets: tuple[str, ...], zones: Path | None, output: Path | None, **options: Any) -> None:
    """Show what changed between two revisions, two files, or two plan folders.

    A and B are revision numbers, 0 the plan folder; without them it is the last revision against the one before.

    \b
    geoplan diff ustc-silicon-valley
    geoplan diff ustc-silicon-valley 2 5 --output changes.gpkg
    geoplan diff before.gpkg after.gpkg --json
    """
    require_writable(output)
    with progress():
        comparison = _compare(targets, zones, options["store"])
        if output is not None:
            write_diff_gpkg(comparison, output)
    show(partial(diff_document, comparison), partial(render_diff, comparison), options)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def store() -> None:
    """Look after the store of revisions: verify recomputes every hash and names what was tampered with.

    \b
    geoplan store verify
    geoplan store verify --store team.gpkg --json
    """


@store.command("verify")
@store_option
@printing_options
def verify_store(**options: Any) -> None:
    """Verify a store: recompute every hash of every plan; the exit code is 4 when something does not hold."""
    with progress():
        found = verify(options["store"])
    show(partial(verify_document, *found), partial(render_verify, *found), options)
    raise click.exceptions.Exit(4 if found[2] else 0)


def _compare(targets: tuple[str, ...], zones: Path | None, store: str | None) -> Comparison:
    first, *rest = targets
    if len(rest) == 1 and not rest[0].isdecimal() and zones is None:
        return compare_files(first, rest[0])
    if not is_plan(first):
        raise UsageError(
            Text("two files are needed, or a plan.", "需要两个文件或一个规划。"),
            where=first,
            hint=Text("Give: geoplan diff FILE FILE, or geoplan diff PLAN [A] [B].", "用法：geoplan diff 文件 文件。"),
        )
    if len(rest) > 2 or not all(number.isdecimal() for number in rest) or (zones is not None and rest):
        raise UsageError(
            Text(f"“{' '.join(rest)}” are no two revisions.", f"“{' '.join(rest)}”不是两个版本号。"),
            hint=Text("Give at most two numbers, or --zones FILE.", "请给出至多两个版本号，或 --zones 文件。"),
        )
    return compare_revisions(first, *(int(number) for number in rest), store=store, zones=zones)

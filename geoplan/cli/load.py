"""`geoplan load` and `geoplan restore`: publish new boundaries, or old ones again, or change nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from geoplan.cli.progress import progress
from geoplan.cli.reading import (
    printing_options,
    publishing_of,
    publishing_options,
    reading_of,
    reading_options,
    show,
    store_option,
)
from geoplan.output.revisions import conflict_document, load_document, render_conflict, render_load
from geoplan.revisions import LoadResult, PublishConflictError
from geoplan.revisions import load as load_file
from geoplan.revisions import restore as restore_revision


@click.command()
@click.argument("file", metavar="FILE")
@click.argument("plan", metavar="PLAN")
@click.option("--id", "id_field", metavar="FIELD", help="Field that holds the zone's id or name.")
@click.option("--repair", is_flag=True, help="Mend what can be mended within the tolerance, and keep a ledger of it.")
@click.option(
    "--accept", multiple=True, metavar="FINDING=REASON", help="Accept a finding, with the reason; may be repeated."
)
@reading_options
@publishing_options
@store_option
@printing_options
def load(file: str, plan: str, **options: Any) -> None:
    """Load new boundaries of a plan: inspect, match, check, compare, and publish a revision or change nothing.

    The exit code is 0 when published or unchanged, 1 when rejected for its findings, 3 when the file or its
    coordinates cannot be made sure of, 4 when the store cannot be used or somebody else published first.
    With --dry-run it is what it would be without.

    \b
    geoplan load update.zip ustc-silicon-valley --dry-run
    geoplan load update.zip ustc-silicon-valley --message "Boundaries of November"
    """
    _publish(lambda: load_file(file, plan, reading=reading_of(options), publishing=publishing_of(options)), options)


@click.command()
@click.argument("plan", metavar="PLAN")
@click.argument("number", metavar="N", type=click.IntRange(min=0))
@publishing_options
@store_option
@printing_options
def restore(plan: str, number: int, **options: Any) -> None:
    """Publish an old revision again, as a new one; 0 stands for the zones in the plan folder.

    It is checked against today's plan.toml and published whatever the check says: going back is always
    possible, and what does not hold is told.

    \b
    geoplan restore ustc-silicon-valley 3 --message "The November update was a draft"
    """
    _publish(lambda: restore_revision(plan, number, publishing_of(options)), options)


def _publish(run: Callable[[], LoadResult], options: dict[str, Any]) -> None:
    try:
        with progress():
            result = run()
    except PublishConflictError as error:
        show(partial(conflict_document, error), partial(render_conflict, error), options)
        raise
    show(partial(load_document, result), partial(render_load, result), options)
    raise click.exceptions.Exit(result.exit_code)

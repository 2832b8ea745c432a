"""Options and helpers that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from geoplan.errors import InputError
from geoplan.types import Text

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class Amount(click.FloatRange):
    """A number that is not negative; "nan" and "inf", which Python reads as numbers as well, are none."""

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; ends in a usage error for anything else."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def shared(function: FunctionT) -> FunctionT:
    """Add the options by which every command reads a file and writes its result."""
    for option in (
        click.option("--layer", metavar="NAME", help="Layer to read, or file in a zip archive."),
        click.option("--crs", metavar="CODE", help="Coordinate system of the file, instead of what it declares."),
        click.option("--id", "id_field", metavar="FIELD", help="Field that holds the zone's id or name."),
        click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output."),
        click.option(
            "--lang",
            type=click.Choice(["en", "zh"]),
            envvar="GEOPLAN_LANG",
            default="en",
            show_default=True,
            help="Language of texts.",
        ),
        click.option("--output", type=click.Path(path_type=Path), metavar="PATH", help="Write there instead."),
    ):
        function = option(function)
    return function


def is_plan(target: str) -> bool:
    """Return whether a TARGET means a plan rather than a file: a folder with plan.toml, or an id.

    Raises InputError for a folder without plan.toml.
    """
    path = Path(target)
    try:
        if path.is_file():
            return path.name == "plan.toml"
        if path.is_dir() and (path / "plan.toml").is_file():
            return True
        folder = path.is_dir()
    except OSError:  # a name too long, a folder that must not be entered: reading it says so
        return False
    if folder:
        raise InputError(
            Text("is a folder without plan.toml.", "该文件夹中没有 plan.toml。"),
            where=target,
            hint=Text(
                f'Start a plan there with "geoplan new {target}", or give a file.',
                f"可用 geoplan new {target} 新建规划，或直接给出文件。",
            ),
        )
    return not path.suffix and path == Path(path.name)

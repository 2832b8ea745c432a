"""The `geoplan` command: a table of commands, loaded only when one of them runs.

Starting must cost next to nothing, so that help and mistakes answer at once: a command's module,
and with it GDAL and pandas, is imported when the command is chosen, never before.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
import warnings
from pathlib import Path
from typing import NoReturn, TextIO

import click

from geoplan.cli.streams import discard_output, printable
from geoplan.errors import GeoplanError
from geoplan.types import VERSION

# command: (module and function, what the overview says of it)
COMMANDS = {
    "check": ("geoplan.cli.check:check", "Check a plan, or any polygon file."),
    "measure": ("geoplan.cli.measure:measure", "Measure areas by all three methods."),
    "facilities": ("geoplan.cli.service:facilities", "Count facilities per zone."),
    "service": ("geoplan.cli.service:service", "Screen which ground facilities reach."),
    "inspect": ("geoplan.cli.inspect:inspect", "Inspect a file: format, layers, text, coordinates."),
    "load": ("geoplan.cli.load:load", "Load new boundaries: publish a revision, or change nothing."),
    "history": ("geoplan.cli.history:history", "Show the revisions of a plan."),
    "diff": ("geoplan.cli.history:diff", "Show what changed between two revisions or files."),
    "restore": ("geoplan.cli.load:restore", "Publish an old revision again."),
    "store": ("geoplan.cli.history:store", "Look after the store of revisions."),
    "map": ("geoplan.cli.map:map_command", "Write the map of a plan as one HTML file."),
    "report": ("geoplan.cli.report:report", "Write a plan as a PDF sheet, a page or a workbook."),
    "export": ("geoplan.cli.export:export", "Hand over zones, facilities and findings as a file."),
    "new": ("geoplan.cli.plans:new", "Start a plan: a folder with a commented plan.toml."),
    "plans": ("geoplan.cli.plans:plans", "List the plans in the data folder."),
    "app": ("geoplan.cli.app:app", "Open the web app."),
    "prepare": ("geoplan.cli.prepare:prepare", "Prepare a plan of many zones for the app."),
}

READ_AHEAD = ("check", "measure")  # commands whose first argument may be a large file


class LazyGroup(click.Group):
    """A group whose commands are imported on use, with help texts that need no import."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command, or None if there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Begin to read the file a command is about, if it is one that takes its time, then import the command."""
        if args[0] in READ_AHEAD and not {"-h", "--help"} & set(args):
            ctx.obj = importlib.import_module("geoplan.cli.ahead").begin(args[1:])
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the overview from the table, so that no command is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="geoplan")
def cli() -> None:
    """Hold zone boundaries against what was published about them.

    PLAN is a plan folder, or the id of a plan in the data folder (geodata/, or GEOPLAN_DATA).

    \b
    Exit codes: 0 holds · 1 findings at or above the fail level · 2 usage or plan.toml mistake ·
    3 input unreadable or refused · 4 store trouble
    """


def main() -> NoReturn:
    """Run the command line and leave with the documented exit code; errors are one line, never a traceback."""
    sys.stdout = sys.stdout or _nowhere()  # closed by the caller: `geoplan … >&-`
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names are Chinese whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what a user must know is said as an error or a finding
    code = _run()
    gc.freeze()  # a city's findings and names need not be looked through once more before they are gone
    sys.exit(code)


def _run() -> int:
    try:
        code = cli.main(prog_name="geoplan", standalone_mode=False)  # returns the code of a command that ends with Exit
        sys.stdout.flush()
    except GeoplanError as error:
        return _tell(error.line(_language()), error.exit_code)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        advice = f" See {context.command_path} --help." if context is not None else ""
        return _tell(f"{error.format_message()}{advice}", error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _tell("stopped.", 130)
    except BrokenPipeError:
        discard_output()  # the reader (head, less) has seen enough
        return 0
    except OSError as error:  # every other file is opened with its own message: this is standard output
        discard_output()
        return _tell(f"the output cannot be written ({error.strerror}).", 2)
    return code if isinstance(code, int) else 0


def _tell(line: str, code: int) -> int:
    click.echo(f"geoplan: {printable(' '.join(line.split()))}", err=True)
    return code


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _language() -> str:
    return "zh" if os.environ.get("GEOPLAN_LANG", "").startswith("zh") else "en"

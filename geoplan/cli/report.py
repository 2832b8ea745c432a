"""`geoplan report`: a plan as a PDF sheet to a true scale, a page to print, or an Excel workbook."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from geoplan.cli.progress import progress
from geoplan.cli.reading import store_option
from geoplan.cli.streams import deliver, printable, require_writable
from geoplan.errors import UsageError
from geoplan.types import Text
from geoplan.workflow import PlanView, open_plan

KINDS = (".pdf", ".html", ".xlsx")


# What a kind of report has no place for.
_ONLY_ON_PAPER = ("paper", "orientation", "scale")
_ONLY_ON_PAGES = (*_ONLY_ON_PAPER, "title", "author", "review_number", "findings")


@click.command()
@click.argument("plan", metavar="PLAN")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="PATH", required=True, help="report.pdf, .html or .xlsx."
)
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="Report this revision, not the current one.")
@click.option("--paper", type=click.Choice(["A4", "A3"]), help="Paper of the PDF (default A4).")
@click.option(
    "--orientation", type=click.Choice(["landscape", "portrait"]), help="How the paper lies (default landscape)."
)
@click.option("--scale", type=click.IntRange(min=1), metavar="N", help="Scale 1:N of the PDF (default: what fits).")
@click.option("--title", metavar="TEXT", help="Title of the PDF or page (default: the plan's name).")
@click.option("--author", metavar="NAME", help="Who made it, in the title block of the PDF or page.")
@click.option("--review-number", metavar="TEXT", help="Review number (审图号) in the title block of the PDF or page.")
@click.option(
    "--findings/--no-findings", default=None, help="Whether the PDF or page shows findings (default: it does)."
)
@click.option(
    "--lang",
    type=click.Choice(["en", "zh", "both"]),
    envvar="GEOPLAN_LANG",
    help="Language of texts (default: both in a PDF, en elsewhere).",
)
@store_option
def report(plan: str, output: Path, **options: Any) -> None:
    """Write a plan as a report: one self-contained file that needs no internet.

    \b
    geoplan report ustc-silicon-valley --output plan.pdf --paper A3 --scale 100000
    geoplan report ustc-silicon-valley --output plan.html --lang both --review-number "GS(2026)1234"
    geoplan report ustc-silicon-valley --output plan.xlsx --lang zh
    """
    kind = _kind(output)
    _refuse_what_has_no_place(kind, options)
    require_writable(output)
    with progress():
        view = open_plan(plan, revision=options["revision"], store=options["store"])
        content = _WRITERS[kind](view, options)
    deliver(content, output)
    written = Text(f"written to {output}", f"已写入 {output}")
    click.echo(printable(written.get(options["lang"] or "en")), err=True)


def _kind(output: Path) -> str:
    suffix = output.suffix.lower()
    if suffix not in KINDS:
        raise UsageError(
            Text("does not say by its ending what to write.", "无法从扩展名判断报告类型。"),
            where=str(output),
            hint=Text(f"Use one of the endings {', '.join(KINDS)}.", f"请使用扩展名 {'、'.join(KINDS)}。"),
        )
    return suffix


def _refuse_what_has_no_place(kind: str, options: dict[str, Any]) -> None:
    """Refuse options that the kind of report could only ignore."""
    unfit = {".pdf": (), ".html": _ONLY_ON_PAPER, ".xlsx": _ONLY_ON_PAGES}[kind]
    given = [f"--{name.replace('_', '-')}" for name in unfit if options[name] is not None]
    if kind == ".xlsx" and options["lang"] == "both":
        given.append("--lang both")
    if not given:
        return
    where = Text("a PDF", "PDF") if kind == ".html" else Text("a PDF or a page", "PDF 或网页")
    raise UsageError(
        Text(f"{', '.join(given)}: only for {where.en}.", f"{'、'.join(given)} 仅用于 {where.zh}。"),
        hint=Text("Leave it out, or name a .pdf.", "请去掉该选项，或指定 .pdf 文件。"),
    )


def _sheet_options(options: dict[str, Any], language: str) -> Any:
    """Return the sheet that is asked for; Chinese and English have the same title."""
    sheet = importlib.import_module("geoplan.output.sheet")
    return sheet.SheetOptions(
        paper=options["paper"] or "A4",
        orientation=options["orientation"] or "landscape",
        language=options["lang"] or language,
        scale=options["scale"],
        title=Text.same(options["title"]) if options["title"] else None,
        review_number=options["review_number"],
        author=options["author"] or "",
        findings=options["findings"] is not False,
    )


def _pdf(view: PlanView, options: dict[str, Any]) -> bytes:
    # The typesetter takes half a second to load, and neither of the other kinds needs it.
    sheet = importlib.import_module("geoplan.output.sheet")
    made: bytes = sheet.sheet_bytes(view, _sheet_options(options, "both"))
    return made


def _html(view: PlanView, options: dict[str, Any]) -> bytes:
    sheet = importlib.import_module("geoplan.output.sheet")
    made: str = sheet.report_html(view, _sheet_options(options, "en"))
    return made.encode("utf-8", errors="backslashreplace")


def _xlsx(view: PlanView, options: dict[str, Any]) -> bytes:
    workbook = importlib.import_module("geoplan.output.workbook")
    made: bytes = workbook.workbook_bytes(view, options["lang"] or "en").content
    return made


_WRITERS: Mapping[str, Callable[[PlanView, dict[str, Any]], bytes]] = {".pdf": _pdf, ".html": _html, ".xlsx": _xlsx}

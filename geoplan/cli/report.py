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


@click.command()
@click.argument("plan", metavar="PLAN")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="PATH", required=True, help="report.pdf, .html or .xlsx."
)
@click.option("--revision", type=click.IntRange(min=1), metavar="N", help="Report this revision, not the current one.")
@click.option("--paper", type=click.Choice(["A4", "A3"]), help="Paper of the PDF (default A4).")
@click.option("--scale", type=click.IntRange(min=1), metavar="N", help="Scale 1:N of the PDF (default: what fits).")
@click.option("--review-number", metavar="TEXT", help="Review number (审图号) in the title block of the PDF.")
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
    geoplan report ustc-silicon-valley --output plan.pdf --paper A3 --scale 20000
    geoplan report ustc-silicon-valley --output plan.xlsx --lang zh
    """
    kind = _kind(output)
    _refuse_pdf_options(kind, options)
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


def _refuse_pdf_options(kind: str, options: dict[str, Any]) -> None:
    """Refuse what only a PDF has a place for."""
    given = [f"--{name.replace('_', '-')}" for name in ("paper", "scale", "review_number") if options[name] is not None]
    if options["lang"] == "both":
        given.append("--lang both")
    if kind != ".pdf" and given:
        raise UsageError(
            Text(f"{', '.join(given)}: only for a PDF.", f"{'、'.join(given)} 仅用于 PDF。"),
            hint=Text("Leave it out, or name a .pdf.", "请去掉该选项，或指定 .pdf 文件。"),
        )


def _pdf(view: PlanView, options: dict[str, Any]) -> bytes:
    # The typesetter takes half a second to load, and neither of the other kinds needs it.
    sheet = importlib.import_module("geoplan.output.sheet")
    chosen = sheet.SheetOptions(
        paper=options["paper"] or "A4",
        language=options["lang"] or "both",
        scale=options["scale"],
        review_number=options["review_number"],
    )
    made: bytes = sheet.sheet_bytes(view, chosen)
    return made


def _html(view: PlanView, options: dict[str, Any]) -> bytes:
    page = importlib.import_module("geoplan.output.html")
    made: str = page.render_html(view.result, view.layer, language=options["lang"] or "en")
    return made.encode("utf-8", errors="backslashreplace")


def _xlsx(view: PlanView, options: dict[str, Any]) -> bytes:
    workbook = importlib.import_module("geoplan.output.workbook")
    made: bytes = workbook.workbook_bytes(view, options["lang"] or "en").content
    return made


_WRITERS: Mapping[str, Callable[[PlanView, dict[str, Any]], bytes]] = {".pdf": _pdf, ".html": _html, ".xlsx": _xlsx}

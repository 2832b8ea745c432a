"""The workbook as bytes: the sheets written with XlsxWriter, set up to be read on a screen and printed on A4.

Text is always text: nothing a person wrote becomes a formula, a link or a number. The same revision gives
the same bytes: the times in the file are the revision's.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from geoplan.output.escape import visible
from geoplan.output.handover import TOOL, Facts, facts_of
from geoplan.output.whole import replace_whole
from geoplan.output.workbook.front import method_sheet, overview_sheet
from geoplan.output.workbook.paper import Paper
from geoplan.output.workbook.sheets import (
    facilities_sheet,
    findings_sheet,
    groups_sheet,
    indicators_sheet,
    sources_sheet,
    zones_sheet,
)
from geoplan.output.workbook.values import Sheet
from geoplan.types import Text
from geoplan.workflow import PlanView


@dataclass(frozen=True, slots=True)
class Workbook:
    """A finished workbook; `losses` names sheets (in English) and what a cell of them could not hold."""

    content: bytes
    losses: tuple[tuple[str, Text], ...]


def workbook_bytes(view: PlanView, language: str = "en") -> Workbook:
    """Return an opened plan as a workbook whose headings and texts are in `language` ("en" or "zh")."""
    facts = facts_of(view)
    stream = io.BytesIO()
    paper = Paper(stream, facts, language)
    paper.describe(_properties(facts, language))
    for sheet in sheets_of(view, facts, language):
        paper.write(sheet)
    paper.close()
    return Workbook(stream.getvalue(), tuple(paper.losses))


def write_workbook(view: PlanView, path: str | Path, language: str = "en") -> Workbook:
    """Write the workbook at `path`, whole or not at all; raises UsageError when it cannot be written there."""
    made = workbook_bytes(view, language)
    replace_whole(path, lambda unfinished: unfinished.write_bytes(made.content))
    return made


def sheets_of(view: PlanView, facts: Facts, language: str) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook in their order."""
    return (
        overview_sheet(view, facts, language),
        zones_sheet(view, language),
        groups_sheet(view, language),
        facilities_sheet(view, language),
        facilities_sheet(view, language, network=True),
        findings_sheet(view, language),
        indicators_sheet(view, language),
        sources_sheet(view, language),
        method_sheet(view, facts, language),
    )


def _properties(facts: Facts, language: str) -> dict[str, object]:
    return {
        "title": visible(facts.name.get(language)),
        "subject": visible(facts.plan),
        "author": TOOL,
        "status": facts.status,
        "comments": f"{facts.worth.get(language)} · {facts.origin.get(language)}",
        "created": facts.time.replace(tzinfo=None),
    }

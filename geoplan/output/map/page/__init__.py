"""The map of a plan as one page of its own: scripts, styles and data are all in it, and it asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from geoplan.output import figures, labels, style
from geoplan.output.escape import visible
from geoplan.output.handover import TOOL, facts_of
from geoplan.output.map.browser import library_scripts, library_styles, plain_text, script, style_sheet
from geoplan.output.map.overlays import Overlay, overlay_payload
from geoplan.output.map.page.tables import page_tables, source_lines
from geoplan.output.map.scene import map_scene
from geoplan.output.map.values import Bounds, Pick, corners
from geoplan.output.map.words import WORDS
from geoplan.types import Text
from geoplan.workflow import PlanView

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page opens with, as for the map of the app: `hidden` categories, ids `shown` (None: all), parts `without`.

    `focus` are west, south, east, north in degrees; None for the whole plan.
    """

    overlays: tuple[Overlay, ...] = ()
    pick: Pick | None = None
    shown: tuple[str, ...] | None = None
    hidden: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    focus: Bounds | None = None


def plan_html(view: PlanView, language: str = "en", *, shown: Shown | None = None, day: date | None = None) -> str:
    """Return the map of an opened plan as one HTML page that opens from a disk, with no network.

    It says the plan, its revision, what its boundaries are worth, the `day` it was made (today), and its
    sources, and lists in tables what the map shows. Raises InputError when the map's libraries are not installed.
    """
    facts, asked = facts_of(view), shown or Shown()
    made = figures.day((day or date.today()).isoformat(), language)
    scripts = [*library_scripts(), script(), _read("page.js")]
    sheets = [*library_styles(), style_sheet(), _read("page.css"), _swatches()]
    other = view.plan.name.get("en" if language.startswith("zh") else "zh")
    title = view.plan.name.get(language)
    page: str = (
        _environment()
        .get_template("page.html.j2")
        .render(
            language="zh-CN" if language.startswith("zh") else "en",
            policy=_policy(scripts, sheets),
            title=visible(title),
            other=visible(other) if other != title else "",
            worth=facts.worth.get(language),
            official=facts.status == "official" and view.layer is not None,
            subtitle=f"{visible(facts.origin.get(language))} · {_said('made', language).format(day=made)}",
            tables=page_tables(view, language),
            notes=_notes(view, language),
            sources=source_lines(view, language),
            sources_title=_said("sources", language),
            state=Markup(_state(view, asked, language)),  # noqa: S704 - `_state` escapes what could end the element
            scripts=[Markup(code) for code in scripts],  # noqa: S704 - our own and the libraries'
            styles=[Markup(sheet) for sheet in sheets],  # noqa: S704 - our own and the libraries'
            tool=TOOL,
        )
    )
    return page


def _state(view: PlanView, asked: Shown, language: str) -> str:
    """Return the state as JSON that is safe inside a script element and can be written as UTF-8."""
    scene = map_scene(view, language)
    told: dict[str, object] = {
        "pick": {"kind": asked.pick.kind, "id": asked.pick.id} if asked.pick is not None else None,
        "shown": list(asked.shown) if asked.shown is not None else None,
        "hidden": list(asked.hidden),
        "without": list(asked.without),
        "focus": corners(asked.focus) if asked.focus is not None else None,
        "turn": "opened",
    }
    overlays = ",".join(f'{{"data":{overlay_payload(overlay, language)}}}' for overlay in asked.overlays)
    whole = f'{{"scene":{{"data":{scene.payload}}},"overlays":[{overlays}],{json.dumps(told)[1:]}'
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda found: f"\\u{ord(found.group()):04x}", whole)


def _policy(scripts: list[str], sheets: list[str]) -> str:
    """Return a policy by which the page runs the scripts it has and can reach nobody."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src " + " ".join(map(_hash, scripts)),
            "style-src " + " ".join(map(_hash, sheets)),
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _notes(view: PlanView, language: str) -> list[str]:
    measured = view.result.measurement
    notes: list[Text] = []
    if measured is not None:
        notes.append(
            labels.method_sentence(measured.method, measured.projected, official_rounding=measured.official_rounding)
        )
    if view.layer is not None and view.plan.status != "official":
        notes.append(WORDS["indicative_areas"])
    notes.append(WORDS["measure_how"])
    return [visible(note.get(language)) for note in notes]


@cache
def _swatches() -> str:
    """Return a class for each colour of zones and categories: a page of this policy has no styles of elements."""
    colours = dict.fromkeys((*style.ZONE_COLOURS, *style.CATEGORY_COLOURS, style.NO_DATA))
    return "".join(f".c{colour.lstrip('#')} {{ background: {colour}; }}" for colour in colours)


@cache
def _read(name: str) -> str:
    return plain_text(_HERE / name)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _said(key: str, language: str) -> str:
    return WORDS[key].get(language)

"""A card of the page "Hand over": what a file is for, a button that makes it, and the finished file to download.

Nothing is made before it is asked for, and nothing is made twice: what was made is kept by what it was made
of, the plan as it is and every option.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import partial

import streamlit as st

from geoplan.errors import GeoplanError
from geoplan.output.escape import for_html, visible
from geoplan.output.labels import loaded_sentence
from geoplan.output.map import WORDS
from geoplan.types import Text
from geoplan.ui.handover_files import File, size_text
from geoplan.ui.texts import TEXTS
from geoplan.ui.trouble import trouble_here
from geoplan.ui.visit import Visit
from geoplan.workflow import PlanView

MAX_FILES = 24  # kept for all sessions together

STYLE = """<style>
.st-key-gp-hand-map, .st-key-gp-hand-sheet, .st-key-gp-hand-report, .st-key-gp-hand-data { background: #FFF;
  border: 1px solid #DCE3E5; border-radius: 8px; padding: 12px 16px 14px; gap: 8px; }
.gp-hand { display: flex; flex-wrap: wrap; align-items: center; gap: 3px 10px; }
.gp-hand h2 { font-size: 16.5px; font-weight: 700; margin: 0; padding: 0; line-height: 1.3; }
.gp-hand h3 { font-size: 14.5px; font-weight: 600; margin: 0; padding: 0; line-height: 1.3; }
.gp-hand .gp-badge { padding: 1px 9px; border-radius: 6px; font-size: 12px; }
.gp-hand .gp-kind { background: #E6F2FA; color: #075985; border-radius: 4px; padding: 1px 7px; font-size: 11px;
  font-weight: 700; letter-spacing: .04em; }
.gp-hand-lead { margin: 2px 0 0; font-size: 13px; line-height: 1.4; color: #51606E; }
.gp-hand-view { margin: 0; font-size: 13px; line-height: 1.45; overflow-wrap: anywhere; }
.gp-file { border-left: 3px solid #0B7A5C; background: #F1F8F5; border-radius: 0 6px 6px 0; padding: 5px 11px 6px;
  font-size: 13px; line-height: 1.4; overflow-wrap: anywhere; }
.gp-file b { font-weight: 600; } .gp-file span { color: #51606E; white-space: nowrap; }
.gp-file ul { margin: 4px 0 0; padding: 0 0 0 16px; } .gp-file li { font-size: 12.5px; margin: 0; padding: 0;
  line-height: 1.4; } .gp-file p { margin: 5px 0 0; font-size: 12.5px; font-weight: 600; }
.gp-paper { border: 1.5px dashed #9FB0B7; border-radius: 4px; background: #F6F8F8; display: flex; align-items: center;
  justify-content: center; color: #51606E; font-size: 13px; text-align: center; padding: 12px; box-sizing: border-box; }
.gp-paper-landscape { aspect-ratio: 297 / 210; } .gp-paper-portrait { aspect-ratio: 210 / 297; max-width: 66%;
  margin: 0 auto; }
.st-key-gp-hand-sheet [data-testid="stImage"] img { border: 1px solid #C5CFD3; border-radius: 2px;
  box-shadow: 0 2px 8px rgba(27, 39, 51, .16); }
.st-key-gp-hand-portrait [data-testid="stImage"] { max-width: 66%; margin: 0 auto; }
</style>"""


@contextmanager
def card(visit: Visit, name: str, title: str, lead: str, kinds: str) -> Iterator[None]:
    """Draw a card around the body: a title with the `kinds` of its files and what the boundaries are worth."""
    kind, worth = worth_of(visit.view)
    with st.container(key=f"gp-hand-{name}"):
        st.html(
            f'<div class="gp-hand"><h2>{for_html(title)}</h2><span class="gp-kind">{for_html(kinds)}</span>'
            f'<span class="gp-badge gp-badge-{kind}">{for_html(worth.get(visit.language))}</span></div>'
            f'<p class="gp-hand-lead">{for_html(lead)}</p>'
        )
        yield


def worth_of(view: PlanView) -> tuple[str, Text]:
    """Return what the boundaries in a file are worth, in few words, and the kind of badge for it."""
    if view.layer is None:
        return "empty", loaded_sentence(0, len(view.plan.zones))
    status = view.plan.status
    return ("official", TEXTS["handover_official"]) if status == "official" else ("status", WORDS[status])


def offer(visit: Visit, name: str, asked: Hashable, make: Callable[[], File], what: str) -> File | None:
    """Show the button that makes a file or, once it was pressed for just this, the file; return it when it is there.

    `asked` is every option the file depends on besides the plan, its revision and the language; `what` is
    the file in the words of the buttons.
    """
    key = f"handover-{name}"
    wanted = (visit.view.plan.id, visit.stamp, visit.address.revision, visit.language, asked)
    place = st.empty()
    if st.session_state.get(key) != wanted:
        if not place.button(
            visit.say("handover_make", what=what), key=f"{key}-make", type="primary", icon=":material/note_add:"
        ):
            return None
        st.session_state[key] = wanted
    try:
        with place, st.spinner(visit.say("handover_making")):
            made = _kept(name, wanted, make)
    except GeoplanError as error:
        del st.session_state[key]
        place.empty()
        trouble_here(error, visit.language)
        return None
    with place.container(gap="small"):
        st.html(_file_html(visit, made))
        st.download_button(
            visit.say("handover_download", what=what),
            partial(_content, made),
            file_name=made.name,
            mime=made.media_type,
            key=f"{key}-download",
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
    return made


def _content(made: File) -> bytes:
    """Return what is downloaded, asked for at the click: a file laid down with the page may be gone by then."""
    return made.content


@st.cache_resource(max_entries=MAX_FILES, show_spinner=False)
def _kept(name: str, wanted: Hashable, _make: Callable[[], File]) -> File:  # noqa: ARG001 - both are the key
    return _make()


def _file_html(visit: Visit, made: File) -> str:
    about = f" · {for_html(made.about.get(visit.language))}" if made.about is not None else ""
    losses = "".join(f"<li>{for_html(visible(loss.get(visit.language)))}</li>" for loss in made.losses)
    told = f"<p>{for_html(visit.say('handover_losses'))}</p><ul>{losses}</ul>" if losses else ""
    size = for_html(size_text(len(made.content)))
    return f'<div class="gp-file" role="status"><b>{for_html(made.name)}</b> <span>{size}</span>{about}{told}</div>'

"""Handing over a plan with very many zones: data formats, each made by the export command in a process of its own."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path

import streamlit as st

from geoplan.output.escape import for_html, visible
from geoplan.output.export import EXPORT_FORMATS, Format, suggested_name
from geoplan.output.handover import facts_of
from geoplan.pyramid import FabricView
from geoplan.ui.fabric_job import ended, failure, is_running, progress_of
from geoplan.ui.fabric_parts import command, headline
from geoplan.ui.frame import heading
from geoplan.ui.handover_card import STYLE, card
from geoplan.ui.handover_files import size_text
from geoplan.ui.headline import strip_html
from geoplan.ui.jobs import Ended, begin, let_go
from geoplan.ui.pages.handover import chosen_format
from geoplan.ui.visit import Visit

MOST_ZONES = 250_000  # in a file made for a browser: at 24 vertices some 100 to 400 MB, depending on the format
MOST_BYTES = 400_000_000  # of a file handed to a browser, which holds it in memory, as this server does meanwhile
_LAYERS = ("zones", "facilities", "network", "findings")
_BUSY = "fabric-export-busy"


def show(visit: Visit, view: FabricView) -> None:
    """Show the page."""
    heading(visit, "handover", visit.say("fabric_handover_lead"))
    st.html(STYLE)
    st.html(strip_html(headline(view, visit.language), visit.language))
    left, right = st.columns(2, gap="small")
    with left, card(visit, "data", visit.say("handover_data"), visit.say("handover_data_for"), "GIS · CAD"):
        _data(visit, view)
    lead = visit.say("fabric_documents_why", count=f"{len(view.fabric):,}")
    with right, card(visit, "report", visit.say("fabric_documents"), lead, "HTML · JSON"):
        for wanted in ("html", "json"):
            words = ["geoplan", "check", view.plan.id, "--report", wanted, *_revision(visit)]
            output = f"{view.plan.id}-check.{wanted}"
            command(visit.say("fabric_command"), shlex.join([*words, "--output", output]))


def _data(visit: Visit, view: FabricView) -> None:
    chosen = EXPORT_FORMATS[chosen_format(visit)]
    layer = _layer(visit, view, chosen)
    arguments = ["--format", chosen.name, *(["--layer", layer] if layer else []), *_revision(visit)]
    name = suggested_name(view.plan.id, _number(view), chosen.suffixes[0], layer)
    facts = facts_of(view)
    st.html(f'<p class="gp-hand-view">{for_html(f"{facts.origin.get(visit.language)}")}</p>')
    if len(view.fabric) > MOST_ZONES and layer in (None, "zones"):
        _by_command(visit.say("fabric_too_many", count=f"{len(view.fabric):,}"), view, name, arguments)
        return
    key = f"export-{view.fabric.key}-{view.plan.id}-{'-'.join(arguments)}-{visit.language}"
    if is_running(key):
        progress_of(key, "fabric_making", {"count": f"{len(view.fabric):,}"}, visit.language)
        return
    what = visit.say("handover_the_file", format=chosen.title)
    done = ended(key)
    if done is None:
        told = ["export", str(view.plan.folder.absolute()), *arguments, "--output", name, "--json"]
        st.button(
            visit.say("handover_make", what=what),
            key="fabric-export",
            type="primary",
            icon=":material/note_add:",
            on_click=_begin,
            args=(key, [*told, f"--lang={visit.language}"]),
        )
        if st.session_state.pop(_BUSY, False):
            st.info(visit.say("fabric_busy"))
        _by_command(visit.say("fabric_command"), view, name, arguments)
    elif done.code != 0 or not (done.folder / name).is_file():
        failure(key, done, visit.language)
    else:
        _made(visit, key, done, done.folder / name, what)
        if (size := (done.folder / name).stat().st_size) > MOST_BYTES:
            _by_command(visit.say("fabric_too_large", size=size_text(size)), view, name, arguments)


def _begin(key: str, arguments: list[str]) -> None:
    if not begin(key, arguments):
        st.session_state[_BUSY] = True


def _made(visit: Visit, key: str, done: Ended, path: Path, what: str) -> None:
    """Show the finished file: its name, its size, what it could not hold, and the way to have it."""
    size = path.stat().st_size
    losses = (done.document or {}).get("losses") or []
    told = "".join(f"<li>{for_html(visible(str(loss['message'].get(visit.language))))}</li>" for loss in losses)
    lost = f"<p>{for_html(visit.say('handover_losses'))}</p><ul>{told}</ul>" if told else ""
    name, shown = for_html(path.name), for_html(size_text(size))
    st.html(f'<div class="gp-file" role="status"><b>{name}</b> <span>{shown}</span>{lost}</div>')
    if size <= MOST_BYTES:
        st.download_button(
            visit.say("handover_download", what=what),
            partial(path.read_bytes),
            file_name=path.name,
            mime="application/octet-stream",
            key="fabric-export-download",
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
    st.button(visit.say("fabric_dismiss"), key="fabric-export-close", on_click=let_go, args=(key,))


def _by_command(lead: str, view: FabricView, name: str, arguments: list[str]) -> None:
    command(lead, shlex.join(["geoplan", "export", view.plan.id, *arguments, "--output", name]))


def _layer(visit: Visit, view: FabricView, chosen: Format) -> str | None:
    """Return the layer to write; None is all of a format that holds several."""
    full = {"facilities": view.facilities, "network": view.network, "findings": view.result.findings}
    layers = [layer for layer in _LAYERS if layer == "zones" or full[layer]]
    asked = st.selectbox(
        visit.say("handover_layer"),
        [*([""] if chosen.many else []), *layers],
        format_func=lambda layer: visit.say(f"handover_layer_{layer}" if layer else "handover_all_layers"),
        key=f"handover-layer-{view.plan.id}-{chosen.many}-{visit.language}",
    )
    return asked or None


def _revision(visit: Visit) -> list[str]:
    return [] if visit.address.revision is None else ["--revision", str(visit.address.revision)]


def _number(view: FabricView) -> int | None:
    return view.revision.number if view.revision is not None else None

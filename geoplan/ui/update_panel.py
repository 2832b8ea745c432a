"""The side of the page of updates, from the uploader to what the file is, with a control for everything unclear."""

from __future__ import annotations

import streamlit as st

from geoplan.errors import GeoplanError
from geoplan.inspection import Candidate, Inspection, Verdict
from geoplan.output.escape import for_html, visible
from geoplan.ui.trouble import trouble
from geoplan.ui.update_desk import Desk, cancel, choose, leave, next_work, read_as, resume, settle, take
from geoplan.ui.update_look import Found
from geoplan.ui.update_map import reading_key
from geoplan.ui.update_words import (
    as_label,
    fit_words,
    in_page_words,
    name_of,
    note_html,
    reading_words,
    said,
    taken_layer,
    what_html,
)
from geoplan.ui.update_work import watched
from geoplan.ui.visit import Visit

ENCODINGS = ("UTF-8", "GB18030", "Big5", "UTF-16")
_BY_FORMAT = "by the format"
# The colours the map has for the readings, as Streamlit names the nearest.
_MARKS = (":blue[■]", ":orange[■]", ":green[■]", ":violet[■]", ":gray[■]", ":red[■]")


def upload(visit: Visit, desk: Desk, leaving: st.delta_generator.DeltaGenerator) -> None:
    """Show the uploader and take what it holds; the way out is shown at `leaving`."""
    files = st.file_uploader(
        visit.say("update_uploader"),
        accept_multiple_files=True,
        key=f"gp-update-file-{desk.turn}",
        label_visibility="collapsed",
    )
    take(desk, list(files))
    if not desk.parts:
        limit = st.get_option("server.maxUploadSize")
        st.html(f'<p class="gp-hint">{for_html(visit.say("update_lead"))}</p>')
        st.html(f'<p class="gp-hint">{for_html(visit.say("update_limits", limit=limit))}</p>')
        return
    leaving.button(
        visit.say("update_leave"),
        key="gp-update-leave",
        icon=":material/delete_sweep:",
        type="tertiary",
        on_click=leave,
        args=(desk,),
    )


def find_out(visit: Visit, desk: Desk) -> None:
    """Find out all that can be for now, with progress; stops where a person must decide."""
    if desk.work is not None and desk.work.kind == "publish":
        watched(desk.work, visit.language)
        settle(desk, desk.work)
        st.rerun()  # what was drawn before this is of the update before it was published
    while (work := next_work(desk)) is not None:
        watched(work, visit.language, lambda: cancel(desk))
        if desk.work is not work:  # somebody gave it up
            return
        settle(desk, work)
    if desk.cancelled:
        st.html(note_html(visit.say("update_cancelled"), "quiet"))
        st.button(visit.say("update_go_on"), key="gp-update-resume", on_click=resume, args=(desk,))


def what_it_is(visit: Visit, desk: Desk) -> None:
    """Show what the file is, and the controls to say otherwise."""
    found = desk.found
    if found is None:
        return
    if found.inspection is None:
        _unreadable(visit, desk, found)
        return
    inspection = found.inspection
    chosen = desk.choice or inspection.crs.chosen
    picked = desk.choice is not None or desk.reading.crs is not None
    st.html(what_html(inspection, chosen, visit.language, picked=picked and chosen is not None))
    if inspection.crs.chosen is None:
        _decide(visit, desk, found, inspection)
    with st.expander(visit.say("update_other_way")):
        _other_ways(visit, desk, found, inspection)


def error_panel(visit: Visit, desk: Desk, error: GeoplanError) -> None:
    """Show an error of reading in the page's own words: where it is, and what to do here."""
    hint = said(error.hint, visit.language) if error.hint else visit.say("update_try_another")
    where = _place(desk, error.where)
    trouble(visit.say("update_unreadable"), [said(error.message, visit.language)], hint, visit.language, where)


def _place(desk: Desk, where: str) -> str:
    """Return where an error is without the server's folder: the file by the name it was uploaded under.

    Slashes in names from the file are replaced, since what shows it takes the last part of a path.
    """
    _, comma, layer = where.partition(", layer ")
    names = ", ".join(name_of(part.name) for part in desk.parts[:3])
    return (names + comma + visible(layer)).replace("/", "∕")


def _unreadable(visit: Visit, desk: Desk, found: Found) -> None:
    assert found.error is not None  # noqa: S101 - there is one or the other
    error_panel(visit, desk, found.error)
    _layer(visit, desk, found, None)
    if desk.reading.encoding is not None or "encod" in found.error.message.en or "text" in found.error.message.en:
        _encoding(visit, desk, "")


def _decide(visit: Visit, desk: Desk, found: Found, inspection: Inspection) -> None:
    """Ask how the coordinates are to be read; nothing is chosen beforehand."""
    if found.candidates:
        places = list(range(len(found.candidates)))
        key = reading_key(desk)
        st.radio(
            visit.say("update_choose"),
            places,
            index=None,
            format_func=lambda place: _reading_label(place, found.candidates[place], visit.language),
            captions=[as_label(fit_words(one, visit.language)) for one in found.candidates],
            key=key,
            on_change=lambda: _chosen(desk, found, key),
        )
        st.html(f'<p class="gp-hint">{for_html(visit.say("update_choose_note"))}</p>')
    reason = in_page_words(visible(inspection.crs.explanation.get(visit.language)), visit.language)
    st.html(f'<p class="gp-hint">{for_html(reason)}</p>')
    _typed(visit, desk, operation=inspection.crs.verdict is Verdict.REFUSED)


def _chosen(desk: Desk, found: Found, key: str) -> None:
    place = st.session_state.get(key)
    choose(desk, found.candidates[place] if isinstance(place, int) else None)


def _reading_label(place: int, candidate: Candidate, language: str) -> str:
    return f"{_MARKS[place % len(_MARKS)]} **{place + 1}** · {as_label(reading_words(candidate, language))}"


def _typed(visit: Visit, desk: Desk, *, operation: bool) -> None:
    """Ask for a coordinate system by its code, and for the parameters of an old datum."""
    with st.form(f"gp-update-crs-{desk.turn}-{desk.upload[:12]}", border=False):
        code = st.text_input(
            visit.say("update_crs"), desk.reading.crs or "", 200, placeholder=visit.say("update_crs_hint")
        )
        given = ""
        if operation:
            given = st.text_input(
                visit.say("update_operation"),
                desk.reading.operation or "",
                300,
                placeholder=visit.say("update_operation_hint"),
            )
        if st.form_submit_button(visit.say("update_take"), width="stretch"):
            read_as(desk, crs=(code or "").strip() or None, operation=(given or "").strip() or None)
            st.rerun()


def _other_ways(visit: Visit, desk: Desk, found: Found, inspection: Inspection) -> None:
    _layer(visit, desk, found, inspection)
    _id_field(visit, desk, inspection)
    if inspection.encoding.how != _BY_FORMAT or desk.reading.encoding is not None:
        _encoding(visit, desk, ", ".join(name_of(text) for text in inspection.encoding.sample))
    if inspection.crs.chosen is not None:
        _other_reading(visit, desk, found)
        _typed(visit, desk, operation=False)


def _layer(visit: Visit, desk: Desk, found: Found, inspection: Inspection | None) -> None:
    if len(found.layers) < 2:
        return
    names = [layer.name for layer in found.layers]
    taken = taken_layer(inspection) if inspection is not None else None
    now = desk.reading.layer or (taken.name if taken is not None else None)
    counts = {layer.name: (layer.geometry, layer.features) for layer in found.layers}
    key = f"gp-update-layer-{desk.turn}-{desk.upload[:12]}-{now}"
    st.selectbox(
        visit.say("update_layer"),
        names,
        index=names.index(now) if now in names else None,
        format_func=lambda name: f"{name_of(name)} ({counts[name][0]}, {counts[name][1]:,})",
        placeholder=visit.say("update_layer"),
        key=key,
        on_change=lambda: read_as(desk, layer=st.session_state.get(key)),
    )


def _id_field(visit: Visit, desk: Desk, inspection: Inspection) -> None:
    taken = taken_layer(inspection)
    fields = list(taken.fields) if taken is not None else []
    if not fields:
        return
    _said(visit, desk, "id_field", "update_id_field", fields, desk.reading.id_field)


def _encoding(visit: Visit, desk: Desk, sample: str) -> None:
    _said(visit, desk, "encoding", "update_encoding", list(ENCODINGS), desk.reading.encoding)
    if sample:
        st.html(f'<p class="gp-sample">{for_html(sample)}</p>')


def _said(visit: Visit, desk: Desk, name: str, label: str, options: list[str], now: str | None) -> None:
    """Show a choice that is left to geoplan unless somebody says otherwise."""
    key = f"gp-update-{name}-{desk.turn}-{desk.upload[:12]}-{now}"
    offered: list[str | None] = [None, *options]
    st.selectbox(
        visit.say(label),
        offered,
        index=offered.index(now) if now in offered else 0,
        format_func=lambda option: visit.say("update_as_found") if option is None else name_of(option),
        key=key,
        on_change=lambda: read_as(desk, **{name: st.session_state.get(key)}),
    )


def _other_reading(visit: Visit, desk: Desk, found: Found) -> None:
    if len(found.candidates) < 2:
        return
    offered: list[int | None] = [None, *range(len(found.candidates))]
    now = found.candidates.index(desk.choice) if desk.choice in found.candidates else None
    key = f"{reading_key(desk)}-{now}"
    st.selectbox(
        visit.say("update_choose"),
        offered,
        index=offered.index(now),
        format_func=lambda place: (
            visit.say("update_as_found")
            if place is None
            else f"{place + 1} · {reading_words(found.candidates[place], visit.language)}"
        ),
        key=key,
        on_change=lambda: _chosen(desk, found, key),
    )


def heading_of(number: int, key: str, visit: Visit) -> None:
    """Show the heading of a part of the way."""
    st.html(f'<h2 class="gp-section"><i class="gp-number">{number}</i>{for_html(visit.say(key))}</h2>')

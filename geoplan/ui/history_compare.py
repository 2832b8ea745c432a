"""Two revisions held against each other: the choice of both, the maps, totals with verdicts, and tables of changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from geoplan.crs import code_of
from geoplan.diff import ChangeKind, Comparison
from geoplan.output.diff_document import diff_document
from geoplan.output.diff_gpkg import diff_gpkg_bytes
from geoplan.output.diff_text import CHANGE_LABELS, render_diff
from geoplan.output.documents import dumps
from geoplan.output.escape import for_file_name, for_html
from geoplan.output.labels import method_sentence, tolerance_sentence
from geoplan.output.map import Pick
from geoplan.revisions import History
from geoplan.types import AreaMethod
from geoplan.ui.grid import plain, selectable
from geoplan.ui.history_look import MODES, Pair, changed_rows, choices, compared, name_of
from geoplan.ui.history_map import show_beside, show_over
from geoplan.ui.history_tables import changes_frame, findings_frame, moves_frame, totals_html, transfers_frame
from geoplan.ui.visit import Visit, go, move_map, pick

MODE = "mode"
_MODE_TEXTS = {"side": "history_beside", "swipe": "history_swipe", "fade": "history_fade"}
# How a comparison is handed over: its text, its file name's ending, its media type, what makes it.
_KINDS: dict[str, tuple[str, str, str, Callable[[Comparison, str], bytes]]] = {
    "gpkg": (
        "history_download_gpkg",
        "gpkg",
        "application/geopackage+sqlite3",
        lambda comparison, _: diff_gpkg_bytes(comparison),
    ),
    "json": (
        "history_download_json",
        "json",
        "application/json",
        lambda comparison, _: dumps(diff_document(comparison)).encode(errors="backslashreplace"),
    ),
    "text": (
        "history_download_text",
        "txt",
        "text/plain",
        lambda comparison, language: render_diff(comparison, language=language).encode(errors="backslashreplace"),
    ),
}


def compare_view(visit: Visit, pair: Pair) -> None:
    """Show two revisions held against each other."""
    if pair.before == pair.after:
        st.info(visit.say("history_same"))
        return
    comparison, mode = compared(visit, pair), _mode(visit)
    drawing, side = st.columns([2, 1], gap="small")
    with drawing:
        if mode == "side":
            show_beside(visit, comparison, pair)
        else:
            show_over(visit, comparison, pair, mode)
    with side, st.container(key="gp-side"):
        _summary(visit, comparison)
    _tables(visit, comparison, pair)


def controls(visit: Visit, past: History, pair: Pair) -> None:
    """Show the choice of both revisions and of how they are held against each other."""
    known, language, mode = choices(past), visit.language, _mode(visit)
    for name, label, chosen in (("from", "history_from", pair.before), ("to", "history_to", pair.after)):
        key = f"history-{name}-{language}-{pair.before}-{pair.after}-{len(known)}"
        st.selectbox(
            visit.say(label),
            known,
            index=known.index(chosen),
            format_func=partial(_choice, visit.say(label), language),
            key=key,
            on_change=_choose,
            args=(name, key, pair),
            label_visibility="collapsed",
            width=210,
        )
        if name == "from":
            st.button(
                visit.say("history_swap"),
                key="history-swap",
                icon=":material/swap_horiz:",
                on_click=go,
                kwargs={"from": pair.after, "to": pair.before},
            )
    key = f"history-mode-{language}-{mode}"
    st.segmented_control(
        visit.say("history_mode"),
        MODES,
        default=mode,
        required=True,
        format_func=lambda name: visit.say(_MODE_TEXTS[name]),
        key=key,
        on_change=lambda: go(**{MODE: st.session_state[key]}),
        label_visibility="collapsed",
    )


def _choice(label: str, language: str, number: int) -> str:
    return f"{label}{'：' if language == 'zh' else ': '}{name_of(number, language)}"


def _mode(visit: Visit) -> str:
    return visit.asked(MODE) if visit.asked(MODE) in MODES else MODES[0]


def _choose(name: str, key: str, pair: Pair) -> None:
    go(**({"from": pair.before, "to": pair.after} | {name: st.session_state[key]}))
    go(zone=None)
    move_map()


def _summary(visit: Visit, comparison: Comparison) -> None:
    here = visit.address.pick
    st.html(f'<h2 class="gp-section">{for_html(_headline(visit, comparison))}</h2>')
    st.html(totals_html(comparison, visit.language))
    st.html(f'<div class="gp-card"><p class="gp-method">{for_html(_how(visit, comparison))}</p></div>')
    if here is not None:
        st.button(
            visit.say("whole_plan"),
            key="gp-back",
            icon=":material/zoom_out_map:",
            type="tertiary",
            on_click=pick,
            args=(None,),
            kwargs={"move": True},
        )


def _headline(visit: Visit, comparison: Comparison) -> str:
    """Return how many zones differ, and how many of each kind of change."""
    changed = changed_rows(comparison)
    if not changed:
        return visit.say("history_unchanged")
    kinds = {kind: count for kind, count in comparison.counts.items() if count and kind is not ChangeKind.UNCHANGED}
    parts = [f"{count:,} {CHANGE_LABELS[kind].get(visit.language)}" for kind, count in kinds.items()]
    if (fields := sum(row.kind is ChangeKind.UNCHANGED for row in changed)) > 0:
        parts.append(visit.say("history_only_fields", count=fields))
    comma, colon = ("、", "：") if visit.language == "zh" else (", ", ": ")
    said = visit.say("history_changed", changed=len(changed), all=len(comparison.rows))
    return f"{said}{colon}{comma.join(parts)}"


def _how(visit: Visit, comparison: Comparison) -> str:
    """Return how areas were measured, and what the two sides were checked with."""
    method = method_sentence(AreaMethod.ELLIPSOIDAL, code_of(comparison.crs)).get(visit.language)
    tolerance = tolerance_sentence(comparison.tolerance).get(visit.language)
    sentences = (visit.say("measured_by", method=method), visit.say("history_held", tolerance=tolerance))
    return ("" if visit.language == "zh" else " ").join(sentences)


def _tables(visit: Visit, comparison: Comparison, pair: Pair) -> None:
    keys = ["history_changes", "history_transfers", "history_facilities", "history_findings", "history_download"]
    changes, transfers, facilities, findings, download = st.tabs([visit.say(key) for key in keys])
    language = visit.language
    with changes:
        _changes(visit, comparison, pair)
    with transfers:
        passed = transfers_frame(comparison, language)
        if passed.empty:
            st.text(visit.say("history_no_transfers"))
        else:
            plain(passed, language)
    with facilities:
        if comparison.facilities:
            plain(moves_frame(comparison, language), language)
        else:
            st.text(visit.say("history_no_moves"))
    with findings:
        if comparison.introduced or comparison.fixed:
            plain(findings_frame(comparison, language), language)
        else:
            st.text(visit.say("history_no_findings"))
    with download:
        _downloads(visit, comparison, pair)


def _changes(visit: Visit, comparison: Comparison, pair: Pair) -> None:
    changed = changed_rows(comparison)
    rows = changed
    if len(changed) < len(comparison.rows):
        everything = st.toggle(
            visit.say("history_all_zones"), value=len(comparison.rows) <= 12, key="history-all-zones"
        )
        told = {row.id for row in changed}
        rows = (*changed, *(row for row in comparison.rows if row.id not in told)) if everything else changed
    if not rows:
        st.text(visit.say("history_unchanged"))
        return
    ids = tuple(row.id for row in rows)
    here = visit.address.pick
    chosen = ids.index(here.id) if here is not None and here.kind == "zone" and here.id in ids else None
    key = f"history-changes-{visit.view.plan.id}-{pair.before}-{pair.after}-{len(rows)}"
    selectable(key, changes_frame(rows, visit.language), visit.language, chosen, partial(_choose_zone, ids))


def _choose_zone(ids: tuple[str, ...], row: int | None) -> None:
    pick(Pick("zone", ids[row]) if row is not None and row < len(ids) else None, move=True)


def _downloads(visit: Visit, comparison: Comparison, pair: Pair) -> None:
    name = for_file_name(f"{visit.view.plan.id}-r{pair.before}-r{pair.after}")
    with st.container(horizontal=True):
        for kind, (label, ending, media, make) in _KINDS.items():
            st.download_button(
                visit.say(label),
                partial(make, comparison, visit.language),
                file_name=f"{name}.{ending}",
                mime=media,
                key=f"history-{kind}",
                icon=":material/download:",
                on_click="ignore",
            )

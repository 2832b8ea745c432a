"""What the pages of facilities show of any plan: the filters, the list, the head of the counts, and downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from geoplan.facility_counts import FacilityCounts, PlacedFacility
from geoplan.output.escape import for_file_name, for_html, visible
from geoplan.output.map import Pick, category_name
from geoplan.service import known_categories
from geoplan.ui.facility_tables import Filters, facilities_csv, joined, list_table
from geoplan.ui.grid import pickable
from geoplan.ui.unlocated import unlocated_html
from geoplan.ui.visit import Visit, go

# Pixels of the list's columns, so that all of them are seen beside the map on a laptop.
_WIDTHS = {"name": 165, "category": 92, "facilities_place": 108, "facilities_accuracy": 50}


def search_box(visit: Visit, filters: Filters) -> None:
    """Show the box that facilities are searched by, which is a parameter of the address."""
    key = f"facilities-q-{filters.text}"
    st.text_input(
        visit.say("facilities_search"),
        filters.text,
        key=key,
        icon=":material/search:",
        placeholder=visit.say("facilities_search"),
        label_visibility="collapsed",
        on_change=lambda: go(q=str(st.session_state[key]).strip() or None),
    )


def category_box(visit: Visit, filters: Filters) -> None:
    """Show the choice of categories, which is a parameter of the address."""
    known = known_categories(visit.view)
    names = {name: visible(category_name(visit.view, name).get(visit.language)) for name in known}
    key = f"facilities-category-{visit.language}-{joined(filters.categories)}"
    st.multiselect(
        visit.say("facilities_categories"),
        known,
        default=filters.categories,
        format_func=lambda name: names[name],
        key=key,
        placeholder=visit.say("facilities_all_categories"),
        label_visibility="collapsed",
        on_change=lambda: go(category=joined(st.session_state[key])),
    )


def listing(visit: Visit, shown: Sequence[PlacedFacility], total: int) -> None:
    """Show the facilities that passed the filters, of so many, and which of them are not located."""
    view, language = visit.view, visit.language
    if not shown:
        st.text(visit.say("facilities_none_found"))
        return
    said = visit.say("facilities_shown", shown=f"{len(shown):,}", all=f"{total:,}")
    st.html(f'<p class="gp-hint">{for_html(said)}</p>')
    picks = tuple(Pick("facility", one.facility.id) for one in shown)
    widths = {visit.say(key): wide for key, wide in _WIDTHS.items()}
    pickable(f"facilities-{hash(picks)}", list_table(shown, view, language), picks, visit, widths)
    download(visit, partial(facilities_csv, shown, view, language), f"{view.plan.id}-facilities")
    missing = unlocated_html(visit, [one.facility for one in shown])
    if missing:
        st.html(missing)


def counts_head(visit: Visit, counts: FacilityCounts, title: str, note: str) -> None:
    """Show the title of the counts and what is to be known of them: a note, what counts twice, what is misplaced."""
    said = [note]
    if counts.several:
        said.append(visit.say("facilities_several", count=len(counts.several)))
    if counts.misplaced:
        said.append(visit.say("facilities_misplaced", count=len(counts.misplaced)))
    st.html(f'<h2 class="gp-section">{for_html(title)}</h2><p class="gp-hint">{for_html(" ".join(said))}</p>')


def download(visit: Visit, make: Callable[[], bytes], name: str) -> None:
    """Offer a table as a CSV file of a name that is made when it is asked for.

    A file made with the page is gone from the server when a later run has replaced it, and a slow browser that looks
    for it then reports an error.
    """
    st.download_button(
        visit.say("facilities_download"),
        make,
        file_name=f"{for_file_name(name)}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
        key=f"download-{name}",
    )

"""The app's one script: it reads the address, opens the plan and shows the page asked for.

The address (`?plan=&page=&lang=&revision=&zone=` or `&facility=`) is the one place that says what is
shown and picked; clicks write it, everything else reads it.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geoplan.errors import GeoplanError
from geoplan.plan import data_folder, plan_ids
from geoplan.pyramid import FabricView
from geoplan.ui.fabrics import NotPreparedError
from geoplan.ui.frame import LANGUAGE_COOKIE, navigation, notices, remember_language, top_bar
from geoplan.ui.opening import opened_view, plan_stamp
from geoplan.ui.pages import PAGES, fabric
from geoplan.ui.people import Person, current_person, sign_in_page
from geoplan.ui.state import FIRST_PAGE, Address, read_address
from geoplan.ui.texts import say
from geoplan.ui.theme import style_html
from geoplan.ui.trouble import trouble, trouble_here, trouble_opening
from geoplan.ui.visit import Visit


def main() -> None:
    """Show the page the address asks for."""
    address = read_address(st.query_params.to_dict(), st.context.locale, st.context.cookies.get(LANGUAGE_COOKIE))
    if address.page not in PAGES:
        address = replace(address, page=FIRST_PAGE)
    st.set_page_config(page_title=say("title", address.language), layout="wide")
    st.html(style_html())
    remember_language(address.language)
    person = current_person()
    if person is None:
        sign_in_page(address.language)
        return
    chosen = top_bar(address, person)
    navigation({name: page.icon for name, page in PAGES.items()}, address)
    if chosen is None:
        _nothing(say("no_plans", address.language), say("no_plans_todo", address.language), address)
    elif chosen not in plan_ids():  # never a path: a link must not open other folders
        _nothing(say("no_plan", address.language, id=chosen), say("no_plan_todo", address.language), address)
    else:
        _page(chosen, address, person)


def _page(chosen: str, address: Address, person: Person) -> None:
    asked = address.revision
    if PAGES[address.page].of_now:
        address = replace(address, revision=None)
    try:
        stamp = plan_stamp(data_folder() / chosen)
        with st.spinner(say("opening", address.language)):
            view = opened_view(chosen, stamp, address.revision)
    except NotPreparedError as error:
        fabric.waiting(error.source, address.language)
        return
    except GeoplanError as error:
        trouble_opening(error, address.language)
        return
    visit = Visit(replace(address, plan=chosen), view, stamp, person)
    notices(visit, asked)
    try:
        if isinstance(view, FabricView):
            fabric.show(visit, view)
        else:
            PAGES[address.page].show(visit)
    except GeoplanError as error:
        trouble_here(error, address.language)


def _nothing(line: str, todo: str, address: Address) -> None:
    trouble(say("error_title", address.language), [line], todo, address.language)

"""The chooser of basemaps: none, or one of those the folder of basemaps offers, each with its datum named.

The choice is kept in the address (`?basemap=`), as everything that is shown is. Without one there is no basemap.
"""

from __future__ import annotations

import streamlit as st

from geoplan.basemaps import Basemap, BasemapLink, Basemaps, basemap_link, read_basemaps
from geoplan.basemaps.model import NO_BASEMAP, RemoteEntry
from geoplan.basemaps.remote import hosts
from geoplan.basemaps.source import SourceInfo, TileError
from geoplan.basemaps.sources import open_source
from geoplan.errors import GeoplanError, PlanError
from geoplan.output.escape import visible
from geoplan.ui.state import MAX_ID
from geoplan.ui.texts import say
from geoplan.ui.visit import go

PARAMETER = "basemap"


def choose_basemap(language: str) -> BasemapLink | None:
    """Show the chooser and return the link to the chosen basemap; None for none, and for one that cannot be had.

    What is wrong with a file or with basemaps.toml is said in the chooser: the map itself goes on without a basemap.
    """
    try:
        offered = read_basemaps()
    except GeoplanError as error:
        with _popover(say("basemap_none", language), language, trouble=True):
            _mistakes(error, language)
        return None
    asked = st.query_params.get(PARAMETER, "")[:MAX_ID] or NO_BASEMAP
    chosen = offered.by_id.get(asked)
    link, trouble = _linked(chosen, language)
    missing = chosen is None and asked != NO_BASEMAP
    name = chosen.name.get(language) if chosen else say("basemap_none", language)
    with _popover(name, language, trouble=missing or bool(trouble)):
        _options(offered, chosen, language)
        if missing:
            st.warning(_plain(say("basemap_unknown", language, id=asked)))
        if trouble:
            st.error(_plain(trouble))
        if chosen is not None and link is not None:
            _about(chosen, link, language)
        elif chosen is None:
            st.caption(_plain(say("basemap_none_why" if offered.all else "basemap_nothing", language)))
        for one in offered.refused:
            st.caption(_plain(say("basemap_refused", language, name=one.name, reason=one.reason.get(language))))
    return link


def _popover(name: str, language: str, *, trouble: bool) -> st.delta_generator.DeltaGenerator:
    icon = ":material/layers_clear:" if trouble else ":material/layers:"
    return st.popover(_plain(say("basemap_chosen", language, name=name)), icon=icon, width="content")


def _options(offered: Basemaps, chosen: Basemap | None, language: str) -> None:
    names = {NO_BASEMAP: say("basemap_none", language)}
    for one in offered.all:
        form = "basemap_option" if one.datum_stated else "basemap_option_assumed"
        names[one.id] = _plain(say(form, language, name=one.name.get(language), datum=one.datum.text.get(language)))
    ids = list(names)
    current = chosen.id if chosen is not None else NO_BASEMAP
    key = f"basemap-{language}-{current}"
    st.radio(
        say("basemap", language),
        ids,
        index=ids.index(current),
        format_func=lambda name: names[name],
        key=key,
        on_change=_choose,
        args=(key,),
    )


def _choose(key: str) -> None:
    chosen = st.session_state.get(key)
    go(**{PARAMETER: chosen if isinstance(chosen, str) and chosen != NO_BASEMAP else None})


def _about(basemap: Basemap, link: BasemapLink, language: str) -> None:
    if isinstance(basemap.entry, RemoteEntry):
        st.caption(_plain(say("basemap_remote", language, host=hosts(basemap.entry))))
    for notice in link.notices:
        st.caption(_plain(notice.get(language)))
    if link.attribution.get(language):
        st.caption(_plain(say("basemap_source", language, source=link.attribution.get(language))))
    if link.review_number:
        st.caption(_plain(say("basemap_review", language, number=link.review_number)))


def _linked(basemap: Basemap | None, language: str) -> tuple[BasemapLink | None, str]:
    """Return the link to a basemap, or None and what is wrong with it."""
    if basemap is None:
        return None, ""
    try:
        return basemap_link(basemap, _info(basemap.id, basemap.stamp, basemap)), ""
    except TileError as error:
        return None, error.line(language)


@st.cache_resource(max_entries=64, show_spinner=False)
def _info(name: str, stamp: str, _basemap: Basemap) -> SourceInfo:  # noqa: ARG001 - a changed file is opened anew
    source = open_source(_basemap)
    try:
        return source.info
    finally:
        source.close()


def _mistakes(error: GeoplanError, language: str) -> None:
    st.error(_plain(say("basemap_mistakes", language)))
    lines = [one.line(language) for one in error.mistakes] if isinstance(error, PlanError) else [error.line(language)]
    for line in lines:
        st.caption(_plain(line))


def _plain(text: str) -> str:
    r"""Return text that Streamlit's Markdown shows as it is: names and notices come from files.

    Every punctuation mark of ASCII may be escaped by a backslash in Markdown, and is.
    """
    return "".join(f"\\{one}" if one.isascii() and not one.isalnum() and one != " " else one for one in visible(text))

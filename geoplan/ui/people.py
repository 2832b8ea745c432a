"""Who looks at the page: sign-in by OpenID Connect, roles, and what is shown to somebody without one.

    person = current_person()
    if person is None:
        sign_in_page(language)
        st.stop()

`require_editor` stands before every write. It asks anew, since Streamlit runs a button's callback before
the page, and a role may have been taken away since the button was drawn.
"""

from __future__ import annotations

import logging
import re
import time

import streamlit as st

from geoplan.errors import RoleError, SettingsError
from geoplan.output.escape import for_html
from geoplan.ui.access import HERE, HERE_TOKEN, Access, Mode, access
from geoplan.ui.roles import Claims, Person, Reason, Standing, author_of, session_key, stand
from geoplan.ui.sessions import ENDED
from geoplan.ui.texts import LANGUAGES, say
from geoplan.ui.texts.people import TEXTS

__all__ = ["Person", "author_of", "current_person", "person_badge", "require_editor", "sign_in_page", "standing"]

FAILED = "signin"  # the query parameter that says the last try went wrong
_WHY = {
    Reason.NOBODY: "people_nobody",
    Reason.ENDED: "people_ended",
    Reason.UNVERIFIED: "people_unverified",
    Reason.NO_ROLE: "people_no_role",
    Reason.SETTINGS: "people_settings",
}
_ROLES = {"editor": "people_editor", "viewer": "people_viewer"}
_LOG = logging.getLogger("geoplan.access")
_MARKUP = re.compile(r"([^\w\s])")
_STYLE = """<style>
.stMainBlockContainer { padding: 12vh 22px 24px !important; }
.st-key-gp-sign-in { background: #FFF; border-radius: 8px; padding: 26px 30px; gap: 14px; }
.gp-sign-in h1 { font-size: 24px; margin: 8px 0 6px; padding: 0; } .gp-sign-in p { margin: 0; overflow-wrap: anywhere; }
</style>"""


def current_person() -> Person | None:
    """Return who looks at the page, None when sign-in is needed and there is nobody with a role.

    Settings and roles are read at every call, so a change takes effect at the next click.
    """
    return standing().person


def require_editor(person: Person | None) -> Person:
    """Return the person if they may write, now as well as when the page was drawn.

    Raises RoleError otherwise. Inside a page that runs, the role is looked up anew.
    """
    now = current_person()
    if person is None or now is None or not (person.may_write and now.may_write):
        raise RoleError(TEXTS["people_may_not_write"], hint=TEXTS["people_may_not_write_todo"])
    return now


def standing() -> Standing:
    """Return what this visit of the page amounts to, with the reason when it is nothing."""
    try:
        settings = access()
    except SettingsError as error:
        _LOG.error("nobody is let in: %s", error.line("en"))
        return Standing(None, Reason.SETTINGS)
    if settings.mode is not Mode.SIGN_IN:
        return Standing(settings.unknown_person(here=_is_here()))
    claims = st.user.to_dict()
    if claims.get("is_logged_in") is not True:
        return Standing(None, Reason.NOBODY)
    seen = of_claims(claims, settings)
    _note(seen)
    return seen


def of_claims(claims: Claims, settings: Access) -> Standing:
    """Return what the claims of a session amount to, asked by a page or by a request."""
    if claims.get("provider") not in settings.providers:
        return Standing(None, Reason.ENDED)
    people = settings.people
    ended = ENDED.has(session_key(claims), people.signed_out)
    return stand(claims, people, time.time(), ended=ended, read_only=settings.read_only)


def _note(seen: Standing) -> None:
    """Write to the log, once a visit, who it is by."""
    role = seen.person.role if seen.person else str(seen.reason)
    if st.session_state.get("gp-noted") != role:
        st.session_state["gp-noted"] = role
        _LOG.info("visit: %r (%s)", seen.person.email or seen.name if seen.person else seen.name, role)


def _is_here() -> bool:
    """Return whether the page is looked at on the machine it runs on, as the guard saw at the socket."""
    headers = st.context.headers
    if not headers:  # no connection at all: the page runs in Streamlit's test harness, or as a bare script
        return not st.get_option("server.enableAgentApi")
    return headers.get(HERE) == HERE_TOKEN


# ------------------------------------------------------------------ what is shown


def sign_in_page(language: str) -> None:
    """Show the page of somebody who is not let in: why, and the way in. Nothing of any plan is on it."""
    seen = standing()
    reason = seen.reason or Reason.NOBODY
    failed = reason is Reason.NOBODY and FAILED in st.query_params
    text = say("people_failed" if failed else _WHY[reason], language, name=seen.name)
    st.html(_STYLE)
    with st.container(horizontal_alignment="center"), st.container(key="gp-sign-in", border=True, width=480):
        st.html(
            f'<div class="gp-brand"><i></i>{say("title", language)}</div><div class="gp-sign-in">'
            f"<h1>{say('people_title', language)}</h1><p>{for_html(text)}</p></div>"
        )
        if reason in (Reason.NO_ROLE, Reason.UNVERIFIED):
            st.button(say("people_other_account", language), key="gp-sign-out", on_click=st.logout, type="primary")
        elif reason is not Reason.SETTINGS:
            _ways_in(language)
        other = next(code for code in LANGUAGES if code != language)
        st.button(
            LANGUAGES[other],
            key="gp-sign-in-language",
            type="tertiary",
            on_click=_choose_language,
            args=(other,),
        )


def person_badge(person: Person, language: str) -> None:
    """Show in the top bar who is signed in, with the way out; or why nothing, or everything, may be changed.

    Nothing is shown to the owner of the machine.
    """
    if person.signed_in:
        role = say(_ROLES[person.role], language)
        with st.popover(_plain(person.name), icon=":material/person:", key="gp-person"):
            st.text(person.email or person.name)
            st.text(f"{role}\n{say('people_paused', language)}" if access().read_only else role)
            st.button(say("people_sign_out", language), key="gp-sign-out", icon=":material/logout:", on_click=st.logout)
    elif not person.may_write:
        st.badge(say("people_read_only", language), color="gray", help=say("people_read_only_why", language))
    elif access().mode is Mode.OPEN:
        st.badge(say("people_open", language), color="orange", help=say("people_open_why", language))


def _ways_in(language: str) -> None:
    for provider in access().providers:
        named = say("people_sign_in_with", language, provider=_plain(provider))
        st.button(
            say("people_sign_in", language) if provider == "default" else named,
            key=f"gp-sign-in-{provider}",
            type="primary",
            icon=":material/login:",
            on_click=st.login,
            args=() if provider == "default" else (provider,),
        )


def _choose_language(language: str) -> None:
    st.query_params["lang"] = language


def _plain(text: str) -> str:
    """Return a name as Streamlit's labels take it, in which Markdown, icons and colours stay text."""
    return _MARKUP.sub(r"\\\1", text)

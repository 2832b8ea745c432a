"""How a job of a page is: a line that counts the seconds with a way to stop it, or what its end says."""

from __future__ import annotations

import streamlit as st

from geoplan.output.escape import visible
from geoplan.ui.jobs import Ended, Running, let_go, look
from geoplan.ui.texts import say

EVERY_SECONDS = 1.0


def is_running(key: str) -> bool:
    """Return whether a job of a key is being done."""
    return isinstance(look(key), Running)


def ended(key: str) -> Ended | None:
    """Return what a job of a key came to, None while it runs and when there is none."""
    found = look(key)
    return found if isinstance(found, Ended) else None


@st.fragment(run_every=EVERY_SECONDS)
def progress_of(key: str, text: str, numbers: dict[str, object], language: str) -> None:
    """Show how long a job has been running, by a text of the tables; at its end the page is shown anew."""
    now = look(key)
    if not isinstance(now, Running):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key=f"gp-job-{key}"):
        st.html(f'<span role="timer">{say(text, language, seconds=int(now.seconds), **numbers)}</span>')
        st.button(say("fabric_stop", language), key=f"stop-{key}", icon=":material/stop:", on_click=let_go, args=(key,))


def failure(key: str, job: Ended, language: str) -> None:
    """Say what a job failed on, until that is closed."""
    st.error(visible(job.error) or say("fabric_job_failed", language))
    st.button(say("fabric_dismiss", language), key=f"close-{key}", on_click=let_go, args=(key,))

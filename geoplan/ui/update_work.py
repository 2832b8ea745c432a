"""Long work for a page: on a thread of its own, with the steps it has come to, and a way to give it up.

A rerun finds the work it began and goes on waiting for it; work that is given up ends at its next step
and its result is dropped. Few run at once: the others wait, so that many sessions do not fill the memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Any, TypeAlias

import streamlit as st

from geoplan.output.escape import for_html
from geoplan.ui.texts import say

AT_ONCE = 4  # loads of all sessions together
SHOW_AFTER = 0.4  # seconds: what is shorter needs no progress
_LOOK_EVERY = 0.2  # seconds

Tell: TypeAlias = Callable[[str], None]

_POOL = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="geoplan-update")


class Work:
    """A task that was begun: its `kind`, what it is `about`, and the `steps` (keys of texts) it goes through."""

    def __init__(self, kind: str, about: Hashable, steps: Sequence[str], task: Callable[[Tell], Any]) -> None:
        self.kind = kind
        self.about = about
        self.steps = tuple(steps)
        self.step = ""
        self.given_up = False
        self._since = time.monotonic()
        self._future: Future[Any] = _POOL.submit(task, self._tell)

    @property
    def done(self) -> bool:
        """Return whether there is a result or an error."""
        return self._future.done()

    def result(self) -> Any:
        """Return what the task returned, or raise what it raised; waits for it."""
        return self._future.result()

    def give_up(self) -> None:
        """Let the task end at its next step; one that has not begun never does."""
        self.given_up = True
        self._future.cancel()

    def wait(self, seconds: float) -> bool:
        """Wait at most so long, and return whether it is done."""
        wait_for([self._future], timeout=seconds)
        return self.done

    @property
    def seconds(self) -> float:
        """Return how long ago it was begun."""
        return time.monotonic() - self._since

    def _tell(self, step: str) -> None:
        if self.given_up:
            raise CancelledError
        self.step = step


def watched(work: Work, language: str, on_cancel: Callable[[], None] | None = None) -> None:
    """Wait for work; when it takes longer than a moment show its steps, the time, and a button that gives it up."""
    if work.wait(SHOW_AFTER):
        return
    slot = st.empty()
    with slot.container(key=f"gp-update-work-{work.kind}"):
        status = st.status(say("update_working", language), expanded=True)
        with status:
            lines = st.empty()
            if on_cancel is not None:
                st.button(say("update_cancel", language), key=f"gp-update-cancel-{work.kind}", on_click=on_cancel)
        while not work.wait(_LOOK_EVERY):
            # Every call of Streamlit is where a click on the page ends this run.
            lines.html(steps_html(work, language))
    slot.empty()


def steps_html(work: Work, language: str) -> str:
    """Return the steps as a list: those behind, the one it is at with the seconds, those ahead."""
    at = work.steps.index(work.step) if work.step in work.steps else -1
    rows = []
    for place, step in enumerate(work.steps):
        state = "done" if place < at else "now" if place == at else "ahead"
        seconds = (
            f" <small>{say('update_seconds', language, seconds=int(work.seconds))}</small>" if state == "now" else ""
        )
        rows.append(f'<li class="gp-step-{state}">{for_html(say(step, language))}{seconds}</li>')
    waiting = f"<p>{for_html(say('update_queued', language))}</p>" if at < 0 else ""
    return f'{waiting}<ul class="gp-work" role="status">{"".join(rows)}</ul>'

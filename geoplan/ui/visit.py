"""One visit of a page: what is looked at, by whom, and the ways to change the address.

Pages are functions of a `Visit`. They change what is shown only by changing the address, so that a
link always leads back to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from geoplan.output.map import Pick
from geoplan.ui.opening import Stamp
from geoplan.ui.people import Person, author_of
from geoplan.ui.state import MAX_ID, Address
from geoplan.ui.texts import say
from geoplan.workflow import PlanView

# What belongs to one plan and means nothing in another.
_OF_A_PLAN = (
    *("zone", "facility", "revision", "finding", "from", "to", "draft"),
    *("q", "category", "in", "show", "radius", "piece"),
)
_TURNS = "turn"  # how often this session asked its maps to move


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page is shown with.

    `view` is the opened plan (of `address.revision`, or as it is now), `stamp` changes when it does.
    What writes calls `people.require_editor(visit.person)` first.
    """

    address: Address
    view: PlanView
    stamp: Stamp
    person: Person

    @property
    def may_write(self) -> bool:
        """Return whether anything may be changed by who looks at the page."""
        return self.person.may_write

    @property
    def author(self) -> str | None:
        """Return who a revision is by: the person signed in, None where people write their own name."""
        return author_of(self.person)

    @property
    def language(self) -> str:
        """Return the reader's language, "en" or "zh"."""
        return self.address.language

    def asked(self, name: str) -> str:
        """Return a parameter of the address that belongs to a page; "" without it. It is whatever a link says."""
        return str(st.query_params.get(name, ""))[:MAX_ID]

    def turn(self, what: str) -> str:
        """Return what tells a map showing `what` that it was asked to move since: see `move_map`."""
        return f"{what}-{self.view.plan.id}-{st.session_state.get(_TURNS, 0)}"

    def say(self, key: str, **values: object) -> str:
        """Return a text of the tables in the reader's language; not escaped for any destination."""
        return say(key, self.address.language, **values)


def go(**parameters: str | int | None) -> None:
    """Change the address: set each parameter, drop those that are None. For callbacks and before the page is drawn."""
    for name, value in parameters.items():
        if value is not None:
            st.query_params[name] = str(value)
        elif name in st.query_params:
            del st.query_params[name]


def go_to_plan(plan: str) -> None:
    """Show another plan; what only meant something in the last one is dropped from the address."""
    go(plan=plan, **dict.fromkeys(_OF_A_PLAN))
    move_map()


def move_map() -> None:
    """Let the map move, at the next run, to what is to be seen; otherwise it keeps the view a person gave it."""
    st.session_state[_TURNS] = st.session_state.get(_TURNS, 0) + 1


def pick(chosen: Pick | None, *, move: bool) -> None:
    """Write a pick into the address; `move` brings it into view on the map."""
    go(zone=None, facility=None)
    if chosen is not None:
        go(**{chosen.kind: chosen.id})
    if move:
        move_map()

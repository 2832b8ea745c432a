"""Looking back: the revisions of a plan, and whether the store still holds what was published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geoplan.current import has_store, opened_store, store_name
from geoplan.errors import StoreError
from geoplan.plan import Plan, load_plan
from geoplan.store import Problem, Revision, open_store
from geoplan.types import Text


@dataclass(frozen=True, slots=True)
class History:
    """All revisions of a plan, oldest first, and the store they are in."""

    plan: Plan
    store: str
    revisions: tuple[Revision, ...]

    @property
    def current(self) -> int | None:
        """Return the number of the current revision, None when there is none."""
        return self.revisions[-1].number if self.revisions else None


def history(plan: str | Path | Plan, *, store: str | Path | None = None) -> History:
    """Return the revisions of a plan; a store that does not exist yet has none, and is not made."""
    opened = plan if isinstance(plan, Plan) else load_plan(plan)
    name = store_name(opened, store)
    if not has_store(opened, store):
        return History(opened, name, ())
    with opened_store(opened, store) as held:
        return History(opened, name, held.history(opened.id))


def verify(address: str | Path | None = None) -> tuple[str, tuple[str, ...], tuple[Problem, ...]]:
    """Return the name of a store, the plans in it, and what in it is not as it was published.

    Raises StoreError when there is no such store: nothing would have been verified.
    """
    store = open_store(address)
    name = str(getattr(store, "where", address))
    try:
        if "://" not in name and not Path(name).exists():
            raise StoreError(
                Text("there is no such store.", "存储不存在。"),
                where=name,
                hint=Text("Name it with --store or GEOPLAN_STORE.", "请用 --store 或 GEOPLAN_STORE 指定。"),
            )
        return name, store.plans(), store.verify()
    finally:
        store.close()

"""Drafts in a store: rows beside the revisions, which anybody may save again or delete.

A draft is work in progress and no record: it is in no hash, and `verify` does not look at it. Two people
who save the same version of one draft: the second is told, and nothing of either is lost.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import astuple, fields, replace

from geoplan.errors import DraftConflictError, InputError
from geoplan.store.base import KeptDraft, Patience
from geoplan.store.database import Database
from geoplan.store.values import storable
from geoplan.types import Text

_NAMES = tuple(one.name for one in fields(KeptDraft))
_LIST = ", ".join(_NAMES)


class DraftShelf(ABC):
    """The part of a store that keeps drafts; the store says how to begin a transaction."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Database | None]: ...

    @abstractmethod
    def _writing(self, author: str = "", patience: Patience | None = None) -> AbstractContextManager[Database]: ...

    def drafts(self, plan: str) -> tuple[KeptDraft, ...]:
        """Return the drafts of a plan, the one changed last first."""
        with self._reading() as db:
            if db is None:
                return ()
            rows = db.rows(f"SELECT {_LIST} FROM geoplan_draft WHERE plan = ?", (plan,))  # noqa: S608 - names above
        return tuple(sorted((KeptDraft(*row) for row in rows), key=lambda one: (one.changed, one.id), reverse=True))

    def draft(self, plan: str, identifier: str) -> tuple[KeptDraft, bytes] | None:
        """Return a draft with its content, None when there is none of this id."""
        with self._reading() as db:
            if db is None:
                return None
            rows = db.rows(
                f"SELECT {_LIST}, content FROM geoplan_draft WHERE plan = ? AND id = ?",  # noqa: S608 - names above
                (plan, identifier),
            )
        return None if not rows else (KeptDraft(*rows[0][:-1]), bytes(rows[0][-1]))

    def keep_draft(self, draft: KeptDraft, content: bytes, *, most: int) -> KeptDraft:
        """Save a draft on top of the version it names (0: a new one) and return it with its new version.

        Raises DraftConflictError, with nothing written, when it has another version by now or is gone,
        InputError when a plan would have more than `most` drafts.
        """
        kept = replace(
            draft,
            version=draft.version + 1,
            name=storable(draft.name),
            author=storable(draft.author),
            changed_by=storable(draft.changed_by),
        )
        with self._writing() as db:
            _require_version(db, draft.plan, draft.id, draft.version, draft.name)
            if draft.version == 0:
                _require_room(db, draft.plan, most)
                marks = ", ".join("?" * (len(_NAMES) + 1))
                db.run(
                    f"INSERT INTO geoplan_draft ({_LIST}, content) VALUES ({marks})",  # noqa: S608 - names above
                    (*astuple(kept), content),
                )
            else:
                assigned = ", ".join(f"{name} = ?" for name in (*_NAMES, "content"))
                db.run(
                    f"UPDATE geoplan_draft SET {assigned} WHERE plan = ? AND id = ?",  # noqa: S608 - names above
                    (*astuple(kept), content, draft.plan, draft.id),
                )
        return kept

    def drop_draft(self, plan: str, identifier: str, *, version: int) -> None:
        """Delete a draft that still has this version; DraftConflictError, with nothing deleted, otherwise."""
        with self._writing() as db:
            _require_version(db, plan, identifier, version, identifier)
            db.run("DELETE FROM geoplan_draft WHERE plan = ? AND id = ?", (plan, identifier))


def _require_version(db: Database, plan: str, identifier: str, version: int, name: str) -> None:
    rows = db.rows("SELECT version, changed_by, name FROM geoplan_draft WHERE plan = ? AND id = ?", (plan, identifier))
    found, by, called = rows[0] if rows else (None, "", name)
    if (found or 0) != version:
        raise DraftConflictError(called, version, found, by)


def _require_room(db: Database, plan: str, most: int) -> None:
    ((count,),) = db.rows("SELECT count(*) FROM geoplan_draft WHERE plan = ?", (plan,))
    if count >= most:
        raise InputError(
            Text(f"the plan has {count} drafts already.", f"该规划已有 {count} 个草案。"),
            where=plan,
            hint=Text("Delete one that is no longer needed.", "请删除不再需要的草案。"),
        )

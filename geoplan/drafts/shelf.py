"""Drafts in the plan's store: listed, opened, saved, renamed, deleted; a conflict is told and nothing is lost."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from geoplan.current import has_store, opened_store
from geoplan.drafts.document import from_bytes, to_bytes, with_store
from geoplan.drafts.values import Draft, checked_name
from geoplan.errors import DraftConflictError
from geoplan.plan import Plan
from geoplan.store import KeptDraft

MAX_DRAFTS = 200


def drafts_of(plan: Plan, store: str | Path | None = None) -> tuple[KeptDraft, ...]:
    """Return the drafts of a plan, the one changed last first; StoreError for a store that cannot be read."""
    if not has_store(plan, store):
        return ()
    with opened_store(plan, store) as held:
        return held.drafts(plan.id)


def open_draft(plan: Plan, identifier: str, store: str | Path | None = None) -> Draft:
    """Return a saved draft, its zones to the last bit.

    Raises DraftConflictError when it was deleted in the meantime, StoreError when it cannot be read.
    """
    found = None
    if has_store(plan, store):
        with opened_store(plan, store) as held:
            found = held.draft(plan.id, identifier)
    if found is None:
        raise DraftConflictError(identifier, 0, None)
    return from_bytes(*found)


def save(draft: Draft, plan: Plan, *, author: str, store: str | Path | None = None) -> Draft:
    """Return the draft as it was saved by `author`, with its id and version in the store.

    Raises DraftConflictError, with nothing written, when somebody else saved or deleted it since it was
    opened (see `as_another`), InputError when it is too large or the plan has too many.
    """
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    kept = KeptDraft(
        plan=plan.id,
        id=draft.id or secrets.token_hex(8),
        version=draft.version,
        name=checked_name(draft.name),
        author=draft.author or author,
        created=draft.created or now,
        changed=now,
        changed_by=author,
        parent=draft.parent,
        zones=len(draft.zones),
    )
    content = to_bytes(draft)
    with opened_store(plan, store) as held:
        return with_store(draft, held.keep_draft(kept, content, most=MAX_DRAFTS))


def as_another(draft: Draft, name: str) -> Draft:
    """Return the same layout as a draft of its own that the store does not know yet; InputError for an unfit name."""
    return replace(draft, name=checked_name(name), id="", version=0, created="", changed="", changed_by="")


def delete(draft: Draft | KeptDraft, plan: Plan, store: str | Path | None = None) -> None:
    """Delete a saved draft: nothing of it stays.

    Raises DraftConflictError, with nothing deleted, when somebody saved it since this version.
    """
    if not draft.id or not draft.version:
        return
    with opened_store(plan, store) as held:
        held.drop_draft(plan.id, draft.id, version=draft.version)

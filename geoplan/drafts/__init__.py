"""Drafts: zones drawn and edited by hand, measured and checked at every step, kept, compared and published."""

from geoplan.drafts.assess import Assessment, Ground, assess, is_behind, rebased, start
from geoplan.drafts.edits import merge, renamed, split, with_zone, without_zone
from geoplan.drafts.neighbours import cut_from_neighbours, kept_clear, overlapping, snapped
from geoplan.drafts.publish import publish_draft
from geoplan.drafts.shelf import as_another, delete, drafts_of, open_draft, save
from geoplan.drafts.typed import read_typed
from geoplan.drafts.values import Deed, Draft, Edit, Undo

__all__ = [
    "Assessment",
    "Deed",
    "Draft",
    "Edit",
    "Ground",
    "Undo",
    "as_another",
    "assess",
    "cut_from_neighbours",
    "delete",
    "drafts_of",
    "is_behind",
    "kept_clear",
    "merge",
    "open_draft",
    "overlapping",
    "publish_draft",
    "read_typed",
    "rebased",
    "renamed",
    "save",
    "snapped",
    "split",
    "start",
    "with_zone",
    "without_zone",
]

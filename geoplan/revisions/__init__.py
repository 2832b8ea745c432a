"""Boundary updates: what a file is, what it would change, publishing it as a revision, and going back."""

from geoplan.revisions.compare import compare_files, compare_revisions
from geoplan.revisions.history import History, history, verify
from geoplan.revisions.inspect import inspect_file
from geoplan.revisions.load import load
from geoplan.revisions.restore import restore
from geoplan.revisions.values import (
    How,
    LoadResult,
    MatchedFeature,
    Outcome,
    PublishConflictError,
    Publishing,
    Reading,
)

__all__ = [
    "History",
    "How",
    "LoadResult",
    "MatchedFeature",
    "Outcome",
    "PublishConflictError",
    "Publishing",
    "Reading",
    "compare_files",
    "compare_revisions",
    "history",
    "inspect_file",
    "load",
    "restore",
    "verify",
]

"""Inspections, loads, histories and verified stores, as text for people and JSON documents for machines."""

from geoplan.output.revisions.history import history_document, render_history, render_verify, verify_document
from geoplan.output.revisions.inspect import inspect_document, render_inspect
from geoplan.output.revisions.load import conflict_document, load_document, render_conflict, render_load

__all__ = [
    "conflict_document",
    "history_document",
    "inspect_document",
    "load_document",
    "render_conflict",
    "render_history",
    "render_inspect",
    "render_load",
    "render_verify",
    "verify_document",
]

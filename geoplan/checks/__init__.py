"""The checks: one short module per family, each a function from a subject and a rule to an outcome."""

from __future__ import annotations

from geoplan.checks.engine import CHECKS, lapsed, run_checks
from geoplan.checks.subject import Subject

__all__ = ["CHECKS", "Subject", "lapsed", "run_checks"]

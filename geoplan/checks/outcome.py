"""The shape of a check: a function from a subject and its rule to an outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from geoplan.checks.subject import Subject
from geoplan.plan.rules import BaseRule
from geoplan.types import Finding, Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found: how many things it `examined`, its findings, and what it tolerated.

    `tolerated` counts the pieces within the tolerance and `tolerated_m2` sums them. `skipped` says
    why the check could not run.
    """

    examined: int = 0
    findings: tuple[Finding, ...] = ()
    tolerated: int = 0
    tolerated_m2: float = 0.0
    skipped: Text | None = None


# The second argument is the check's own rule model; each check narrows it in its signature.
CheckFunction: TypeAlias = Callable[[Subject, Any], Outcome]


@dataclass(frozen=True, slots=True)
class Check:
    """One entry of the ordered table of checks: its name, function and the rule it runs with by default.

    `default` is None for a check that only runs when the plan has a rule for it.
    """

    name: str
    run: CheckFunction
    default: BaseRule | None


def skipped(en: str, zh: str) -> Outcome:
    """Return the outcome of a check that cannot run, with the reason."""
    return Outcome(skipped=Text(en, zh))

"""Repair as a proposal: what could be mended in a layer, step by step, with a ledger of m² for each zone.

See docs/repair.md for what each step does, what it never does, and when the whole is refused.
"""

from geoplan.repair.proposal import STEPS, LedgerEntry, Refusal, Repair, propose

__all__ = ["STEPS", "LedgerEntry", "Refusal", "Repair", "propose"]

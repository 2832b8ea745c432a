"""Names to choose from: a select box tells its options apart by their text alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from geoplan.output.escape import visible


def distinct(names: Mapping[str, str]) -> dict[str, str]:
    """Return names by id as they are offered: a name that several ids share is followed by its id."""
    shared = Counter(names.values())
    return {key: f"{name} · {visible(key)}" if shared[name] > 1 else name for key, name in names.items()}

"""How a published figure is worded around its number; the words by themselves are in `geoplan.output.words`."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

# `{value}` is the number with its unit.
COMPARISONS: Mapping[str, Text] = {
    "exact": Text.same("{value}"),
    "more_than": Text("more than {value}", "超过 {value}"),
    "at_least": Text("at least {value}", "至少 {value}"),
    "nearly": Text("nearly {value}", "近 {value}"),
    "about": Text("about {value}", "约 {value}"),
}

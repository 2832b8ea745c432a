"""Words for what data files say in terms of their own: kinds of figures, comparisons, bases."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import IndicatorKind, Text

KINDS: Mapping[IndicatorKind, Text] = {
    IndicatorKind.INCREMENT: Text("increment", "增量"),
    IndicatorKind.STOCK: Text("stock", "存量"),
    IndicatorKind.TARGET: Text("target", "目标"),
    IndicatorKind.GOAL: Text("goal in words", "定性目标"),
}

# How a published figure is worded around its number, `{value}` being the number with its unit.
COMPARISONS: Mapping[str, Text] = {
    "exact": Text.same("{value}"),
    "more_than": Text("more than {value}", "超过 {value}"),
    "at_least": Text("at least {value}", "至少 {value}"),
    "nearly": Text("nearly {value}", "近 {value}"),
    "about": Text("about {value}", "约 {value}"),
}

# The words facility files use for how a place is known; other words are shown as they are.
BASES: Mapping[str, Text] = {
    "stated": Text("stated", "资料所载"),
    "derived": Text("derived", "推得"),
    "stated, derived": Text("stated, derived", "资料所载并推得"),
    "general knowledge": Text("general knowledge, unverified", "一般常识，未经核实"),
    "stated place, general knowledge coordinate": Text(
        "place stated, coordinate from general knowledge", "地点见资料，坐标据一般常识"
    ),
    "assumed": Text("assumed", "假定"),
    "unknown": Text("unknown", "未知"),
}

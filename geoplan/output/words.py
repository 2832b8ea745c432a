"""Words for what data files say in terms of their own: kinds of figures, comparisons, how a place is known."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Comparison, IndicatorKind, Text

KIND_WORDS: Mapping[IndicatorKind, Text] = {
    IndicatorKind.INCREMENT: Text("increment", "增量"),
    IndicatorKind.STOCK: Text("stock", "存量"),
    IndicatorKind.TARGET: Text("target", "目标"),
    IndicatorKind.GOAL: Text("goal in words", "定性目标"),
}

COMPARISON_WORDS: Mapping[Comparison, Text] = {
    Comparison.EXACT: Text("exactly", "等于"),
    Comparison.MORE_THAN: Text("more than", "超过"),
    Comparison.AT_LEAST: Text("at least", "至少"),
    Comparison.NEARLY: Text("nearly", "近"),
    Comparison.ABOUT: Text("about", "约"),
}

# What a boundary is worth, by the status of its plan.
BOUNDARY_WORDS: Mapping[str, Text] = {
    "official": Text("official", "官方"),
    "indicative": Text("indicative", "示意"),
    "draft": Text("draft", "草案"),
}

# The words facility files use for how a place is known; other words are shown as they are.
BASIS_WORDS: Mapping[str, Text] = {
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

"""The kept figures of the benchmarks as tables and a drawing: docs/benchmarks.md and docs/images/benchmarks.svg.

`python -m benchmarks.report` writes both anew from benchmarks/results/coverage.json; with `--check` it changes nothing,
and its exit code is 1 when they are not in step with it.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.peers.catalogue import OURS, OURS_WHOLE, PEERS, lacks, title_of, version_of
from benchmarks.plot import Line, Mark, draw
from benchmarks.truth import QUESTIONS

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "coverage.json"
PAGE = ROOT / "docs" / "benchmarks.md"
DRAWING = ROOT / "docs" / "images" / "benchmarks.svg"
SCHEMA = "geoplan.benchmark/1"
BEGIN = "<!-- Written by `make bench`; the figures are those of benchmarks/results/coverage.json. -->"
END = "<!-- End of the written part. -->"

Record: TypeAlias = dict[str, Any]


def circumstances(tools: Sequence[str]) -> Record:
    """Return what figures hang on: the day, the machine in a few words, and the version of every tool that is here."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "machine": {
            "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "memory_gb": round(pages * size / 1e9),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
        },
        "versions": {tool: version_of(tool) for tool in tools if tool in (OURS, OURS_WHOLE) or lacks(tool) is None},
    }


def keep(record: Record) -> None:
    """Put a record among the kept ones, in the place of the one about the same layer and size."""
    kept = [one for one in records() if (one["layer"], one["size"]) != (record["layer"], record["size"])]
    kept = sorted([*kept, record], key=lambda one: (one["layer"], one["size"]))
    RESULTS.parent.mkdir(exist_ok=True)
    content = json.dumps({"schema": SCHEMA, "records": kept}, ensure_ascii=False, indent=1)
    RESULTS.write_text(content + "\n", encoding="utf-8", newline="\n")


def records() -> list[Record]:
    """Return the kept records, by layer and size."""
    if not RESULTS.exists():
        return []
    found: list[Record] = json.loads(RESULTS.read_text(encoding="utf-8"))["records"]
    return found


def median(record: Record, tool: str, figure: str) -> float | None:
    """Return the median of a figure of a tool, None when it was not measured to the end."""
    one = record["tools"].get(tool)
    return None if one is None or one["why_not"] or not one[figure] else float(statistics.median(one[figure]))


def ratio(record: Record, tool: str, base: Record | None = None, base_tool: str = OURS) -> float | None:
    """Return how many times as long a tool took, wall-clock, as `base_tool` (in the same record, or in `base`)."""
    long, short = median(record, tool, "wall_s"), median(base or record, base_tool, "wall_s")
    return None if long is None or short is None else long / short


# --- the written part ---------------------------------------------------------------------------


def written(kept: Sequence[Record]) -> Iterator[str]:
    """Yield the lines of the written part."""
    planted = [record for record in kept if record["layer"] == "planted"]
    if not planted:
        yield "Nothing is measured yet: `make bench`."
        return
    yield "![Seconds, peak memory and right answers against the number of polygons](images/benchmarks.svg)"
    yield ""
    yield from _promises(kept)
    for record in kept:
        yield from _record(record)
    versions = {(tool, version): None for record in kept for tool, version in record["versions"].items()}
    told = sorted((title_of(tool), version) for tool, version in versions if tool != OURS_WHOLE)
    yield "Versions: " + ", ".join(" ".join(one) for one in told)
    yield ""


def _record(record: Record) -> Iterator[str]:
    machine = record["machine"]
    planted = f"{record['overlaps']:,} overlaps and {record['gaps']:,} gaps planted"
    if record["layer"] == "twice":
        planted = "every border drawn twice"
    yield f"### {record['polygons']:,} polygons, {_LAYER_WORDS[record['layer']]}"
    yield ""
    yield (
        f"{planted}. {record['date']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}, "
        f"Python {machine['python']}; {_runs(record['runs'])} (one "
        f"for a tool over {record['once_s']:g} s); load of the machine {record['load'][0]:g} before "
        f"and {record['load'][1]:g} after; a tool was given {record['limit_s']:g} s."
    )
    yield ""
    yield "| tool | wall s | processor s | peak MB | wall ÷ geoplan | wall s without gaps | overlaps | gaps | area |"
    yield "|---|---:|---:|---:|---:|---:|---|---|---|"
    for tool in record["tools"]:
        yield _row(record, tool)
    yield ""


def _runs(count: int) -> str:
    return f"medians of {count} runs" if count > 1 else "1 run"


_LAYER_WORDS = {
    "planted": "with planted defects",
    "clean": "without a defect",
    "many": "one in a hundred defective",
    "twice": "no edge with its equal",
}


def _row(record: Record, tool: str) -> str:
    one = record["tools"][tool]
    wall = median(record, tool, "wall_s")
    if wall is None:
        return f"| {title_of(tool)} | {one['why_not']} | | | | | | | |"
    cpu, peak = median(record, tool, "cpu_s") or 0.0, median(record, tool, "peak_bytes") or 0.0
    times = ratio(record, tool)
    gaps = one["seconds"].get("gaps")
    few = len(one["wall_s"])
    cells = [
        title_of(tool) + (f" ({few} run{'s' if few > 1 else ''})" if few < record["runs"] else ""),
        f"{wall:.2f}",
        f"{cpu:.2f}",
        f"{peak / 1e6:,.0f}",
        "" if times is None else f"{times:.1f}",
        "" if gaps is None else f"{wall - gaps:.2f}",
    ]
    verdicts = one["verdicts"]
    cells += [_said(verdicts.get(question)) for question in QUESTIONS] if verdicts else [one["note"], "", ""]
    return "| " + " | ".join(cells) + " |"


def _said(verdict: dict[str, Any] | None) -> str:
    if verdict is None:
        return ""
    return f"**{verdict['words']}**" if verdict["offered"] and not verdict["right"] else str(verdict["words"])


# --- what was promised --------------------------------------------------------------------------

Found: TypeAlias = Callable[[dict[tuple[str, int], Record]], float | None]


def _times(tool: str, size: int, layer: str = "planted") -> Found:
    return lambda kept: ratio(kept[layer, size], tool) if (layer, size) in kept else None


def _against(layer: str, size: int, base: tuple[str, int]) -> Found:
    return lambda kept: ratio(kept[layer, size], OURS, kept[base]) if (layer, size) in kept and base in kept else None


def _peak_gb(kept: dict[tuple[str, int], Record]) -> float | None:
    peak = median(kept["planted", 1_000_000], OURS, "peak_bytes") if ("planted", 1_000_000) in kept else None
    return None if peak is None else peak / 1e9


# what is promised, how it is found, the bound, and whether it is one from below
PROMISES: tuple[tuple[str, Found, float, bool], ...] = (
    ("100,000 polygons: times faster than geopandas", _times("geopandas", 100_000), 8.0, True),
    ("100,000 polygons: times faster than DuckDB spatial", _times("duckdb", 100_000), 4.5, True),
    ("100,000 polygons: times faster than GEOS coverage", _times("geos", 100_000), 1.8, True),
    (
        "growth of the time from 100,000 to 1,000,000 polygons",
        _against("planted", 1_000_000, ("planted", 100_000)),
        11.0,
        False,
    ),
    ("1,000,000 polygons: peak memory, GB", _peak_gb, 4.0, False),
    (
        "one in a hundred polygons defective: times the time of none",
        _against("many", 100_000, ("clean", 100_000)),
        2.0,
        False,
    ),
    ("no edge with its equal: times faster than geopandas", _times("geopandas", 100_000, "twice"), 1.0, True),
)


def _promises(kept: Sequence[Record]) -> Iterator[str]:
    by_key = {(record["layer"], record["size"]): record for record in kept}
    yield "| promised | at | measured | |"
    yield "|---|---|---:|---|"
    for words, find, bound, at_least in PROMISES:
        found = find(by_key)
        held = found is not None and (found >= bound if at_least else found <= bound)
        verdict = "not measured" if found is None else "held" if held else "**missed**"
        measured = "" if found is None else f"{found:.2f}"
        yield f"| {words} | {'at least' if at_least else 'at most'} {bound:g} | {measured} | {verdict} |"
    yield ""


# --- the drawing ---------------------------------------------------------------------------------


def drawing(kept: Sequence[Record]) -> str:
    """Return the drawing of all planted fabrics."""
    planted = [record for record in kept if record["layer"] == "planted"]
    tools = [tool for tool in (OURS, *PEERS) if any(tool in record["tools"] for record in planted)]
    title = "Seconds, peak memory and right answers against the number of polygons"
    return draw([_line(tool, planted) for tool in tools], QUESTIONS, title)


def _line(tool: str, planted: Sequence[Record]) -> Line:
    seconds: dict[int, float] = {}
    megabytes: dict[int, float] = {}
    marks: dict[int, tuple[Mark, ...]] = {}
    for record in planted:
        wall, peak = median(record, tool, "wall_s"), median(record, tool, "peak_bytes")
        if wall is None or peak is None:
            continue
        seconds[record["size"]], megabytes[record["size"]] = wall, peak / 1e6
        verdicts = record["tools"][OURS_WHOLE if tool == OURS else tool]["verdicts"]
        if verdicts:
            marks[record["size"]] = tuple(_mark(verdicts[question]) for question in QUESTIONS)
    return Line(title_of(tool), seconds, megabytes, marks, ours=tool == OURS)


def _mark(verdict: dict[str, Any]) -> Mark:
    if not verdict["offered"]:
        return "none"
    return "right" if verdict["right"] else "wrong"


# --- the page ------------------------------------------------------------------------------------


def page(kept: Sequence[Record]) -> str:
    """Return the page with its written part anew; raises ValueError when it does not hold the two markers."""
    text = PAGE.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in after:
        raise ValueError(f"{PAGE.name} must hold {BEGIN!r} and {END!r} once each")
    return f"{before}{BEGIN}\n\n" + "\n".join(written(kept)).strip() + f"\n\n{END}{after}"


def write() -> None:
    """Write the page and the drawing anew."""
    kept = records()
    PAGE.write_text(page(kept), encoding="utf-8", newline="\n")
    DRAWING.write_text(drawing(kept), encoding="utf-8", newline="\n")


def in_step() -> bool:
    """Return whether the page and the drawing are those of the kept figures."""
    kept = records()
    return PAGE.read_text(encoding="utf-8") == page(kept) and DRAWING.read_text(encoding="utf-8") == drawing(kept)


def main(arguments: Sequence[str]) -> int:
    """Write both, or say whether they are in step; return the exit code."""
    if "--check" in arguments:
        return 0 if in_step() else 1
    write()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

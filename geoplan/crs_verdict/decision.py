"""The decision on a file's coordinates: an ordered tuple of rules, the first of which that applies decides.

docs/crs.md tells the rules in plain words. Only `declared` and `inferred` let a load go on by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import project, same_crs
from geoplan.crs_verdict.case import Case, asked_for, case_of
from geoplan.crs_verdict.fit import DOUBT, EXACT_M, LOOSE_M, PROOF, SAME_M, Evidence, Placed, common_move, explaining
from geoplan.crs_verdict.outcome import declared_text, go_on, mixed_features, ranked, stop
from geoplan.crs_verdict.readings import EAST_NORTH, Reading, crs_text, degrees_crs, own_prefix, reading_of
from geoplan.crs_verdict.site import NEAR_M, Site
from geoplan.crs_verdict.wording import (
    agreement,
    far_away,
    joined,
    metres,
    options,
    reading_words,
    shift_at,
    shift_not_told,
    stated,
    wind,
)
from geoplan.errors import CrsError, MissingCrsError
from geoplan.inspection import Candidate, CrsVerdict, Offset, Verdict
from geoplan.offsets import unshift
from geoplan.types import Text

Rule: TypeAlias = Callable[[Case], CrsVerdict | None]

# A shift is undone unasked only where the plan's boundaries are ten times as sure as it is long, and most vertices fit.
_SURE_TO = 0.1
_MOST = 0.5
_DOUBTS = ((EXACT_M, DOUBT), (SAME_M, DOUBT), *((radius, PROOF) for radius in LOOSE_M))


def decide(
    geometry: NDArray[np.object_],
    declared: CRS | None,
    *,
    site: Site | None,
    crs: str | None = None,
    offset: Offset | None = None,
    operation: str | None = None,
    axes: str | None = None,
) -> CrsVerdict:
    """Return what the coordinates of `geometry` (an array of shapely geometries or None) are, and why.

    `declared` is what the file says. `crs`, `axes` ("east-north" or "north-east") and `offset` are what the user
    says: they narrow what is tried, and a given CRS is taken at its word even far from the plan. `operation`
    ("+towgs84=…" or "+nadgrids=…") gives the parameters of the stated datum.
    Raises CrsError for an unknown `crs`, UsageError for an `axes` or `operation` that cannot be followed.
    """
    case = case_of(geometry, asked_for(declared, crs, operation, axes, offset), site)
    return next(verdict for rule in RULES if (verdict := rule(case)) is not None)


def apply(geometry: NDArray[np.object_], decision: CrsVerdict | Candidate, target: CRS) -> NDArray[np.object_]:
    """Return the geometry in `target`, east first, in two dimensions, exactly as the decision says.

    Axes are exchanged, zone numbers taken off or added, a shift undone in degrees, and the rest projected; what
    needs nothing of this comes back with the coordinates it has. Raises CrsError (MissingCrsError when nothing is
    declared) with the explanation when the verdict chose nothing.
    """
    chosen = _chosen(decision) if isinstance(decision, CrsVerdict) else decision
    reading = reading_of(chosen)
    if (reading.axis_order, reading.offset) == (EAST_NORTH, Offset.NONE) and _as_it_is(reading, target):
        plain = np.asarray(geometry, dtype=object)
        return np.asarray(shapely.force_2d(plain), dtype=object) if shapely.has_z(plain).any() else plain
    upright = _transformed(geometry, reading.in_crs)
    if reading.offset is Offset.NONE:
        return project(upright, reading.crs, target)
    degrees = project(upright, reading.crs, degrees_crs())
    return project(_transformed(degrees, lambda x, y: unshift(reading.offset, x, y)), degrees_crs(), target)


def _as_it_is(reading: Reading, target: CRS) -> bool:
    """Return whether east-first numbers of a reading are coordinates of `target` already."""
    return same_crs(reading.crs, target) and (own_prefix(reading.crs) or 0) == (reading.zone_prefix or 0)


def _chosen(decision: CrsVerdict) -> Candidate:
    if decision.chosen is None:
        missing = decision.verdict is Verdict.MISSING
        raise (MissingCrsError if missing else CrsError)(decision.explanation)
    return decision.chosen


# --- the rules, in their order ---


def _nothing_to_judge(case: Case) -> CrsVerdict | None:
    """Take the declaration as it is when there is not a single coordinate."""
    if len(case.numbers.boxes):
        return None
    word = case.asked.at_its_word
    none = Text("there are no coordinates to hold it against.", "没有可供核对的坐标。")
    before = stated(case.asked)
    text = Text(f"{before.en}; {none.en}", f"{before.zh}；{none.zh}")
    if word is None or case.refusal is not None:
        return stop(case, Verdict.MISSING if word is None else Verdict.REFUSED, text, ())
    chosen = Candidate(crs_text(word.crs), word.axis_order, word.zone_prefix, word.offset, 0.0, lands_on_site=False)
    return CrsVerdict(declared_text(case.asked), Verdict.DECLARED, chosen, None, None, (chosen,), text)


def _unknown_datum(case: Case) -> CrsVerdict | None:
    """Refuse a datum without known parameters, and say so if the numbers fit as CGCS2000."""
    if case.refusal is None:
        return None
    hint = case.refusal.hint or Text("", "")
    text = Text(
        f"{stated(case.asked).en}. {case.refusal.message.en} {hint.en}",
        f"{stated(case.asked).zh}。{case.refusal.message.zh}{hint.zh}",
    )
    found, clear = _proven(case)
    if not (found and clear):
        return stop(case, Verdict.REFUSED, text, ())
    best, picks = found[0], options(found[0].reading, case.asked, [one.reading for one in case.placed])
    words = reading_words(best, case.asked)
    doubt = Text(
        f"Yet {words.en}, {agreement(best).en}: if the label is wrong, give {picks}.",
        f"但{words.zh}时，{agreement(best).zh}：如声明有误，请加 {picks}。",
    )
    return stop(case, Verdict.REFUSED, joined(text, doubt), (best,))


def _no_such_shift(case: Case) -> CrsVerdict | None:
    """Refuse to undo a shift outside China, where there is none."""
    offset = case.asked.offset
    one = case.placed[0] if case.placed else case.stated
    if offset is None or offset is Offset.NONE or one is None or shift_at(one, offset)[0] > 0:
        return None
    text = Text(
        f"{stated(case.asked).en}, which puts the file outside China, where web maps have no such shift. "
        "Leave --offset out.",
        f"{stated(case.asked).zh}，文件位于中国范围之外，该处网络地图没有此偏移。请去掉 --offset。",
    )
    return stop(case, Verdict.REFUSED, text, ())


def _impossible(case: Case) -> CrsVerdict | None:
    """Refuse a file of which only some features can be of the stated system: it mixes systems or axis orders."""
    strange = case.unfit
    if not 0 < len(strange) < len(case.numbers.boxes):
        return None
    if case.placed and not case.asked.given and case.placed[0].reading != case.asked.at_its_word:
        return None  # another reading takes all of them in
    return mixed_features(
        case, strange.tolist(), Text("have coordinates that cannot be of it", "的坐标不可能属于该坐标系")
    )


def _fitted(case: Case) -> CrsVerdict | None:
    """Let vertices that coincide with current boundaries decide, unless parts of the file fit differently."""
    found, clear = _proven(case)
    if not found:
        return None
    if not clear:
        return _unclear_parts(case, found)
    best = found[0]
    if best is case.stated:
        return go_on(case, best, Verdict.DECLARED, Text(f"{stated(case.asked).en}: ", f"{stated(case.asked).zh}："))
    doubt = _doubt_about_shift(case, best)
    if doubt is not None:
        return stop(case, _unsure(case), doubt, _with_plain(case, (best, *found[1:])))
    words, fits, before = reading_words(best, case.asked), agreement(best), stated(case.asked)
    text = Text(
        f"{before.en}, but {fits.en} only {words.en}.",
        f"{before.zh}，但只有{words.zh}，{fits.zh}。",
    )
    return go_on(case, best, Verdict.INFERRED, text, whole=True)


def _nearly(case: Case) -> CrsVerdict | None:
    """Stop where few vertices coincide, or many to some metres as traced by hand: enough to doubt, not to decide."""
    for radius, evidence in _DOUBTS:
        found, clear = _explaining(case, radius, evidence)
        if found and not (clear and found[0] is case.stated):
            best, words = found[0], reading_words(found[0], case.asked)
            hits, tried = int(best.on(radius).sum()), len(best.distance)
            text = Text(
                f"{stated(case.asked).en}, but {hits:,} of {tried:,} vertices lie within {radius:g} m of the current "
                f"boundaries {words.en}: more than chance explains, but not enough to be sure.",
                f"{stated(case.asked).zh}，但{words.zh}，{tried:,} 个顶点中有 {hits:,} 个"
                f"距现行边界不超过 {radius:g} m："
                "不像巧合，但不足以确定。",
            )
            return stop(case, _unsure(case), text, _with_plain(case, found))
        if found:
            return None
    return None


def _moved(case: Case) -> CrsVerdict | None:
    """Stop where the current boundaries are all moved alike: an undeclared datum, or a correction to be confirmed."""
    if case.ground is None or case.stated is None or not case.stated.lands or case.asked.offset is not None:
        return None
    move = common_move(case.stated, case.ground)
    if move is None:
        return None
    east, north = -move[0], -move[1]
    length, direction = float(np.hypot(east, north)), wind(float(np.degrees(np.arctan2(east, north))) % 360)
    word = options(case.stated.reading, case.asked)
    word = word if "--offset" in word else f"{word} --offset none"
    text = Text(
        f"{stated(case.asked).en}, but these are the current boundaries moved by {metres(length)} towards {direction},"
        " as when the datum is not the one declared (Xian 1980, Beijing 1954) or the current boundaries are shifted. "
        f"If the move is meant, give {word}; if not, give --crs with the true system.",
        f"{stated(case.asked).zh}，但各边界相对现行边界整体偏移 {metres(length)}"
        f"（东 {east:+.1f} m，北 {north:+.1f} m），"
        f"常见于基准与声明不符（西安 80、北京 54）或现行边界本身有偏移。"
        f"如确为所需，请加 {word}；否则请用 --crs 指明真实坐标系。",
    )
    return stop(case, Verdict.AMBIGUOUS, text, (case.stated,))


def _at_its_word(case: Case) -> CrsVerdict | None:
    """Hold to what is stated where it lands near the plan, or where the user insists."""
    one = case.stated
    if one is None or not (one.lands or (case.asked.given and not _rewritings(case))):
        return None
    before = stated(case.asked)
    if case.ground is None:
        return go_on(case, one, Verdict.DECLARED, Text(f"{before.en}.", f"{before.zh}。"), whole=True)
    if not one.lands:
        far = far_away(one, case)
        text = Text(f"{before.en}. This puts the file {far} from the plan.", f"{before.zh}。文件距本规划 {far}。")
        return go_on(case, one, Verdict.DECLARED, text, whole=True)
    if case.ground.edges is None:
        text = Text(f"{before.en}, which lands on the plan.", f"{before.zh}，位于规划范围内。")
    else:
        text = Text(
            f"{before.en}, which lands on the plan; {agreement(one).en}.",
            f"{before.zh}，位于规划范围内；{agreement(one).zh}。",
        )
    return go_on(case, one, Verdict.DECLARED, joined(text, shift_not_told(one, case.asked)), whole=True)


def _rewritten(case: Case) -> CrsVerdict | None:
    """Exchange axes or change the zone number of the stated system, when only that lands on the plan."""
    ways = _rewritings(case)
    if len(ways) != 1:
        return None
    one, before, words = ways[0], stated(case.asked), reading_words(ways[0], case.asked)
    if case.stated is None:
        why, zh_why = "which the numbers cannot be of", "但数值不可能属于该坐标系"
    else:
        far = far_away(case.stated, case)
        why = f"which puts the file {far} from the plan" if far else "which puts the file outside its area of use"
        zh_why = f"但文件将距规划 {far}" if far else "但文件将位于其适用范围之外"
    text = Text(
        f"{before.en}, {why}; {words.en}, the file lands {_there(case).en}.",
        f"{before.zh}，{zh_why}；{words.zh}时，落在{_there(case).zh}。",
    )
    return go_on(case, one, Verdict.INFERRED, joined(text, shift_not_told(one, case.asked)), whole=True)


def _unclear(case: Case) -> CrsVerdict:
    """Stop, and say what lands on the plan and how to pick it."""
    before = stated(case.asked)
    within = f"within {metres(NEAR_M)} of the plan" if case.ground is not None else "in China"
    zh_within = f"规划 {metres(NEAR_M)} 范围内" if case.ground is not None else "中国范围内"
    if not case.placed:
        text = Text(
            f"{before.en}, and under no reading do the coordinates land {within}"
            f"{_numbers(case).en}. "
            "Give --crs with the true system to take them as they are.",
            f"{before.zh}，任何解读都不能使坐标落在{zh_within}{_numbers(case).zh}。请用 --crs 指明真实坐标系。",
        )
        return stop(case, Verdict.MISSING if case.asked.crs is None else Verdict.REFUSED, text, ())
    listed = _plain_first(case)
    if case.asked.crs is None:
        text = Text(
            f"{before.en}, and {_too_little(case).en} to settle it. The numbers would look alike in Xian 1980 and "
            "Beijing 1954, which lie tens of metres off.",
            f"{before.zh}，{_too_little(case).zh}不足以判定。西安 80、北京 54 的数值形式相同，但位置相差数十米。",
        )
        return stop(case, Verdict.MISSING, joined(text, _shift_of(case, listed)), listed)
    text = Text(
        f"{before.en}, which does not land {_there(case).en}{_numbers(case).en}.",
        f"{before.zh}，但不落在{_there(case).zh}{_numbers(case).zh}。",
    )
    return stop(case, Verdict.AMBIGUOUS, text, listed)


RULES: tuple[Rule, ...] = (
    _nothing_to_judge,
    _unknown_datum,
    _no_such_shift,
    _impossible,
    _fitted,
    _nearly,
    _moved,
    _at_its_word,
    _rewritten,
    _unclear,
)


# --- what the rules share ---


def _proven(case: Case) -> tuple[tuple[Placed, ...], bool]:
    """Return what `explaining` finds proven: by exact copies, else by vertices that coincide to 1 m."""
    for radius in (EXACT_M, SAME_M):
        found, clear = _explaining(case, radius, PROOF)
        if found:
            return found, clear
    return (), True


def _explaining(case: Case, radius: float, evidence: Evidence) -> tuple[tuple[Placed, ...], bool]:
    if case.ground is None or case.ground.edges is None:
        return (), True
    return explaining(case.placed, case.stated, case.ground, radius, evidence)


def _unsure(case: Case) -> Verdict:
    return Verdict.MISSING if case.asked.crs is None else Verdict.AMBIGUOUS


def _rewritings(case: Case) -> list[Placed]:
    return [one for one in case.placed if one is not case.stated and case.is_rewriting(one)]


def _plain_first(case: Case) -> tuple[Placed, ...]:
    """Return the readings without a shift (or with the one asked for), best first."""
    by_fit, first = ranked(case.placed), case.asked.offsets[0]
    return tuple(one for one in by_fit if one.reading.offset is first) or by_fit


def _with_plain(case: Case, found: Sequence[Placed]) -> tuple[Placed, ...]:
    """Return the readings found, and the one as stated or, without it, what the best is without its shift."""
    extra = [case.stated] if case.stated is not None and case.stated.lands else []
    if not extra and found[0].reading.offset is not Offset.NONE:
        extra = [one for one in case.placed if _plain(one.reading) == _plain(found[0].reading) and one is not found[0]]
        extra = [one for one in extra if one.reading.offset is Offset.NONE]
    return (*found, *(one for one in extra if one not in found))


def _plain(reading: Reading) -> tuple[str, str, int | None]:
    return crs_text(reading.crs), reading.axis_order, reading.zone_prefix


def _shift_of(case: Case, listed: Sequence[Placed]) -> Text | None:
    return shift_not_told(listed[0], case.asked) if listed else None


def _doubt_about_shift(case: Case, best: Placed) -> Text | None:
    """Return why an inferred shift must not be undone unasked, None if there is no doubt."""
    if best.reading.offset is Offset.NONE or case.asked.offset is not None or case.ground is None:
        return None
    accuracy, (length, _) = case.ground.accuracy_m, shift_at(best, best.reading.offset)
    sure = accuracy is not None and accuracy <= _SURE_TO * length
    if sure and best.on().mean() >= _MOST:
        return None
    before, fits, words = stated(case.asked), agreement(best), reading_words(best, case.asked)
    if sure:
        why = Text("This is not most of the file.", "但这不是文件的大部分。")
    else:
        known = Text("an unknown distance", "未知") if accuracy is None else Text.same(metres(accuracy))
        why = Text(
            f"But the current boundaries may be off by {known.en}, so a shift of {metres(length)} is not undone "
            "unless it is asked for.",
            f"但现行边界的精度为 {known.zh}，{metres(length)} 的偏移须经确认才会消除。",
        )
    return Text(
        f"{before.en}; {fits.en} only {words.en}. {why.en}", f"{before.zh}；只有{words.zh}，{fits.zh}。{why.zh}"
    )


def _unclear_parts(case: Case, found: Sequence[Placed]) -> CrsVerdict:
    text = Text(
        f"{stated(case.asked).en}, but parts of the file fit the current boundaries under different readings: "
        "it seems to be put together from several sources.",
        f"{stated(case.asked).zh}，但文件各部分在不同解读下与现行边界吻合，疑似由多个来源拼合而成。",
    )
    return stop(case, _unsure(case), text, found)


def _too_little(case: Case) -> Text:
    if case.ground is None:
        return Text("without a plan to hold it against there is too little", "没有可对照的规划，")
    return Text("it fits the plan too little", "与规划的吻合程度")


def _there(case: Case) -> Text:
    if case.ground is None:
        return Text("in its area of use", "其适用范围内")
    return Text("on the plan", "规划范围内")


def _numbers(case: Case) -> Text:
    low, high = case.numbers.boxes[:, :2].min(axis=0), case.numbers.boxes[:, 2:].max(axis=0)
    x, y = (f"{_number(a)}–{_number(b)}" for a, b in zip(low, high, strict=True))
    return Text(f" (the file has x {x}, y {y})", f"（文件中 x 为 {x}，y 为 {y}）")


def _transformed(
    geometry: NDArray[np.object_], function: Callable[..., tuple[NDArray[np.float64], NDArray[np.float64]]]
) -> NDArray[np.object_]:
    return np.asarray(shapely.transform(np.asarray(geometry, dtype=object), function, interleaved=False), dtype=object)


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 1000 else f"{value:.0f}"

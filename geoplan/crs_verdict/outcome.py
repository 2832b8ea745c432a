"""Verdicts as values: a reading chosen, or a stop with what may be chosen and the options that pick it."""

from __future__ import annotations

from collections.abc import Sequence

from geoplan.crs import code_of, operation_between
from geoplan.crs_verdict.case import Asked, Case, bounds_of
from geoplan.crs_verdict.fit import Placed
from geoplan.crs_verdict.readings import crs_text
from geoplan.crs_verdict.site import NEAR_M
from geoplan.crs_verdict.wording import agreement, features_named, joined, listing, metres, options, stated
from geoplan.inspection import Candidate, CrsVerdict, Offset, Verdict
from geoplan.types import Text


def go_on(case: Case, one: Placed, verdict: Verdict, text: Text, *, whole: bool = False) -> CrsVerdict:
    """Return the verdict that chooses a reading, unless some features lie far from the plan under it."""
    if len(one.astray) and one.lands and not case.asked.given:
        far = metres(NEAR_M)
        return mixed_features(
            case,
            one.astray.tolist(),
            Text(f"land further than {far} from the plan", f"距规划超过 {far}")
            if case.ground is not None
            else Text("land outside its area of use", "位于其适用范围之外"),
        )
    if not whole:
        fits = agreement(one)
        text = Text(f"{text.en}{fits.en}.", f"{text.zh}{fits.zh}。")
    step = operation_between(one.reading.crs, case.target, bounds_of(one))
    undone = {Offset.NONE: "", Offset.GCJ02: "GCJ-02 undone; ", Offset.BD09: "BD-09 undone; "}[one.reading.offset]
    chosen = _candidate(one, case, case.placed)
    return CrsVerdict(
        declared_text(case.asked),
        verdict,
        chosen,
        f"{undone}{step.description}",
        step.accuracy_m,
        (chosen, *(_candidate(other, case, case.placed) for other in ranked(case.placed) if other is not one)),
        text,
    )


def stop(case: Case, verdict: Verdict, text: Text, listed: Sequence[Placed]) -> CrsVerdict:
    """Return a verdict that chooses nothing and lists what may be chosen, those first among all readings."""
    if listed and verdict in (Verdict.AMBIGUOUS, Verdict.MISSING):
        text = joined(text, listing(listed, case)) if len(listed) > 1 or case.stated not in listed else text
    ordered = (*listed, *(one for one in ranked(case.placed) if one not in listed))
    candidates = tuple(_candidate(one, case, ordered) for one in ordered)
    return CrsVerdict(declared_text(case.asked), verdict, None, None, None, candidates, text)


def mixed_features(case: Case, strange: Sequence[int], what: Text) -> CrsVerdict:
    """Return the refusal of a file of which only some features fit what is stated; `what` says what others do."""
    before, names = stated(case.asked), features_named(strange)
    possible = not len(case.unfit)
    insist, zh_insist = (
        (", or give --crs to take all of it as it stands", "，或用 --crs 指明按原样采用") if possible else ("", "")
    )
    text = Text(
        f"{before.en}, but {len(strange):,} of {len(case.numbers.boxes):,} features ({names}) {what.en}. "
        f"Mend the file{insist}.",
        f"{before.zh}，但 {len(case.numbers.boxes):,} 个要素中有 {len(strange):,} 个（{names}）{what.zh}。"
        f"请修正文件{zh_insist}。",
    )
    return stop(case, Verdict.REFUSED, text, ())


def _candidate(one: Placed, case: Case, among: Sequence[Placed]) -> Candidate:
    reading = one.reading
    fitted = case.ground is not None and case.ground.edges is not None
    return Candidate(
        crs_text(reading.crs),
        reading.axis_order,
        reading.zone_prefix,
        reading.offset,
        one.score,
        one.lands and case.ground is not None,
        one.median_m if fitted else None,
        float(one.on().mean()) if fitted else None,
        options(reading, case.asked, [other.reading for other in among]),
    )


def declared_text(asked: Asked) -> str | None:
    """Return what the file declares as text, None when it declares nothing."""
    return None if asked.declared is None else code_of(asked.declared)


def ranked(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """Return readings by the share of vertices on current boundaries, then by overlap, best first."""
    return tuple(sorted(placed, key=lambda one: (-float(one.on().mean() if len(one.distance) else 0), -one.score)))

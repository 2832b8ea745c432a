"""Every way the numbers of one layout can be written and labelled: the right place to 1 mm, or a stop with a reason."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely

from geoplan.crs_verdict import Site, apply, decide
from geoplan.inspection import CrsVerdict, Offset, Verdict
from tests.crs_files import TARGET, File, apart, files, indicative, official, update, without_zones

MILLIMETRE = 1e-3
GOES_ON = {Verdict.DECLARED, Verdict.INFERRED}
# As the numbers are, and without a label.
LABELS = ("as written", None)
# Degrees, a neighbouring meridian, a web map, another projection on the same meridian: none of them true.
WRONG_LABELS = (4326, 4549, 3857, 32650)


@dataclass(frozen=True)
class Ending:
    """How one file ended: its verdict, and how far from the truth it was put (None when it was stopped)."""

    file: File
    verdict: CrsVerdict
    metres: float | None


def chosen_by(options: str) -> dict[str, Any]:
    """What the command line would hand to `decide`."""
    words = shlex.split(options)
    found: dict[str, Any] = {
        name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)
    }
    return found | ({"offset": Offset(found["offset"])} if "offset" in found else {})


def ending(file: File, site: Site | None, **asked: Any) -> Ending:
    geometry = file.geometry(update())
    verdict = decide(geometry, file.crs, site=site, **asked)
    if verdict.chosen is None:
        return Ending(file, verdict, None)
    return Ending(file, verdict, apart(apply(geometry, verdict, TARGET), update()))


def endings(labels: tuple[int | str | None, ...], site: Site | None) -> list[Ending]:
    return [ending(file, site) for file in files(labels)]


def counts(found: list[Ending]) -> Counter[str]:
    return Counter(one.verdict.verdict.value for one in found)


def assert_never_wrong(found: list[Ending]) -> None:
    wrong = [
        f"{one.file}: {one.metres:.3f} m, {one.verdict.explanation.en}"
        for one in found
        if (one.metres or 0) > MILLIMETRE
    ]
    assert wrong == []
    for one in found:
        goes_on = one.verdict.verdict in GOES_ON
        assert goes_on == (one.verdict.chosen is not None), str(one.file)
        assert one.verdict.explanation.en, str(one.file)
        assert one.verdict.explanation.zh, str(one.file)


def true_offset(file: File) -> Offset:
    return Offset.NONE if file.offset == "plain" else Offset(file.offset)


def test_against_official_boundaries_every_file_lands_to_a_millimetre_labelled_or_not() -> None:
    found = endings(LABELS, official())
    print(counts(found))
    assert_never_wrong(found)
    assert counts(found) == {"declared": 7, "inferred": 125}
    for one in found:
        assert one.verdict.chosen is not None
        assert one.verdict.chosen.offset is true_offset(one.file), str(one.file)
        assert one.verdict.chosen.axis_order == ("north-east" if "swapped" in one.file.twist else "east-north")
        assert one.verdict.chosen.coincide == pytest.approx(70 / 75)


def test_against_indicative_boundaries_a_shift_is_never_undone_unasked() -> None:
    found = endings(LABELS, indicative())
    print(counts(found))
    assert_never_wrong(found)
    # One in three carries no shift: of these the seven true labels are declared, the rest fit to the vertex.
    assert counts(found) == {"declared": 7, "inferred": 37, "ambiguous": 44, "missing": 44}
    for one in found:
        assert (one.verdict.chosen is None) == (one.file.offset != "plain"), str(one.file)


def test_the_option_that_a_stop_names_for_the_true_reading_leads_to_the_right_place() -> None:
    stopped = [one for one in endings(LABELS, indicative()) if one.verdict.chosen is None]
    assert len(stopped) == 88
    for one in stopped:
        best = one.verdict.candidates[0]
        assert best.offset is true_offset(one.file), str(one.file)
        assert best.options in one.verdict.explanation.en
        assert best.options in one.verdict.explanation.zh
        again = ending(one.file, indicative(), **chosen_by(best.options))
        assert again.metres is not None, f"{one.file}: {again.verdict.explanation.en}"
        assert again.metres < MILLIMETRE, str(one.file)


def test_every_option_that_a_stop_names_picks_the_reading_it_stands_beside() -> None:
    for file in files((None,)):
        if file.twist != "as it is":
            continue
        verdict = ending(file, indicative()).verdict
        for candidate in verdict.candidates if verdict.chosen is None else ():
            again = ending(file, indicative(), **chosen_by(candidate.options)).verdict
            assert again.chosen is not None, f"{file}, {candidate.options}: {again.explanation.en}"
            picked = (again.chosen.crs, again.chosen.axis_order, again.chosen.zone_prefix, again.chosen.offset)
            assert picked == (candidate.crs, candidate.axis_order, candidate.zone_prefix, candidate.offset)


@pytest.mark.parametrize("label", WRONG_LABELS)
def test_a_wrong_label_is_seen_through_or_stops(label: int) -> None:
    of_two_twists = [file for file in files((label,)) if "prefix" not in file.twist]
    found = [ending(file, site) for site in (official(), indicative()) for file in of_two_twists]
    print(label, counts(found))
    assert_never_wrong(found)
    assert {one.verdict.verdict for one in found} <= GOES_ON | {Verdict.AMBIGUOUS}


@pytest.mark.parametrize("label", [2384, 2436, 4610, 4214])
def test_a_datum_without_parameters_is_refused_whatever_the_numbers(label: int) -> None:
    of_one_twist = [file for file in files((label,)) if file.twist == "as it is"]
    found = [ending(file, official()) for file in of_one_twist]
    assert counts(found) == {"refused": 21}
    # The numbers are CGCS2000's, and the reason says so, with the option for a wrong label.
    assert all("if the label is wrong" in one.verdict.explanation.en for one in found)
    assert all(one.verdict.candidates[0].options in one.verdict.explanation.en for one in found)


def test_without_current_boundaries_what_is_declared_goes_on_with_a_caution_and_nothing_undeclared_does() -> None:
    found = endings(LABELS, without_zones())
    print(counts(found))
    assert counts(found) == {"declared": 21, "inferred": 45, "missing": 66}
    for one in found:
        if one.verdict.chosen is None:
            continue
        # No shift can be seen here, so none is undone; what lands is the file without it.
        assert one.verdict.chosen.offset is Offset.NONE
        assert "--offset gcj02" in one.verdict.explanation.en
        assert one.metres is not None
        assert (one.metres < MILLIMETRE) == (one.file.offset == "plain"), str(one.file)


def test_without_current_boundaries_the_shift_that_is_asked_for_is_undone() -> None:
    shifted = [file for file in files(("as written",)) if file.offset != "plain"]
    for file in shifted:
        one = ending(file, without_zones(), offset=true_offset(file))
        assert one.metres is not None, one.verdict.explanation.en
        assert one.metres < MILLIMETRE, str(file)


def test_a_file_rounded_as_exports_round_is_read_the_same() -> None:
    for file in files(("as written",)):
        if file.twist != "as it is":
            continue
        degrees = file.written in (4490, 4326)
        rounded = file.geometry(update()).copy()
        rounded[:] = [_rounded(shape, 7 if degrees else 3) for shape in rounded]
        verdict = decide(rounded, file.crs, site=official())
        assert verdict.chosen is not None
        assert verdict.chosen.offset is true_offset(file), str(file)
        assert apart(apply(rounded, verdict, TARGET), update()) < 0.02


def _rounded(shape: Any, decimals: int) -> Any:
    return shapely.transform(shape, lambda xy: np.round(xy, decimals))

"""The fixed words: every check and rule has them, in both languages."""

from __future__ import annotations

from typing import get_args

import pytest

from geoplan.output import labels
from geoplan.plan.rules import RULE_MODELS
from geoplan.types import AreaMethod, CheckRun, Severity, Text
from tests.output import examples


def test_every_check_a_plan_can_ask_for_has_a_label() -> None:
    asked = {name for model in RULE_MODELS for name in get_args(model.model_fields["check"].annotation)}
    assert asked <= set(labels.CHECK_LABELS)


@pytest.mark.parametrize("name", labels.CHECK_LABELS)
def test_a_check_is_described_in_both_languages(name: str) -> None:
    label = labels.CHECK_LABELS[name]
    for text in (label.title, label.description):
        assert text.en.isascii()
        assert any("\u4e00" <= character <= "\u9fff" for character in text.zh)


def test_severities_and_methods_have_words() -> None:
    assert set(labels.SEVERITY_LABELS) == set(Severity)
    assert set(labels.METHOD_LABELS) == set(AreaMethod)


def test_an_unknown_check_or_status_is_named_as_it_is() -> None:
    assert labels.check_title("new") == Text.same("new")
    assert labels.status_sentence("planned") == Text.same("planned")


def test_one_boundary_is_singular() -> None:
    assert labels.loaded_sentence(0, 1).en == "0 of 1 boundary loaded"
    assert labels.loaded_sentence(0, 4).en == "0 of 4 boundaries loaded"


def test_a_check_that_ran_in_part_says_both() -> None:
    run = CheckRun("overlap", 3, 0, skipped=Text("one zone has no place", "一个分区无位置"))
    assert labels.run_sentence(run).en == "checked 3, found 0; in part skipped: one zone has no place"


def test_an_acceptance_without_an_end_names_none() -> None:
    accepted = examples.KNOWN.__class__("accepted", Text.same("fine"), "Wu")
    assert labels.accepted_sentence(accepted) == Text("accepted by Wu: fine", "已认可（Wu）：fine")


def test_a_piece_is_not_said_twice_as_expected_and_measured() -> None:
    assert labels.finding_figures(examples.overlap()).en == "area 300.00 m², width 3.000 m"


def test_a_finding_without_figures_has_no_line_of_them() -> None:
    bare = examples.overlap(area_m2=None, width_m=None, expected=None, measured=None)
    assert labels.finding_figures(bare) == Text.same("")


def test_a_result_without_findings_has_no_others() -> None:
    assert labels.others_sentence(examples.result()) is None

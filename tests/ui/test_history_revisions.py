"""What the page of revisions tells of each revision: from records made by hand, whose figures are known."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.ui import history_tables as tables
from tests.output.examples import HOSTILE, HOSTILE_IDS
from tests.records import HASHES, history, revision

KEYS = st.sampled_from(["explanation", "en", "zh", "verdict", "draft", "name"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


PAST = history(
    revision(1),
    revision(2, total_m2=1_500_250.5, passed=False, message="Second", zone_hashes={**HASHES, "c": "2" * 64}),
    revision(3, total_m2=1_500_250.5, restored_from=1, message="Restore revision 1", zone_hashes={"a": "0" * 64}),
)


def test_revisions_are_listed_newest_first_with_what_changed_against_the_one_before() -> None:
    frame = tables.revisions_frame(PAST, "en")
    assert frame.iloc[:, 0].tolist() == [3, 2, 1]
    assert frame.iloc[:, 4].tolist() == [1, 3, 2]
    assert frame.iloc[:, 5].tolist() == pytest.approx([1.5002505, 1.5002505, 1.5])  # km²
    assert frame.iloc[:2, 6].tolist() == [0.0, 250.5]  # m²
    assert frame.iloc[:, 6].isna().tolist() == [False, False, True]  # the first has none before it
    assert frame.iloc[:, 12].isna().tolist() == [False, True, True]


def test_a_history_without_revisions_is_a_table_without_rows() -> None:
    for language in ("en", "zh"):
        frame = tables.revisions_frame(history(), language)
        assert frame.empty
        assert len(set(frame.columns)) == 14


def test_the_table_of_revisions_is_in_the_readers_language() -> None:
    english, chinese = (tables.revisions_frame(PAST, language) for language in ("en", "zh"))
    assert not any(re.search("[\u4e00-\u9fff]", str(cell)) for cell in [*english.columns, *english.to_numpy().ravel()])
    assert all(re.search("[\u4e00-\u9fff]", head) for head in chinese.columns)
    assert chinese.iloc[0, 1] == "2024年7月5日 00:30 UTC"
    assert chinese.iloc[0, 3] == "恢复第 1 版"
    assert chinese.iloc[0, 11] == "基准相同，无需转换"


def test_a_revision_whose_parent_is_not_in_the_list_has_no_difference() -> None:
    frame = tables.revisions_frame(history(revision(7)), "en")
    assert frame.iloc[0, 6] is None or frame.iloc[:, 6].isna().all()
    assert "first" in text_of(tables.revision_html(revision(7), history(revision(7)), "en"))


@pytest.mark.parametrize(("path", "name"), [
    ("/srv/li/zones.gpkg", "zones.gpkg"),
    (r"C:\Users\li\zones.gpkg", "zones.gpkg"),
    (r"\\server\share\分区.shp", "分区.shp"),
    ("zones.gpkg", "zones.gpkg"),
    ("archive.zip/inner/zones.shp", "zones.shp"),
    ("a\u202egpj.zones", "a\\u202egpj.zones"),
    ("", ""),
])  # fmt: skip
def test_a_file_is_named_without_its_folders_on_any_system(path: str, name: str) -> None:
    assert tables.source_name(revision(source_path=path)) == name
    shown = tables.revision_html(revision(source_path=path), PAST, "en") + tables.record_html(
        revision(source_path=path), "en"
    )
    assert "Users" not in shown
    assert "/srv" not in shown


@pytest.mark.parametrize(("language", "said"), [
    ("en", ("revision 3", "current", "2024, 00:30 UTC", "1.5003 km²")),
    ("zh", ("第 3 版", "当前", "2024年7月5日", "1.5003 km²")),
])  # fmt: skip
def test_an_entry_says_number_time_size_and_that_it_is_the_current_one(language: str, said: tuple[str, ...]) -> None:
    entry, card = (
        text_of(make(PAST.revisions[2], PAST, language)).lower() for make in (tables.revision_html, tables.card_html)
    )
    for part in said:
        assert part.lower() in entry
        assert part.lower() in card


@pytest.mark.parametrize("make", [tables.revision_html, tables.card_html])
def test_only_the_current_revision_is_marked_so(make: Any) -> None:
    marked = ["gp-rev-now" in make(one, PAST, "en") for one in PAST.revisions]
    assert marked == [False, False, True]


@pytest.mark.parametrize("make", [tables.revision_html, tables.card_html])
def test_whether_a_revision_held_is_said_by_a_sign_and_a_word(make: Any) -> None:
    verdicts = [re.findall(r"gp-(holds|fails)", make(one, PAST, "en")) for one in PAST.revisions]
    assert verdicts == [["holds"], ["fails"], ["holds"]]


def test_one_zone_is_singular_and_the_same_total_is_said_in_words() -> None:
    assert "1 zone ·" in text_of(tables.card_html(PAST.revisions[2], PAST, "en"))
    assert "3 zones ·" in text_of(tables.card_html(PAST.revisions[1], PAST, "en"))
    last = text_of(tables.card_html(PAST.revisions[2], PAST, "en"))
    assert "+0.00" not in last
    assert "−0.00" not in last
    assert "+250.50 m²" in text_of(tables.card_html(PAST.revisions[1], PAST, "en"))


def test_a_message_without_end_is_cut_in_the_timeline_and_whole_on_the_card() -> None:
    long = revision(message="长" * 5000)
    assert tables.revision_html(long, history(long), "en").count("长") == 399
    assert tables.card_html(long, history(long), "en").count("长") == 5000


def test_the_record_has_both_hashes_whole_and_leaves_out_what_a_first_revision_has_not() -> None:
    first, second = (tables.record_html(one, "en") for one in PAST.revisions[:2])
    assert "abcdef0123456789" * 4 in first
    assert f"{1:064x}" in first
    assert "p" * 64 not in first
    assert "p" * 64 in second
    assert "geoplan 0.1.0" in first


def test_what_is_not_recorded_has_no_line() -> None:
    bare = revision(source_crs="", source_operation="", decision={}, source_path="")
    assert tables.record_html(bare, "en").count("<dt>") == tables.record_html(revision(), "en").count("<dt>") - 4


@pytest.mark.parametrize("name", HOSTILE, ids=HOSTILE_IDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_whatever_a_store_holds_is_text(name: str, language: str) -> None:
    odd = revision(
        author=name, message=name, source_path=name, source_crs=name, source_operation=name, time=name, crs=name,
        tool_version=name, decision={"explanation": {"en": name, "zh": name}},
    )  # fmt: skip
    past = history(odd)
    html = tables.revision_html(odd, past, language) + tables.card_html(odd, past, language)
    html += tables.record_html(odd, language)
    assert re.search(r"<(script|img)", html) is None
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b\ud800-\udfff\ufffe]", html)
    html.encode()
    # Every tag is one that the page writes itself.
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= {"div", "b", "span", "p", "small", "h2", "dl", "dt", "dd"}
    for cell in tables.revisions_frame(past, language).to_numpy().ravel():
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x1f\ud800-\udfff]", str(cell))


@given(ANYTHING)
def test_a_decision_of_any_shape_is_told_or_passed_over(decision: object) -> None:
    kept = decision if isinstance(decision, dict) else {"explanation": decision}
    said = tables.decision_text(kept)
    assert isinstance(said.en, str)
    assert isinstance(said.zh, str)
    tables.card_html(revision(decision=kept), PAST, "en")


def test_the_plan_folder_ends_the_timeline_in_both_languages() -> None:
    english, chinese = (text_of(tables.folder_html(language)) for language in ("en", "zh"))
    assert "folder" in english.lower()
    assert "文件夹" in chinese

"""What README and docs show is what really happens: every block is run in an empty folder, page by page."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from tests.docs.console import as_shown, play, shell, steps
from tests.docs.pages import Block, blocks, page_id, pages

WITH_CONSOLE = [page for page in pages() if any(block.language == "console" for block in blocks(page))]
WITH_PROMPTS = [page for page in pages() if ">>> " in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", WITH_CONSOLE, ids=page_id)
def test_every_command_of_a_page_prints_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    for block in blocks(page):
        play(block, tmp_path)


@pytest.mark.parametrize("page", WITH_PROMPTS, ids=page_id)
def test_every_python_example_of_a_page_gives_what_the_page_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for block in blocks(page):
        play(block, tmp_path)
    monkeypatch.chdir(tmp_path)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testfile(str(page), module_relative=False, optionflags=flags, encoding="utf-8")
    assert tried > 0
    assert failed == 0


def test_the_pages_that_promise_to_be_run_have_something_to_run() -> None:
    assert {"README.md", "docs/tutorial.md", "docs/automation.md", "docs/reports.md"} <= set(map(page_id, WITH_CONSOLE))
    assert {"docs/python.md", "docs/areas.md"} <= set(map(page_id, WITH_PROMPTS))


def test_a_block_is_read_as_commands_with_their_output() -> None:
    one, two = steps("$ cat > a <<EOF\n> text\n> EOF\n$ cat a\ntext\n\nmore\n")
    assert one.command == "cat > a <<EOF\ntext\nEOF"
    assert one.expected == ""
    assert two.command == "cat a"
    assert two.expected == "text\n\nmore\n"


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("a\n…\n", "a\nb\nc\n", True),
        ("…\nc\n", "c\n", True),
        ("…\nc\n", "cc\n", False),
        ("a … c\n", "a b c\n", True),
        ("a … c\n", "a b\nc\n", False),
        ("a (1 m²)\n", "a (1 m²)  \n", True),
        ("8.22\n", "8x22\n", False),
    ],
)
def test_shown_output_differs_from_printed_output_only_by_the_ellipsis(shown: str, printed: str, same: bool) -> None:
    assert as_shown(shown, printed) is same


def test_a_wrong_page_fails(tmp_path: Path) -> None:
    play(Block("console", "$ echo one\none\n", 1), tmp_path)
    with pytest.raises(AssertionError, match="two"):
        play(Block("console", "$ echo two\none\n", 1), tmp_path)
    with pytest.raises(AssertionError, match="false"):
        play(Block("console", "$ false\n", 1), tmp_path)
    with pytest.raises(AssertionError, match="starts with a command"):
        play(Block("console", "one\n", 1), tmp_path)


def test_a_file_shown_on_a_page_is_written_where_the_page_says(tmp_path: Path) -> None:
    play(Block("toml", "a = 1\n", 1, "file", "plan/plan.toml"), tmp_path)
    play(Block("toml", "b = 2\n", 1, "append", "plan/plan.toml"), tmp_path)
    assert (tmp_path / "plan" / "plan.toml").read_text(encoding="utf-8") == "a = 1\nb = 2\n"


def test_commands_run_the_geoplan_under_test_and_not_the_settings_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOPLAN_LANG", "zh")
    done = shell("geoplan plans", tmp_path)
    assert done.returncode == 0
    assert "ustc-silicon-valley" in done.stdout
    assert shell("echo -n $GEOPLAN_LANG", tmp_path).stdout == ""

"""README and docs hang together: links resolve, command lines parse, the first screen gets a newcomer going."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from docs.generate import root_context
from geoplan.cli.main import COMMANDS, cli
from tests.docs.pages import ROOT, anchors, command_lines, links, page_id, pages

FIRST_SCREEN = 40  # lines


@pytest.mark.parametrize("page", pages(), ids=page_id)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


def test_a_link_that_leads_nowhere_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A title, here\n[one](one.md#part) ![two](two.png) [out](https://example.org)\n```\n[no](no.md)\n```\n",
        encoding="utf-8",
    )
    assert links(page) == ["one.md#part", "two.png"]
    assert anchors(page) == {"a-title-here"}


@pytest.mark.parametrize("page", pages(), ids=page_id)
def test_every_geoplan_command_line_has_a_command_and_options_that_exist(page: Path) -> None:
    for words in command_lines(page):
        parse(words)


def parse(words: list[str]) -> None:
    """Let click read a command line without running it: unknown commands and options raise, values are let be."""
    root = root_context()
    if words[0] in ("--version", "--help", "-h"):
        return
    assert words[0] in COMMANDS, f"geoplan {' '.join(words)}"
    command = cli.get_command(root, words[0])
    assert command is not None
    command.make_parser(click.Context(command, parent=root)).parse_args(list(words[1:]))


def test_command_lines_are_found_wherever_they_stand(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Run `geoplan check a` or:\n\n    geoplan measure b --json > c\n\n```console\n$ geoplan plans; echo $?\n```\n"
        "```yaml\n  run: geoplan check d\n  - geoplan new e\n        entry: geoplan app\n```\n",
        encoding="utf-8",
    )
    found = sorted(" ".join(words) for words in command_lines(page))
    assert found == ["app", "check a", "check d", "measure b --json", "new e", "plans"]
    with pytest.raises(click.NoSuchOption):
        parse(["check", "a", "--failing-on", "warning"])
    with pytest.raises(AssertionError, match="geoplan chek a"):
        parse(["chek", "a"])


def test_the_index_lists_every_page() -> None:
    index = ROOT / "docs" / "index.md"
    listed = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    assert {page.resolve() for page in pages()} - {index} <= listed


def first_screen() -> str:
    return "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:FIRST_SCREEN])


@pytest.mark.parametrize(
    "needed",
    [
        "make app",
        "make test",
        "pip install -r requirements.txt",
        "streamlit run app.py",
        "Windows",
        "$ geoplan check ustc-silicon-valley",
        "PASSED",
        "indicative",
        "docs/tutorial.md",
    ],
)
def test_the_first_screen_of_the_readme_gets_a_newcomer_to_a_result(needed: str) -> None:
    assert needed in first_screen()


def test_what_the_first_screen_starts_is_there() -> None:
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^ +make ([a-z]+)", first_screen(), flags=re.MULTILINE):
        assert re.search(rf"^{target}:", targets, flags=re.MULTILINE), target
    assert (ROOT / "app.py").is_file()
    assert (ROOT / "requirements.txt").is_file()


def test_the_readme_says_in_chinese_what_it_is_for_how_to_start_and_how_to_check() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## 中文")[2]
    for needed in ("用途", "启动", "校核", "make app", "streamlit run app.py", "geoplan check", "示意"):
        assert needed in text

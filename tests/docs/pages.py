"""Reads the documentation as a reader would: its pages, fenced blocks, links and command lines."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^( *)(`{3,})(\S*)[^\n]*\n(.*?)^\1\2[ ]*$", flags=re.MULTILINE | re.DOTALL)
_NOTE = re.compile(r"<!-- (file|append): (\S+) -->\s*\Z")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_OPERATORS = {"|", "||", "&&", ">", ">>", ";", "2>", "&"}


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language and content.

    `action` and `target` come from a comment just before it: `file` writes the content to the target,
    `append` adds it there.
    """

    language: str
    content: str
    line: int
    action: str = ""
    target: str = ""


def pages() -> list[Path]:
    """Return README.md and every page of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def page_id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page in their order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        note = _NOTE.search(text[: match.start()])
        indent, content = match[1], match[4]
        content = re.sub(rf"^{indent}", "", content, flags=re.MULTILINE)
        action, target = (note[1], note[2]) if note else ("", "")
        found.append(Block(match[3], content, text[: match.start()].count("\n") + 1, action, target))
    return found


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Return the targets of the links and images of a page that are not addresses of the web."""
    found = [first or second for first, second in _LINK.findall(prose(page))]
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, made as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def command_lines(page: Path) -> Iterator[list[str]]:
    """Yield the arguments of every `geoplan …` command line: in blocks, in indented code and in the running text."""
    text = page.read_text(encoding="utf-8")
    lines = re.findall(r"^\s*(?:- |\$ |run: )?(?:entry: )?(geoplan [^\n]+)$", text.replace("\\\n", " "), re.MULTILINE)
    lines += re.findall(r"`(geoplan [^`\n]+)`", prose(page))
    for line in lines:
        try:
            words = shlex.split(line.replace(";", " ; "), comments=True)
        except ValueError:
            continue  # a sentence with an apostrophe
        end = next((place for place, word in enumerate(words) if word in _OPERATORS), len(words))
        yield words[1:end]

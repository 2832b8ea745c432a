"""Runs the console blocks of a page and holds what comes out against what the page shows.

A block marked ```console holds commands after "$ " (continued after "> ") and what they print; standard
output and standard error come together. In the expected output `…` stands for anything within a line,
and on a line of its own for any lines. A command must succeed, unless it goes on to print `$?` itself.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import Block

WILD = "…"
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Step:
    """One command and the output the page shows for it."""

    command: str
    expected: str


def steps(content: str) -> list[Step]:
    """Return the commands of a block with their expected output."""
    found: list[Step] = []
    for line in content.splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:], ""))
        elif not found:
            raise AssertionError(f"a console block starts with a command, not with {line!r}")
        elif line.startswith("> ") and not found[-1].expected:
            found[-1] = Step(f"{found[-1].command}\n{line[2:]}", "")
        else:
            found[-1] = Step(found[-1].command, f"{found[-1].expected}{line}\n")
    return found


def as_shown(expected: str, printed: str) -> bool:
    """Return whether output is as a page shows it; spaces at the end of lines do not count.

    >>> as_shown("total …\\n…\\nPASSED\\n", "total 8.22\\na\\nb\\nPASSED\\n")
    True
    >>> as_shown("total …\\nPASSED\\n", "total 8.22\\nFAILED\\n")
    False
    """
    pattern = ""
    for line in expected.rstrip("\n").splitlines():
        if line.strip() == WILD:
            pattern += r"(?:[^\n]*\n)*"
        else:
            pattern += r"[^\n]*".join(re.escape(part) for part in line.rstrip().split(WILD)) + r"\n"
    lines = [line.rstrip() for line in printed.rstrip("\n").splitlines()]
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines)) is not None


def environment(**extra: str) -> dict[str, str]:
    """Return an environment in which `geoplan` is the one under test and says the same everywhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GEOPLAN_", "GIT_", "COLUMNS"))}
    return kept | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"} | extra


def shell(command: str, folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run a command line in a folder; standard error comes with standard output."""
    return run(["bash", "-c", command], folder, **extra)


def run(command: list[str], folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder; standard error comes with standard output."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(**extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def play(block: Block, folder: Path) -> None:
    """Do what a block asks: write its file, or run its commands and compare what they print."""
    if block.action:
        target = folder / block.target
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("a" if block.action == "append" else "w", encoding="utf-8") as stream:
            stream.write(block.content)
    elif block.language == "console":
        for step in steps(block.content):
            done = shell(step.command, folder)
            assert done.returncode == 0, f"line {block.line}: {step.command}\n{done.stdout}"
            assert as_shown(step.expected, done.stdout), (
                f"line {block.line}: {step.command}\nshown:\n{step.expected}\nprinted:\n{done.stdout}"
            )

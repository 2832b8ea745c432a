"""A process that loads one update after another, to be killed: `python -m tests.store.loader PLAN STORE ODD EVEN`."""

from __future__ import annotations

import os
import sys

from geoplan.revisions import Outcome, Publishing, load
from tests.store.publisher import say


def loop(plan: str, store: str, files: tuple[str, str]) -> None:
    """Load the first file and the second in turn, each as a new revision, saying before and after."""
    done = 0
    while True:
        say(f"start {done}")
        result = load(files[done % 2], plan, publishing=Publishing(store=store))
        # Where the killed process had just published this very file, there is nothing to publish.
        assert result.outcome in (Outcome.PUBLISHED, Outcome.UNCHANGED), result.reasons
        done += 1
        say(f"done {done}")


def nursery(plan: str, store: str, files: tuple[str, str]) -> None:
    """For each line on standard input fork a `loop` to be killed: starting Python takes longer than loading."""
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            loop(plan, store, files)
        say(f"child {child}")
        os.waitpid(child, 0)
        print("gone 0", flush=True)


if __name__ == "__main__":
    folder, address, odd, even = sys.argv[1:]
    nursery(folder, address, (odd, even))

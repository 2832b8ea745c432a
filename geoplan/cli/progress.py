"""A sign of life on a terminal for anything over a second; silence everywhere else."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

DELAY_SECONDS = 1.0


@contextmanager
def progress(text: str = "working") -> Iterator[None]:
    """Show a progress line on standard error while the body runs, if that is a terminal and takes over a second."""
    if not sys.stderr.isatty():
        yield
        return
    rich = importlib.import_module("rich.progress")  # a tenth of a second that a pipe or a log need not wait for
    shown = rich.Progress(
        rich.SpinnerColumn(),
        rich.TextColumn("{task.description}"),
        rich.TimeElapsedColumn(),
        console=importlib.import_module("rich.console").Console(stderr=True),
        transient=True,
    )
    shown.add_task(text, total=None)
    timer = threading.Timer(DELAY_SECONDS, shown.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        shown.stop()


@contextmanager
def steps(shares: Mapping[str, tuple[str, float]]) -> Iterator[Callable[[str, float], None]]:
    """Yield what is told the step and how much of it is done (0 to 1), and show a bar of the whole on a terminal.

    `shares` are, by the name of each step in their order, what it is called and what it takes of the whole.
    """
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    rich = importlib.import_module("rich.progress")
    console = importlib.import_module("rich.console").Console(stderr=True)
    columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), rich.TaskProgressColumn())
    names = list(shares)
    with rich.Progress(*columns, rich.TimeElapsedColumn(), console=console, transient=True) as shown:
        task = shown.add_task(shares[names[0]][0], total=sum(share for _, share in shares.values()))

        def tell(step: str, done: float) -> None:
            before = sum(shares[name][1] for name in names[: names.index(step)])
            called, share = shares[step]
            shown.update(task, description=called, completed=before + share * done)

        yield tell

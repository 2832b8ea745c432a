"""A sign of life on a terminal for anything over a second; silence everywhere else."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
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

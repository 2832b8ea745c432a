"""A sign of life on a terminal for anything over a second; silence everywhere else."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

DELAY_SECONDS = 1.0


@contextmanager
def progress(text: str = "working") -> Iterator[None]:
    """Show a progress line on standard error while the body runs, if that is a terminal and takes over a second."""
    if not sys.stderr.isatty():
        yield
        return
    shown = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
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

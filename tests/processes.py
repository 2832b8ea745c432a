"""Processes of Python that a test begins, and ends as somebody at a terminal would."""

from __future__ import annotations

import sys

_HEARING = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)


def interruptible(*arguments: str) -> list[str]:
    """Return the command line of Python with arguments, as a process that hears Ctrl+C (POSIX).

    What runs in the background of a shell, tests as well, is deaf to it, and so is all that it begins.
    """
    return [sys.executable, "-c", _HEARING, *arguments]

"""What was worked out for something that never changes, kept while it is looked at: outlines and areas of a layer."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Subject = TypeVar("Subject")
Found = TypeVar("Found")


class Kept(Generic[Subject, Found]):
    """The last few results of a function of one frozen object, told apart by identity; safe in several threads."""

    def __init__(self, make: Callable[[Subject], Found], most: int = 8) -> None:
        self._make, self._most = make, most
        self._held: OrderedDict[int, tuple[Subject, Found]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, subject: Subject) -> Found:
        """Return the result for this very object, made now unless it is kept."""
        with self._lock:
            held = self._held.get(id(subject))
            if held is not None:
                self._held.move_to_end(id(subject))
                return held[1]
        found = self._make(subject)
        with self._lock:
            self._held[id(subject)] = (subject, found)  # held as well, so that its identity stays its own
            if len(self._held) > self._most:
                self._held.popitem(last=False)
        return found

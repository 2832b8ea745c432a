"""A process that publishes, to be killed, starved or set against others: `python -m tests.store.publisher …`."""

from __future__ import annotations

import os
import resource
import signal
import sys

import numpy as np
from shapely.geometry.base import BaseGeometry

from geoplan.crs import code_of
from geoplan.errors import ConflictError, StoreError
from geoplan.store import Draft, open_store
from tests.helpers import EAST, NORTH, square
from tests.store.drafts import draft

ZONES = 12
NOBODY = 65534


def state(number: int) -> dict[str, BaseGeometry]:
    """Return the zones of revision `number`: in each one another zone has grown."""
    sizes = {place: max((n for n in range(1, number + 1) if n % ZONES == place), default=0) for place in range(ZONES)}
    return {f"z{place}": square(EAST + 500 * place, NORTH, 100 + size) for place, size in sizes.items()}


def draft_of(number: int) -> Draft:
    """Return the draft of revision `number`, with a file large enough to be cut short."""
    content = np.random.default_rng(number).bytes(50_000)
    return draft(state(number), message=f"revision {number}", content=content)


def say(line: str) -> None:
    """Print a line in one write, so that several processes may share the output."""
    os.write(1, f"{line}\n".encode())


def loop(address: str) -> None:
    """Publish one revision after another until killed, saying before and after each."""
    store = open_store(address)
    current = store.revision("valley")
    number = current.number if current else 0
    while True:
        number += 1
        prepared = draft_of(number)
        say(f"start {number}")
        store.publish("valley", prepared, parent=number - 1 or None)
        say(f"done {number}")


def nursery(address: str) -> None:
    """For each line on standard input fork a `loop` to be killed: starting Python takes longer than publishing."""
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            loop(address)
        say(f"child {child}")
        os.waitpid(child, 0)
        print("gone 0", flush=True)


def rivals(address: str, processes: int, times: int) -> None:
    """Fork processes that publish against each other, and leave with 1 when any of them failed."""
    children = []
    for place in range(processes):
        child = os.fork()
        if child == 0:
            rival(address, f"planner {place}", times)
            os._exit(0)
        children.append(child)
    sys.exit(any(os.waitpid(child, 0)[1] for child in children))


def rival(address: str, name: str, times: int) -> None:
    """Publish `times` revisions against others, each on top of the newest seen; tell of every outcome."""
    store = open_store(address)
    done = 0
    while done < times:
        current = store.revision("valley")
        seen = current.number if current else None
        try:
            revision = store.publish("valley", draft(state(done), author=name, message=f"{name} {done}"), parent=seen)
        except ConflictError as error:
            say(f"conflict {error.expected} {error.current}")
        else:
            done += 1
            say(f"published {revision.number} on {seen}")


def once(address: str, number: int) -> None:
    """Publish one revision, or print the one line of the error and leave with its code."""
    try:
        open_store(address).publish("valley", draft_of(number), parent=number - 1 or None)
    except StoreError as error:
        say(error.line("en"))
        sys.exit(error.exit_code)


def limited(address: str, number: int, limit: int) -> None:
    """Like `once`, with files that may not grow beyond `limit` bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    once(address, number)


def unprivileged(address: str, number: int) -> None:
    """Like `once`, as somebody without the rights of root, who may write anywhere."""
    draft_of(number).zones.geometry_digest(None)
    code_of(draft_of(number).zones.crs)  # what lies where only root may look is loaded by now
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    once(address, number)


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "nursery":
        nursery(*arguments)
    elif command == "rivals":
        rivals(arguments[0], int(arguments[1]), int(arguments[2]))
    elif command == "unprivileged":
        unprivileged(arguments[0], int(arguments[1]))
    elif command == "limited":
        limited(arguments[0], int(arguments[1]), int(arguments[2]))
    else:
        once(arguments[0], int(arguments[1]))

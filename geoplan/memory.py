"""How much memory this process may still take, and what a layer will ask for: a file too large is refused, not killed.

Geometry libraries end the whole process when memory runs out, so the question is asked before.
"""

from __future__ import annotations

import sys
from pathlib import Path

from geoplan.errors import InputError
from geoplan.types import Text

# What a check takes at its peak, measured at 10⁵ and 10⁶ parcels of 24 vertices (docs/coverage.md).
BYTES_PER_FEATURE = 1_300
BYTES_PER_VERTEX = 80
# The same where polygons are read as rings and few are made into shapes; half as much again as was measured.
BYTES_PER_LAZY_FEATURE = 700
BYTES_PER_LAZY_VERTEX = 60
THREADS_BYTES = 200_000_000  # stacks and heaps of threads, which count against a limit on addresses
_HINT = Text(
    "Check it district by district, on a machine with more memory, or raise the limit (ulimit -v).",
    "请分区检查，换用内存更大的机器，或提高限制（ulimit -v）。",
)
_CGROUP = Path("/sys/fs/cgroup")


def require_memory(where: str, features: int, vertices: int, *, lazy: bool = False) -> None:
    """Raise InputError when a layer of so many features and vertices cannot be held and checked in the memory there is.

    `lazy` says that shapes are made only when they are looked at. Nothing is asked where the memory there is cannot
    be told.
    """
    per_feature, per_vertex = (
        (BYTES_PER_LAZY_FEATURE, BYTES_PER_LAZY_VERTEX) if lazy else (BYTES_PER_FEATURE, BYTES_PER_VERTEX)
    )
    needed = features * per_feature + vertices * per_vertex + THREADS_BYTES
    free = free_bytes()
    if free is None or needed <= free:
        return
    need, have = (f"{count / 1e9:.1f} GB" for count in (needed, free))
    raise InputError(
        Text(
            f"the layer has {features:,} features and needs about {need} of memory; {have} are free.",
            f"图层有 {features:,} 个要素，约需内存 {need}，可用 {have}。",
        ),
        where=where,
        hint=_HINT,
    )


def give_back() -> None:
    """Give the system what memory is free: after very many small objects the C library may hold on to gigabytes."""
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 - few layers come to this

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # there is none in musl
    if trim is not None:
        trim(0)


def ran_out(where: str) -> InputError:
    """Return the error for memory that ran out all the same."""
    return InputError(Text("there is not enough memory for it.", "内存不足。"), where=where, hint=_HINT)


def free_bytes() -> int | None:
    """Return how many bytes this process may still take: the least of what its limits and the machine leave it."""
    known = [free for free in (_below_limit(), _in_group(), _in_machine()) if free is not None]
    return min(known, default=None)


def _below_limit() -> int | None:
    """Return what the limit on addresses (`ulimit -v`) leaves."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - there is none on Windows

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    taken = _figure(Path("/proc/self/statm"), 0)
    if limit == resource.RLIM_INFINITY or taken is None:
        return None
    return max(limit - taken * resource.getpagesize(), 0)


def _in_group() -> int | None:
    """Return what the control group of a container leaves (version 2, or the machine's own group)."""
    limit, taken = _figure(_CGROUP / "memory.max", 0), _figure(_CGROUP / "memory.current", 0)
    return None if limit is None or taken is None else max(limit - taken, 0)


def _in_machine() -> int | None:
    """Return the memory that is free or can be freed, where the system says."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    found = [line.split()[1] for line in lines if line.startswith(("MemAvailable:", "SwapFree:"))]
    return sum(map(int, found)) * 1024 if found else None


def _figure(path: Path, place: int) -> int | None:
    """Return one whole number of a file, None where there is no such file or it says "max"."""
    try:
        word = path.read_text(encoding="ascii").split()[place]
    except (OSError, UnicodeDecodeError, IndexError):
        return None
    return int(word) if word.isdecimal() else None

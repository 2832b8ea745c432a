"""maup: what maup.doctor asks, through the two functions it asks with, since it prints only how many there are.

python -m benchmarks.peers.maup_doctor FILE
"""

from __future__ import annotations

import sys

import geopandas
import maup  # type: ignore[import-untyped, import-not-found, unused-ignore]
from maup.repair import holes_of_union  # type: ignore[import-untyped, import-not-found, unused-ignore]

from benchmarks.peers.answer import Answer, Watch, pairs_of, tell


def ask(path: str) -> Answer:
    """Return what maup says of a file."""
    answer = Answer()
    watch = Watch(answer)
    frame = geopandas.read_file(path)
    watch.lap("read")
    answer.invalid = int((~frame.is_valid).sum())
    watch.lap("validity")
    shared = maup.adjacencies(frame, warn_for_islands=False, warn_for_overlaps=False)
    shared = shared[shared.area > 0]
    ids = frame["id"]
    one, other = ([ids[pair[side]] for pair in shared.index] for side in (0, 1))
    answer.overlaps = pairs_of(one, other, shared.area)
    watch.lap("overlaps")
    answer.area_m2 = float(frame.area.sum())
    watch.lap("areas")
    answer.gaps = holes_of_union(frame).area.tolist()
    watch.lap("gaps")
    return answer


if __name__ == "__main__":
    tell(ask(sys.argv[1]))

"""What a file is and how that is known: values that `inspect` shows and a revision keeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geoplan.types import Text


class Offset(StrEnum):
    """The shift of Chinese web maps a file's coordinates carry: none, GCJ-02 (AMap, Tencent) or BD-09 (Baidu)."""

    NONE = "none"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class Verdict(StrEnum):
    """How sure the coordinate system is; only `declared` and `inferred` let a load go on by itself."""

    DECLARED = "declared"
    INFERRED = "inferred"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """One layer of a file. `features` are in the file: `read` of them were read, each other one is in `skipped`."""

    name: str
    geometry: str
    features: int
    read: int
    skipped: tuple[Text, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EncodingInfo:
    """How text was decoded: the encoding's `name`, `how` it was found, and a `sample` of non-ASCII text."""

    name: str
    how: str
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of the numbers. `axis_order` is "east-north" or "north-east".

    `zone_prefix` is the zone number at the front of the eastings (39, or 20 for 6°) that is taken as
    given, None without one. `score` is in 0 to 1: the overlap share with the current zones
    (intersection over union), or with the plan's extent when there are none. `distance_m` is the median distance
    between the boundaries under this reading and the current ones, None without current zones; `coincide` is the
    share of vertices within 1 m of a current boundary, likewise. `options` are the command-line options that pick
    this reading.
    """

    crs: str
    axis_order: str
    zone_prefix: int | None
    offset: Offset
    score: float
    lands_on_site: bool
    distance_m: float | None = None
    coincide: float | None = None
    options: str = ""


@dataclass(frozen=True, slots=True)
class CrsVerdict:
    """The decision on a file's coordinates: `chosen` (None unless decided), how they get to the plan's CRS.

    `operation` and `accuracy_m` describe the datum step (null for CGCS2000 and WGS 84). `candidates` are
    sorted best first. `explanation` says in a sentence or two why, and what to do when it is unclear.
    """

    declared: str | None
    verdict: Verdict
    chosen: Candidate | None
    operation: str | None
    accuracy_m: float | None
    candidates: tuple[Candidate, ...]
    explanation: Text


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that is known about a file before anything is done with it.

    `layer` is the one that would be loaded; `notes` say what was done to what was read, such as arcs stroked.
    """

    path: str
    sha256: str
    driver: str
    layers: tuple[LayerInfo, ...]
    layer: str | None
    encoding: EncodingInfo
    crs: CrsVerdict
    notes: tuple[Text, ...] = ()

"""Which plans are fabrics, and what tells one fabric from another: the zones' own bytes, not where or when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from geoplan.current import has_store, opened_store
from geoplan.plan import Plan, layer_path
from geoplan.plan.load import PLAN_FILE
from geoplan.read import inspect_layers
from geoplan.read.formats import sha256_of
from geoplan.types import VERSION

# A plan of 2,000 zones sends 0.54 MB and one more zone 0.3 kB: at 5,000 the first page comes near the 2 MB it may send,
# and a table of so many rows is read by nobody.
MOST_ZONES = 5_000
# Vertices are known only once a file is read. Of 64 MB there are 10⁶ to 4·10⁶ (GeoJSON spends 40 to 60 bytes on one,
# binary formats 16), which a page could only show after simplifying them all for minutes.
MOST_BYTES = 64_000_000
_FEW_BYTES = 1_000_000  # 5,000 zones take more in any format, so a smaller file is not looked into
FORMAT = 2  # of what is prepared: another one is prepared anew


@dataclass(frozen=True, slots=True)
class FabricSource:
    """A plan whose zones are shown from tiles: the `plan`, the `revision` asked for (None: as it is now).

    `key` is the name of what is prepared of its zones, the same for the same zones; `features` how many there are.
    """

    plan: Plan
    revision: int | None
    key: str
    features: int


def fabric_source(plan: Plan, revision: int | None = None) -> FabricSource | None:
    """Return what a plan's zones are prepared from, None for a plan that a page can hold whole.

    Raises InputError for a file that cannot be read, StoreError for a store that cannot.
    """
    found = _published(plan, revision) or (_in_folder(plan) if revision is None else None)
    if found is None:
        return None
    content, features, size = found
    if features <= MOST_ZONES and size <= MOST_BYTES:
        return None
    return FabricSource(plan, revision, _digest(FORMAT, content, _matters(plan)), features)


def check_key(source: FabricSource, folder: Path | None = None) -> str:
    """Return the name of the outcome of a fabric's checks: of its zones, plan.toml, other layers, and this version.

    The day counts where an acceptance may lapse on it.
    """
    plan = source.plan
    home = folder or plan.folder
    parts: list[object] = [source.key, VERSION, (home / PLAN_FILE).read_bytes().hex()]
    for layer in ("boundary", "facilities"):
        path = layer_path(plan, layer)
        parts.append(None if path is None else _content(path))
    if any(entry.expires for entry in (*plan.accepted, *plan.known)):
        parts.append(date.today().isoformat())
    return _digest(*parts)


def _published(plan: Plan, revision: int | None) -> tuple[str, int, int] | None:
    if not has_store(plan):
        return None
    with opened_store(plan) as store:
        found = store.revision(plan.id, revision)
    return None if found is None else (found.hash, len(found.zone_hashes), 0)


def _in_folder(plan: Plan) -> tuple[str, int, int] | None:
    path = layer_path(plan, "zones")
    if path is None or not path.exists():
        return None
    size = path.stat().st_size
    if size <= _FEW_BYTES and path.suffix.lower() != ".zip":
        return None
    return _content(path), _features(path, path.stat().st_mtime_ns, size), size


def _content(path: Path) -> str:
    return _hash_of(path, path.stat().st_mtime_ns, path.stat().st_size)


@lru_cache(maxsize=64)
def _hash_of(path: Path, changed: int, size: int) -> str:  # noqa: ARG001 - a changed file is read anew
    return sha256_of(path)


@lru_cache(maxsize=64)
def _features(path: Path, changed: int, size: int) -> int:  # noqa: ARG001 - a changed file is read anew
    return max((layer.features for layer in inspect_layers(path)), default=0)


def _matters(plan: Plan) -> str:
    """Return what of plan.toml decides which feature is which zone, and how areas are measured."""
    return plan.model_dump_json(include={"area", "zones", "groups"})


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode(errors="surrogatepass")).hexdigest()[:32]

"""Drafts as values: a layout being drawn, what was done to it, and the way back."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoplan.errors import InputError, UsageError
from geoplan.types import Text, ZoneId
from geoplan.zones import ZoneLayer

MAX_NAME = 120
MAX_ID = 64
MAX_ZONES = 20_000
MAX_EDITS = 500  # of the ledger that is kept; what was done before is summed up in the comparison
MAX_UNDO = 100


class Deed(StrEnum):
    """What an edit did."""

    DRAWN = "drawn"
    RESHAPED = "reshaped"
    REMOVED = "removed"
    NAMED = "named"
    SNAPPED = "snapped"
    CUT = "cut"
    TRIMMED = "trimmed"
    SPLIT = "split"
    MERGED = "merged"
    REBASED = "rebased"


@dataclass(frozen=True, slots=True)
class Edit:
    """One line of a draft's ledger: what was done to which zone, and what it cost whom.

    `gained_m2` says by how many m² each zone grew (negative: shrank), on the ellipsoid. `pixel_m` is how many
    metres one pixel of the screen was when the zone was drawn, None for typed coordinates and for what was
    computed. `moved` vertices went `farthest_m` at most when boundaries were joined.
    """

    deed: Deed
    zone: ZoneId
    gained_m2: tuple[tuple[ZoneId, float], ...] = ()
    pixel_m: float | None = None
    moved: int = 0
    farthest_m: float = 0.0

    def record(self) -> dict[str, Any]:
        """Return the edit as JSON, for the draft's document and for the revision it is published as."""
        return {
            "deed": self.deed.value,
            "zone": self.zone,
            "gained_m2": [[zone, round(area, 4)] for zone, area in self.gained_m2],
            "pixel_m": self.pixel_m,
            "moved": self.moved,
            "farthest_m": self.farthest_m,
        }

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Edit:
        """Return the edit of a record; raises KeyError, TypeError or ValueError for anything else."""
        gained = tuple((str(zone), float(area)) for zone, area in record["gained_m2"])
        pixel = record["pixel_m"]
        return cls(
            Deed(record["deed"]),
            str(record["zone"]),
            gained,
            None if pixel is None else float(pixel),
            int(record["moved"]),
            float(record["farthest_m"]),
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A layout being drawn, as one frozen value: every edit makes another one.

    `zones` is in the projected CRS the plan is stored in, with one feature per zone and at least the fields
    id, name_en, name_zh. It was started from revision `parent` (0: the plan folder) whose hash, or the digest
    of the folder's zones, is `parent_hash`. `id` and `version` are the store's: "" and 0 until it is saved.
    """

    plan: str
    name: str
    author: str
    zones: ZoneLayer
    parent: int = 0
    parent_hash: str = ""
    edits: tuple[Edit, ...] = ()
    created: str = ""
    changed: str = ""
    changed_by: str = ""
    id: str = ""
    version: int = 0

    @property
    def ids(self) -> tuple[ZoneId, ...]:
        """Return the ids of its zones, in their order."""
        return self.zones.text("id")

    def names(self) -> dict[ZoneId, Text]:
        """Return the name of each zone."""
        pairs = zip(self.zones.text("name_en"), self.zones.text("name_zh"), strict=True)
        return {zone: Text(en or zh or zone, zh or en or zone) for zone, (en, zh) in zip(self.ids, pairs, strict=True)}

    def place(self, zone: ZoneId) -> int:
        """Return the place of a zone in the layer; raises UsageError when there is none of this id."""
        try:
            return self.ids.index(zone)
        except ValueError:
            raise UsageError(
                Text(f"there is no zone “{zone}” in the draft.", f"草案中没有分区“{zone}”。"),
                where=self.name,
                hint=Text("Choose one of its zones, or draw a new one.", "请选择已有分区，或绘制新的分区。"),
            ) from None

    def geometry(self, zone: ZoneId) -> BaseGeometry | None:
        """Return the geometry of a zone, None when it has none; UsageError for an unknown one."""
        shape: BaseGeometry | None = self.zones.geometry[self.place(zone)]
        return shape

    def edited(self, zones: ZoneLayer, edit: Edit) -> Draft:
        """Return the draft with other zones, and one more line in its ledger."""
        return replace(self, zones=zones, edits=(*self.edits, edit)[-MAX_EDITS:])


@dataclass(frozen=True, slots=True)
class Undo:
    """The versions of a draft in one sitting: `now`, what can be undone, and what can be done again."""

    now: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()

    def did(self, draft: Draft) -> Undo:
        """Return the history after an edit; what had been undone is gone."""
        return Undo(draft, (*self.past, self.now)[-MAX_UNDO:])

    def undo(self) -> Undo:
        """Return the history one step back; itself when there is nothing to undo."""
        if not self.past:
            return self
        return Undo(self._kept(self.past[-1]), self.past[:-1], (self.now, *self.future))

    def redo(self) -> Undo:
        """Return the history one step forward; itself when there is nothing to do again."""
        if not self.future:
            return self
        return Undo(self._kept(self.future[0]), (*self.past, self.now), self.future[1:])

    def saved(self, draft: Draft) -> Undo:
        """Return the history after a save: the same steps, with what the store now knows of the draft."""
        return replace(self, now=draft)

    def _kept(self, draft: Draft) -> Draft:
        """Return an older or newer version under the name and save it has now: those are not undone."""
        now = self.now
        return replace(
            draft, id=now.id, version=now.version, name=now.name, changed=now.changed, changed_by=now.changed_by
        )


def checked_name(name: str) -> str:
    """Return the name of a draft without spaces around it; raises InputError for none or one too long."""
    return _checked(name, MAX_NAME, Text("The name of a draft", "草案名称"))


def checked_id(zone: str) -> ZoneId:
    """Return the id of a zone without spaces around it; raises InputError for one that no file could carry."""
    return _checked(zone, MAX_ID, Text("The id of a zone", "分区编号"))


def with_rows(
    layer: ZoneLayer,
    changed: Mapping[int, BaseGeometry],
    fields: Mapping[int, Mapping[str, object]],
    added: Sequence[tuple[BaseGeometry, Mapping[str, object]]] = (),
) -> ZoneLayer:
    """Return the layer with other geometry and field values at some places, and rows added at its end.

    Everything else is the very same objects. A field that is new has no value where none is given; a field
    of numbers stays one, with NaN for no value, unless it holds whole numbers or truth values.
    """
    geometry = np.empty(len(layer) + len(added), dtype=object)
    geometry[: len(layer)] = layer.geometry
    for place, shape in changed.items():
        geometry[place] = shape
    for place, (shape, _) in enumerate(added, start=len(layer)):
        geometry[place] = shape
    rows = {**fields, **{place: row for place, (_, row) in enumerate(added, start=len(layer))}}
    names = list(dict.fromkeys([*layer.fields, *(name for row in rows.values() for name in row)]))
    columns = {name: _column(layer, name, rows, len(geometry)) for name in names}
    return replace(layer, geometry=geometry, fields=columns)


def without_row(layer: ZoneLayer, place: int) -> ZoneLayer:
    """Return the layer without the feature at `place`."""
    return layer.take([row for row in range(len(layer)) if row != place])


def _column(layer: ZoneLayer, name: str, rows: Mapping[int, Mapping[str, object]], count: int) -> NDArray[Any]:
    values = layer.fields.get(name)
    told = {place: row[name] for place, row in rows.items() if name in row}
    if values is not None and not told and count == len(layer):
        return values
    if values is not None and values.dtype.kind == "f" and all(isinstance(value, float) for value in told.values()):
        column: NDArray[Any] = np.full(count, np.nan, dtype=values.dtype)
    else:
        column = np.full(count, None, dtype=object)
    if values is not None:
        column[: len(values)] = values
    for place, value in told.items():
        column[place] = value
    return column


def _checked(text: str, most: int, what: Text) -> str:
    name = text.strip()
    unfit = any(unicodedata.category(character) in ("Cc", "Cs") for character in name)
    if name and len(name) <= most and not unfit:
        return name
    raise InputError(
        Text(
            f"{what.en} is {most} characters at most, without control characters, and not empty.",
            f"{what.zh}不得为空，最多 {most} 个字符，且不含控制字符。",
        ),
        hint=Text("Choose another.", "请另取一个。"),
    )

"""What the GeoPackage and PostGIS do alike: everything but connecting, locking and drawing layers."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import shapely

from geoplan.errors import ConflictError, StoreError
from geoplan.store import tables
from geoplan.store.base import GENESIS, Draft, Patience, Problem, Revision, StoredHashes, revision_hash
from geoplan.store.blobs import blobs_of
from geoplan.store.database import Database
from geoplan.store.drafts import DraftShelf
from geoplan.store.layers import Layer, current_layers, layer_name, zones_layer
from geoplan.store.records import ZoneChanges, crs_text, field_types, layer_of_records, zone_changes
from geoplan.store.values import canonical_json, storable
from geoplan.store.verify import problems
from geoplan.types import InputInfo, Text, ZoneId
from geoplan.zones import ZoneLayer


class SqlStore(DraftShelf):
    """A `Store` over a database; the two kinds of it say how to begin a transaction and draw layers."""

    where: str
    """The address of the store as errors show it, without a password."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Database | None]:
        """Return a transaction that sees one state of the store; None when there is no store yet."""

    @abstractmethod
    def _writing(self, author: str = "", patience: Patience | None = None) -> AbstractContextManager[Database]:
        """Return a transaction that alone may write, in a store of the current format.

        It commits at the end, and undoes everything when an exception passes. `author` is told to who must wait
        for it; without `patience` it waits itself no longer than for any lock.
        """

    @abstractmethod
    def _draw(self, db: Database, layers: Iterable[Layer]) -> None:
        """Replace the current layers of a plan, inside the transaction of its publish."""

    @abstractmethod
    def _shows(self, db: Database, layer: Layer) -> bool:
        """Return whether the layer that QGIS shows holds just these rows."""

    def _damage(self, db: Database) -> Iterable[Problem]:  # noqa: ARG002 - for stores that can tell
        """Return what is damaged below the level of rows."""
        return ()

    @abstractmethod
    def _opened_anew(self) -> SqlStore:
        """Return this store, or one at the same address where this one was closed."""

    @abstractmethod
    def close(self) -> None:
        """Release the file or connection; using the store afterwards raises StoreError."""

    def plans(self) -> tuple[str, ...]:
        """Return the ids of the plans that have revisions, sorted."""
        with self._reading() as db:
            return () if db is None else tables.plans(db)

    def history(self, plan: str) -> tuple[Revision, ...]:
        """Return all revisions of a plan, oldest first; empty if it has none. StoreError for a damaged one."""
        with self._reading() as db:
            if db is None:
                return ()
            rows = tables.revision_rows(db, plan)
            counts = tables.zone_counts(db, plan, [row[1] for row in rows])
            return tuple(self._parsed(row, counts[row[1]]) for row in rows)

    def revision(self, plan: str, number: int | None = None) -> Revision | None:
        """Return one revision, or the current one; None when the plan has none. StoreError for an unknown number."""
        with self._reading() as db:
            last = None if db is None else tables.current_number(db, plan)
            if db is None or (last is None and number is None):
                return None
            return self._revision(db, plan, number, last)

    def zones(self, plan: str, number: int | None = None) -> ZoneLayer:
        """Return the zones of a revision (the current one, if None), in the plan's stored CRS.

        StoreError when the plan has no revision, or not this one, or a zone of it is lost.
        """
        with self._reading() as db:
            revision = self._required(db, plan, number)
            assert db is not None  # noqa: S101 - there is a revision
            rows = self._contents(revision, tables.contents_of(db, plan, revision.number))
            return self._layer(revision, rows)

    def changed_zones(self, plan: str, before: int, after: int) -> tuple[ZoneLayer, ZoneLayer]:
        """Return the zones of two revisions that are not stored as the same, on either side, in their order.

        A zone on one side only was added or removed. The database finds them by their hashes: what is the same
        in both is never read. StoreError as for `zones`.
        """
        with self._reading() as db:
            revisions = [self._required(db, plan, number) for number in (before, after)]
            assert db is not None  # noqa: S101 - there are revisions
            one, other = (
                self._layer(
                    revision, self._contents(revision, tables.contents_changed(db, plan, revision.number, rival))
                )
                for revision, rival in zip(revisions, (after, before), strict=True)
            )
            return one, other

    def plan_toml(self, plan: str, number: int) -> str:
        """Return the plan.toml text a revision was checked with."""
        return self._blob(plan, number, "plan_toml_sha256").decode("utf-8", "surrogatepass")

    def source(self, plan: str, number: int) -> bytes:
        """Return the bytes of the file a revision came from."""
        return self._blob(plan, number, "source_sha256")

    def check(self, plan: str, number: int) -> Mapping[str, Any]:
        """Return the JSON document of the check a revision was published with."""
        document: Mapping[str, Any] = json.loads(self._blob(plan, number, "check_sha256"))
        return document

    def publish(self, plan: str, draft: Draft, *, parent: int | None, patience: Patience | None = None) -> Revision:
        """Append a revision on top of `parent` (None for the first), in one transaction.

        One publish at a time writes; others wait for it, with `patience`. Raises ConflictError, with nothing
        written, when `parent` is not the current revision any more, InputError for zones without distinct ids or a
        source that is not what its hash says.
        """
        # What a revision holds never changes: all that can be found out is, before anybody is kept waiting.
        changed = self._changes(plan, draft, parent)
        layers = current_layers(plan, draft)
        with blobs_of(draft) as blobs, self._writing(draft.author, patience or Patience()) as db:
            current = tables.current_number(db, plan)
            if current != parent:
                raise ConflictError(plan, parent, current)
            before = None if parent is None else self._revision(db, plan, parent, parent)
            revision = _next_revision(plan, draft, before, changed.zone_hashes, [blob.sha256 for blob in blobs])
            tables.add_zones(db, changed.records())
            for blob in blobs:
                tables.add_blob(db, blob.sha256, blob.blocks())
            tables.add_revision(db, revision, changed.rows(revision.number))
            self._draw(db, layers)
        return revision

    def _changes(self, plan: str, draft: Draft, parent: int | None) -> ZoneChanges:
        with self._reading() if parent is not None else nullcontext() as db:
            return zone_changes(draft.zones, () if db is None else tables.standing(db, plan, parent))

    def verify(self) -> tuple[Problem, ...]:
        """Recompute every hash of every plan and return what does not hold; empty when all is as published."""
        with self._reading() as db:
            if db is None:
                return ()
            found = (*self._damage(db), *problems(db))
            sound = [plan for plan in tables.plans(db) if plan not in {problem.plan for problem in found}]
            return (*found, *(_edited(plan) for plan in sound if not self._shows_current(db, plan)))

    def _shows_current(self, db: Database, plan: str) -> bool:
        return self._shows(db, zones_layer(plan, self.zones(plan), ""))

    def _layer(self, revision: Revision, rows: Iterable[tuple[bytes, str]]) -> ZoneLayer:
        source = InputInfo(revision.source_path, None, 0, revision.source_sha256, revision.crs)
        try:
            layer = layer_of_records(rows, revision.crs, revision.fields, source)
        except (ValueError, KeyError, TypeError, shapely.GEOSException) as error:
            message = Text("a zone of it cannot be read.", "其中的分区无法读取。")
            raise self._damaged(revision.plan, revision.number, message) from error
        return replace(layer, source=replace(source, features=len(layer)))

    def _contents(
        self, revision: Revision, rows: Iterable[tuple[ZoneId, bytes | None, str]]
    ) -> Iterator[tuple[bytes, str]]:
        for zone, geometry, fields in rows:
            if geometry is None:
                message = Text(f"zone “{zone}” is lost from the store.", f"存储中缺少分区“{zone}”。")
                raise self._damaged(revision.plan, revision.number, message)
            yield geometry, fields

    def _revision(self, db: Database, plan: str, number: int | None, last: int | None) -> Revision:
        if number is not None and number > (last or 0):  # nor is it asked for: no column may hold so large a number
            raise self._unknown(plan, number, last)
        found = tables.revision_row(db, plan, last if number is None and last is not None else number or 0)
        if found is None:
            raise self._unknown(plan, number, last)
        return self._parsed(found)

    def _required(self, db: Database | None, plan: str, number: int | None) -> Revision:
        last = None if db is None else tables.current_number(db, plan)
        if db is None or last is None:
            raise self._unknown(plan, number, None)
        return self._revision(db, plan, number, last)

    def _blob(self, plan: str, number: int, name: str) -> bytes:
        with self._reading() as db:
            revision = self._required(db, plan, number)
            assert db is not None  # noqa: S101 - there is a revision
            content = tables.blob(db, getattr(revision, name))
        if content is None:
            what = name.removesuffix("_sha256")
            message = Text(f"its {what} is lost or was changed.", f"其 {what} 已丢失或被改动。")
            raise self._damaged(plan, number, message)
        return content

    def _parsed(self, row: Sequence[Any], count: int | None = None) -> Revision:
        plan, number = str(row[0]), int(row[1])
        try:
            return tables.parse(row, StoredHashes(lambda: self._hashes(plan, number), count))
        except ValueError as error:
            message = Text("its record cannot be read.", "其记录无法读取。")
            raise self._damaged(plan, number, message) from error

    def _hashes(self, plan: str, number: int) -> Mapping[ZoneId, str]:
        """Return the zones of a revision with their hashes, also after this store was closed."""
        store = self._opened_anew()
        try:
            with store._reading() as db:
                return {} if db is None else tables.zone_hashes_of(db, plan, number)
        finally:
            if store is not self:
                store.close()

    def _unknown(self, plan: str, number: int | None, last: int | None) -> StoreError:
        if last is None:
            message = Text(f"plan “{plan}” has no revisions.", f"规划“{plan}”没有任何版本。")
            hint = Text("Publish one with `geoplan load`.", "请先用 `geoplan load` 发布。")
        else:
            message = Text(f"plan “{plan}” has no revision {number}.", f"规划“{plan}”没有版本 {number}。")
            hint = Text(f"Its revisions are 1 to {last}.", f"现有版本为 1 至 {last}。")
        return StoreError(message, where=self.where, hint=hint)

    def _damaged(self, plan: str, number: int, what: Text) -> StoreError:
        return StoreError(
            Text(f"revision {number} of plan “{plan}”: {what.en}", f"规划“{plan}”的版本 {number}：{what.zh}"),
            where=self.where,
            hint=Text(
                "Run `geoplan store verify` for all that does not hold.", "请运行 `geoplan store verify` 全面核查。"
            ),
        )


def _edited(plan: str) -> Problem:
    name = layer_name("zones", plan)
    return Problem(
        plan,
        None,
        Text(
            f"the layer {name} was edited: it does not show the current revision, which is as published.",
            f"图层 {name} 被编辑，与当前版本不一致；版本本身未被改动。",
        ),
    )


def _next_revision(
    plan: str, draft: Draft, before: Revision | None, zone_hashes: Mapping[ZoneId, str], files: Sequence[str]
) -> Revision:
    source, toml, check = files
    unsigned = Revision(
        plan=plan,
        number=1 if before is None else before.number + 1,
        parent=None if before is None else before.number,
        parent_hash=GENESIS if before is None else before.hash,
        hash="",
        time=draft.time,
        author=storable(draft.author),
        message=storable(draft.message),
        source_path=storable(draft.source.path),
        source_sha256=source,
        source_crs=storable(draft.source.crs),
        source_operation=storable(draft.source.operation),
        # Through JSON and back, so that what is hashed is what will be read.
        decision=json.loads(canonical_json(draft.source.decision)),
        zone_hashes=zone_hashes,
        total_m2=float(draft.total_m2),
        passed=bool(draft.passed),
        plan_toml_sha256=toml,
        tool_version=draft.tool_version,
        crs=crs_text(draft.zones.crs),
        repairs=tuple(json.loads(canonical_json(draft.repairs))),
        restored_from=draft.restored_from,
        check_sha256=check,
        fields=field_types(draft.zones),
    )
    return replace(unsigned, hash=revision_hash(unsigned))

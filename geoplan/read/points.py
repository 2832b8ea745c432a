"""Points of any file and any number, batch by batch: where they are, and of which category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geoplan.crs import code_of, norm_crs
from geoplan.ellipsoid import Floats
from geoplan.errors import CrsError, InputError, MissingCrsError, UsageError
from geoplan.read.contents import Dataset
from geoplan.read.formats import opened, sha256_of
from geoplan.read.gdal import UNREADABLE
from geoplan.read.guards import UnfitError
from geoplan.read.layers import Listed, choose_layer, list_layers
from geoplan.read.point_arrays import numbers_of, points_of, present_in
from geoplan.read.point_streams import FORMATS, Stream, columns_of, decoded_texts, stream_of
from geoplan.read.raw import require_encoding
from geoplan.types import InputInfo, Text
from geoplan.zones import as_text

Kinds: TypeAlias = NDArray[np.int32]

CATEGORY_FIELD = "category"
MAX_CATEGORIES = 10_000
_STREAMED = ("GeoParquet", "CSV", *FORMATS)
_LONGEST_REASON = 300  # characters


@dataclass(frozen=True, slots=True)
class PointBatch:
    """Some points of a file: coordinates in the file's CRS as they stand, and the place of each one's category.

    `unlocated` has the category of each row without geometry, which is not among the points.
    """

    x: Floats
    y: Floats
    category: Kinds
    unlocated: Kinds


@dataclass
class PointFile:
    """An open file of points. `batches` may be gone through more than once; `categories` are complete after that.

    `category_field` is the field that says what a point is, None where there is none: then all are of category "".
    `groups` are the row groups of GeoParquet that this is only a part of, from row `first` on.
    """

    dataset: Dataset
    layer: str
    named: str | None
    crs: CRS
    crs_how: str
    stream: Stream
    category_field: str | None
    encoding: str | None = None
    groups: tuple[int, ...] | None = None
    first: int = 0
    _known: dict[str, int] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Return the path as given."""
        return str(self.dataset.path)

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories met so far, in the order that `PointBatch.category` counts in."""
        with _telling(self.dataset):
            return tuple(decoded_texts(self.dataset, tuple(self._known), self.encoding))

    def part(self, groups: tuple[int, ...]) -> PointFile:
        """Return some row groups of GeoParquet, each after the other, as a file that knows no categories yet."""
        counts = self.stream.groups
        stream = replace(self.stream, rows=sum(counts[group] for group in groups), at_least=None)
        return replace(self, stream=stream, groups=groups, first=sum(counts[: groups[0]]), _known={})

    def places_of(self, categories: Sequence[str]) -> Kinds:
        """Return the place of each category, adding those not met before; raises UsageError as `batches` does."""
        places = np.array([*map(self._place, categories), 0], dtype=np.int32)[:-1]
        self._require_few()
        return places

    def info(self, rows: int) -> InputInfo:
        """Return which file this is, of which `rows` were read, with the digest of its bytes."""
        digest = sha256_of(self.dataset.path)
        return InputInfo(self.path, self.named, rows, digest, code_of(self.crs), self.crs_how)

    def batches(self) -> Iterator[PointBatch]:
        """Yield all rows, some hundred thousand at a time.

        Raises InputError for a file that cannot be read to its end or that holds anything but points, UsageError
        when a category field has more values than categories can be.
        """
        columns = columns_of(self.dataset, self.layer, self.category_field, self.encoding, self.groups)
        read = self.first
        while True:
            with _telling(self.dataset):
                pair = next(columns, None)
                if pair is None:
                    break
                x, y = points_of(pair[0], read)
            read += len(x)
            there = ~(np.isnan(x) & np.isnan(y))
            kinds = self._kinds(pair[1], len(x))
            if there.all():
                yield PointBatch(x, y, kinds, kinds[:0])
            else:
                yield PointBatch(x[there], y[there], kinds[there], kinds[~there])
        self._complete(read - self.first)

    def _complete(self, read: int) -> None:
        """Raise InputError when fewer rows were read than the file says it has."""
        stated = self.stream.rows
        if stated is None or read in (stated, self.stream.at_least):
            return
        raise InputError(
            Text(
                f"{stated:,} features are stated, {read:,} could be read.",
                f"声明 {stated:,} 个要素，实际读出 {read:,} 个。",
            ),
            where=self.path,
            hint=Text("The file may be damaged or incomplete; ask for it again.", "文件可能损坏或不完整，请重新获取。"),
        )

    def _kinds(self, column: Any, count: int) -> Kinds:
        """Return the place of each row's category, adding those not met before."""
        if column is None:
            return np.full(count, self._place(""), dtype=np.int32)
        import pyarrow as pa  # noqa: PLC0415 - loaded already by whatever made the column

        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        values = [self._place(as_text(value)) for value in column.dictionary.to_pylist()]
        places = np.array([*values, self._place("") if column.null_count else 0], dtype=np.int32)
        self._require_few()
        indices = column.indices.cast(pa.int32())
        return places[np.where(present_in(indices), numbers_of(indices, np.int32), len(values))]

    def _require_few(self) -> None:
        if len(self._known) > MAX_CATEGORIES:
            raise UsageError(
                Text(
                    f"the field “{self.category_field}” has more than {MAX_CATEGORIES:,} values, so it is no category.",
                    f"字段“{self.category_field}”的值超过 {MAX_CATEGORIES:,} 个，不是类别。",
                ),
                where=self.path,
                hint=Text("Name another with --category-field.", "请用 --category-field 指定其他字段。"),
            )

    def _place(self, category: str) -> int:
        return self._known.setdefault(category, len(self._known))


@contextmanager
def open_points(
    path: str | Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    category_field: str | None = None,
    encoding: str | None = None,
) -> Iterator[PointFile]:
    """Yield a file of points; GeoParquet, CSV and what GDAL reads are streamed.

    `layer` picks a layer (or a file in a zip archive), needed only when several hold points; `crs` overrides what the
    file declares; `category_field` says which field tells the category, by default "category" where there is one.
    Raises InputError when the file cannot be read or is refused, MissingCrsError when nobody says in which CRS it is,
    UsageError for a CRS, field or encoding that does not exist.
    """
    path = Path(path)
    require_encoding(encoding)
    with opened(path, member=layer, encoding=encoding) as datasets:
        dataset, name, named = _chosen(path, datasets, layer, encoding)
        with _telling(dataset):
            stream = stream_of(dataset, name, encoding)
        yield PointFile(
            dataset=dataset,
            layer=name,
            named=named,
            crs=_crs_of(stream.declared, crs, str(path)),
            crs_how="declared" if crs is None else "override",
            stream=stream,
            category_field=_field_of(stream, category_field, str(path)),
            encoding=encoding,
        )


def _chosen(
    path: Path, datasets: tuple[Dataset, ...], layer: str | None, encoding: str | None
) -> tuple[Dataset, str, str | None]:
    """Return the dataset and layer of the points, and the name by which users know the layer."""
    streamed = [one for one in datasets if one.format in _STREAMED]
    if not streamed:
        raise InputError(
            Text(f"points are not read from {datasets[0].format}.", f"不支持从 {datasets[0].format} 读取点。"),
            where=str(path),
            hint=Text(f"Save them as one of {', '.join(_STREAMED)}.", f"请另存为其一：{'、'.join(_STREAMED)}。"),
        )
    if len(streamed) == 1 and streamed[0].format == "CSV":  # whose layer is all of it; to list it would be to read it
        return streamed[0], streamed[0].stem, None
    listed = list_layers(streamed, encoding)
    pointed = [one for one in listed if "Point" in str(one.head.geometry)]
    several: list[Listed] | tuple[Listed, ...] = pointed if layer is None and pointed else listed
    found = choose_layer(path, several, layer, polygons=False)
    alone = found.dataset.format == "GeoParquet" and len(listed) == 1
    return found.dataset, found.head.name, None if alone else found.name


def _crs_of(declared: str | None, override: str | None, where: str) -> CRS:
    if override is not None:
        try:
            return norm_crs(override)
        except CrsError as error:
            raise UsageError(error.message, where="--points-crs", hint=error.hint) from None
    if declared is not None and not declared.startswith(("ENGCRS", "LOCAL_CS", "ENGINEERINGCRS")):
        try:
            found = norm_crs(declared)
        except CrsError as error:
            raise error.at(where) from None
        if not found.name.lower().startswith(("undefined", "unknown engineering")):
            return found
    raise MissingCrsError(
        Text(
            "the points do not say in which coordinate system they are, so nobody can tell where they lie.",
            "点文件没有说明坐标系，无法判断位置。",
        ),
        where=where,
        hint=Text(
            "Ask whoever sent it, then name it: --points-crs EPSG:4490 (lon/lat), --points-crs EPSG:4548 (metres), …",
            "请向提供者确认后用 --points-crs 指定，例如 EPSG:4490（经纬度）、EPSG:4548（117E 中央经线，米）。",
        ),
    )


def _field_of(stream: Stream, wanted: str | None, where: str) -> str | None:
    if wanted is None:
        return CATEGORY_FIELD if CATEGORY_FIELD in stream.fields else None
    if wanted in stream.fields:
        return wanted
    known = ", ".join(stream.fields) or "none"
    raise UsageError(
        Text(f"there is no field “{wanted}” in {where}.", f"{where} 中没有字段“{wanted}”。"),
        where="--category-field",
        hint=Text(f"Fields in the file: {known}.", f"文件中的字段：{known}。"),
    )


@contextmanager
def _telling(dataset: Dataset) -> Iterator[None]:
    """Turn what any library says of a file it cannot read into one InputError that names the file."""
    try:
        yield
    except (
        *UNREADABLE,
        KeyError,
        TypeError,
        AttributeError,
        OSError,
        RuntimeError,
        shapely.errors.ShapelyError,
    ) as error:
        reason = f"its metadata lacks {error}" if isinstance(error, KeyError) else str(error)
        reason = " ".join(reason.replace(dataset.address, dataset.local.name).split()).rstrip(".")[:_LONGEST_REASON]
        zh = error.zh if isinstance(error, UnfitError) else reason
        raise InputError(
            Text(
                f"cannot be read as points of {dataset.format}: {reason}.",
                f"无法作为 {dataset.format} 点文件读取：{zh}。",
            ),
            where=str(dataset.path),
            hint=Text(
                "The file may be damaged or of another kind; ask for it again.", "文件可能损坏或类型不符，请重新获取。"
            ),
        ) from None

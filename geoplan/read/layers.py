"""Which layer of a file is meant: the only one with polygons, or the one named like zones; else the user says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from geoplan.errors import InputError
from geoplan.read.contents import Contents, Dataset, LayerHead
from geoplan.read.readers import contents, heads
from geoplan.types import Text
from geoplan.zones import polygonal

# Layer types that may hold polygons, as GDAL names them.
_MAY_HOLD_POLYGONS = ("Polygon", "Surface", "Unknown", "GeometryCollection")
_ZONE_WORDS = ("zone", "parcel", "分区", "片区", "区块", "地块", "宗地", "图斑")
_LOOK_INTO = 20  # layers of mixed geometry, at most, and of so many features each
_LOOK_INTO_FEATURES = 100_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A layer of a file as users name it: `name`, in a file of several also by its member of the archive."""

    name: str
    dataset: Dataset
    head: LayerHead

    def answers_to(self, wanted: str) -> bool:
        """Return whether a user who says `wanted` may mean this layer."""
        member = PurePosixPath(self.dataset.member or "")
        return wanted in (self.name, self.head.name) or (
            self.dataset.member is not None and wanted in (str(member), member.name, member.stem)
        )


def list_layers(datasets: Sequence[Dataset], encoding: str | None = None) -> tuple[Listed, ...]:
    """Return all layers of all datasets, under names that differ; raises InputError when one cannot be read."""
    found = [(dataset, head) for dataset in datasets for head in heads(dataset, encoding)]
    stems = [PurePosixPath(dataset.member or "").stem for dataset in datasets]
    listed = []
    for dataset, head in found:
        name = head.name
        if len(datasets) > 1:
            unique = stems.count(PurePosixPath(dataset.member or "").stem) == 1
            home = PurePosixPath(dataset.member or "").stem if unique else str(dataset.member)
            alone = sum(one is dataset for one, _ in found) == 1
            name = home if alone else f"{home}/{head.name}"
        listed.append(Listed(name, dataset, head))
    return tuple(listed)


def choose_layer(path: Path, listed: Sequence[Listed], wanted: str | None, *, polygons: bool) -> Listed:
    """Return the layer `wanted`, or the one that can only be meant.

    With `polygons` that is the only one that holds any, or of several the only one named like zones; without,
    the only one with geometry. Raises InputError that lists the layers otherwise.
    """
    if wanted is not None:
        exact = [one for one in listed if one.name == wanted]
        meant = exact or [one for one in listed if one.answers_to(wanted)]
        if len(meant) > 1:
            meant = [one for one in meant if one.head.geometry is not None] or meant
        if len(meant) != 1:
            raise _no_such(path, listed, wanted) if not meant else _several(path, meant)
        return meant[0]
    fitting = [one for one in listed if one.head.geometry is not None]
    if polygons:
        fitting = _with_polygons(fitting) or fitting
    if not fitting:
        raise InputError(Text("there is no layer with geometry.", "没有含几何的图层。"), where=str(path))
    named = [one for one in fitting if any(word in one.name.casefold() for word in _ZONE_WORDS)]
    if len(fitting) > 1 and polygons and len(named) == 1:
        return named[0]
    if len(fitting) > 1:
        raise _several(path, fitting)
    return fitting[0]


def _with_polygons(listed: Sequence[Listed]) -> list[Listed]:
    """Return the layers that hold polygons by their type; of mixed ones, by looking into them."""
    likely = [one for one in listed if any(word in str(one.head.geometry) for word in _MAY_HOLD_POLYGONS)]
    filled = [one for one in likely if one.head.features]
    if len(filled) < 2 or len(filled) > _LOOK_INTO:
        return filled or likely
    return [one for one in filled if _holds_polygons(one)] or filled


def _holds_polygons(one: Listed) -> bool:
    if one.head.geometry not in ("Unknown", "GeometryCollection") or one.head.features > _LOOK_INTO_FEATURES:
        return True
    found: Contents = contents(one.dataset, one.head.name)
    return bool(np.any(polygonal(found.geometry)))


def _no_such(path: Path, listed: Sequence[Listed], wanted: str) -> InputError:
    names = [one.name for one in listed]
    members = {one.dataset.member for one in listed}
    if len(members) > 1:
        held = ", ".join(map(str, dict.fromkeys(one.dataset.member for one in listed)))
        return InputError(
            Text(f"there is no “{wanted}” in the archive; it holds {held}.", f"压缩包内没有“{wanted}”，有 {held}。"),
            where=str(path),
        )
    return InputError(
        Text(f'there is no layer "{wanted}".', f"没有图层“{wanted}”。"),
        where=str(path),
        hint=Text(f"Layers in the file: {', '.join(names)}.", f"文件中的图层：{'、'.join(names)}。"),
    )


def _several(path: Path, fitting: Sequence[Listed]) -> InputError:
    names = [one.name for one in fitting]
    if all(one.dataset.member is not None for one in fitting) and len({one.dataset.member for one in fitting}) > 1:
        held = ", ".join(dict.fromkeys(str(one.dataset.member) for one in fitting))
        return InputError(
            Text(
                f"the archive holds several vector files: {held}; choose one with --layer.",
                f"压缩包内有多个矢量文件：{held}；请用 --layer 选择。",
            ),
            where=str(path),
        )
    return InputError(
        Text(f"several layers could be meant: {', '.join(names)}.", f"有多个可能的图层：{'、'.join(names)}。"),
        where=str(path),
        hint=Text("Choose one with --layer NAME.", "请用 --layer 指定。"),
    )

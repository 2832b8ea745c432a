"""An opened plan in, a file to hand over out: which layers, which coordinates, what was lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pyproj import CRS

from geoplan.crs import code_of, default_projected, norm_crs, same_crs
from geoplan.errors import CrsError, UsageError
from geoplan.output.export.formats import Format, format_named
from geoplan.output.export.names import suggested_name
from geoplan.output.export.placing import placed, take
from geoplan.output.export.tables import LONLAT, awaited_loss, tables_of
from geoplan.output.export.values import LAYER_NAMES, Exported, ExportedLayer, Layer, Loss, Package, Table, Written
from geoplan.output.handover import facts_of
from geoplan.output.whole import replace_whole
from geoplan.output.workbook import workbook_bytes
from geoplan.types import Text
from geoplan.workflow import PlanView, projected_for


def export_bytes(
    view: PlanView, format_name: str, *, layer: Layer | None = None, crs: str | None = None, language: str = "en"
) -> Exported:
    """Return an opened plan in a format of `EXPORT_FORMATS`.

    `layer` is the one to write: without it the zones, or all layers where the format holds several. `crs`
    stands in for the plan's projected CRS. The same revision gives the same bytes. Raises UsageError for
    an unknown format or CRS, a CRS the format does not take, and when there is nothing to write; CrsError
    for a datum change without known parameters.
    """
    chosen = format_named(format_name)
    if chosen.writer is None:
        return _workbook(view, chosen, layer, crs, language)
    wanted = (layer,) if layer else chosen.layers
    tables, told = _moved(view, chosen, wanted, crs)
    if "zones" in wanted:
        told += awaited_loss(view)
    if layer is None:
        told += _left_out(view, chosen)
    package = Package(tables, tables[0].crs, facts_of(view), tuple(told), language)
    written: Written = chosen.writer(package)
    return Exported(
        name=suggested_name(view.plan.id, _number(view), chosen.suffixes[0], None if chosen.many else wanted[0]),
        media_type=chosen.media_type,
        content=written.content,
        format=chosen.name,
        facts=package.facts,
        layers=tuple(_counted(table) for table in package.tables),
        crs=package.crs,
        losses=(*told, *written.losses),
    )


def write_export(
    view: PlanView,
    format_name: str,
    path: str | Path,
    *,
    layer: Layer | None = None,
    crs: str | None = None,
    language: str = "en",
) -> Exported:
    """Write what `export_bytes` returns at `path`, which holds the whole file or what it held before.

    Raises as `export_bytes`, and UsageError when `path` is a folder or cannot be written to.
    """
    target = Path(path)
    if target.is_dir():
        raise UsageError(
            Text("is a folder.", "是文件夹。"),
            where=str(path),
            hint=Text("Name the file to write.", "请指定文件名。"),
        )
    made = export_bytes(view, format_name, layer=layer, crs=crs, language=language)
    replace_whole(target, lambda unfinished: unfinished.write_bytes(made.content))
    return made


def _workbook(view: PlanView, chosen: Format, layer: Layer | None, crs: str | None, language: str) -> Exported:
    if layer is not None or crs is not None:
        given = "--layer" if layer is not None else "--crs"
        raise UsageError(
            Text("a workbook has every layer as a sheet, and no shapes.", "工作簿每个图层一张表，不含图形。"),
            where=given,
            hint=Text(f"Leave {given} out.", f"请去掉 {given}。"),
        )
    made = workbook_bytes(view, language)
    places = (("facilities", view.facilities), ("network", view.network))
    zones = view.result.measurement.zones if view.result.measurement else ()
    layers = [ExportedLayer("zones", len(zones), 0, None)]
    layers += [ExportedLayer(name, len(rows), 0, None) for name, rows in places]
    layers.append(ExportedLayer("findings", len(view.result.findings), 0, None))
    return Exported(
        name=suggested_name(view.plan.id, _number(view), chosen.suffixes[0]),
        media_type=chosen.media_type,
        content=made.content,
        format=chosen.name,
        facts=facts_of(view),
        layers=tuple(one for one in layers if one.features),
        crs=None,
        losses=(*awaited_loss(view), *(Loss(sheet, message) for sheet, message in made.losses)),
    )


def _moved(
    view: PlanView, chosen: Format, wanted: tuple[Layer, ...], asked: str | None
) -> tuple[tuple[Table, ...], list[Loss]]:
    """Return the tables that hold anything in the CRS they are written in, and what was lost until then."""
    tables, losses = tables_of(view, wanted)
    told, moved = list(losses), []
    for table in tables:
        there, lost = placed(table, _target(view, chosen, asked, table))
        told += lost
        homeless = [row for row, shape in enumerate(there.shapes) if shape is None]
        if homeless and not chosen.homeless:
            told.append(_homeless(there, len(homeless), chosen))
            there = take(there, [row for row in range(len(there)) if row not in set(homeless)])
        if len(there):
            moved.append(there)
    if not moved:
        raise _nothing(view, wanted)
    return tuple(moved), told


def _target(view: PlanView, chosen: Format, asked: str | None, table: Table) -> CRS:
    """Return the CRS of a layer: the format's, the one asked for, the plan's, or the usual one of the place.

    The network lies all over the globe, where no projected CRS is at home: it is in WGS84 unless asked otherwise.
    """
    try:
        given = norm_crs(asked) if asked is not None else None
    except CrsError as error:
        raise UsageError(error.message, where="--crs", hint=error.hint) from None
    lonlat = norm_crs(LONLAT)
    if chosen.crs == "wgs84":
        if given is not None and not (same_crs(given, lonlat) or code_of(given) == "OGC:CRS84"):
            raise UsageError(
                Text(f"{chosen.title} is in WGS84 (EPSG:4326) by its standard.", f"{chosen.title} 规定采用 WGS84。"),
                where="--crs",
                hint=Text("Leave --crs out, or choose --format gpkg.", "请去掉 --crs，或改用 --format gpkg。"),
            )
        return lonlat
    if given is not None or table.name == "network":
        return given or lonlat
    if view.plan.area.projected:
        return norm_crs(view.plan.area.projected)
    if view.layer is not None:
        return projected_for(view.layer, None)
    return _usual(table)


def _usual(table: Table) -> CRS:
    """Return the usual projected CRS where places given in degrees lie, in the middle of them."""
    points = [(shape.x, shape.y) for shape in table.shapes if shape is not None]
    if not points:
        return norm_crs(LONLAT)
    lon, lat = np.median(points, axis=0)
    return default_projected(float(lon), float(lat))


def _nothing(view: PlanView, wanted: tuple[Layer, ...]) -> UsageError:
    reference = view.result.plan
    if wanted == ("zones",) and reference is not None and view.layer is None:
        count = reference.declared
        return UsageError(
            Text(
                f"0 of {count} boundaries loaded: there are no zones to export.",
                f"已加载 0 / {count} 个边界，没有可导出的分区。",
            ),
            where=view.plan.id,
            hint=Text("Load them, or give --layer facilities.", "请先加载边界，或使用 --layer facilities。"),
        )
    nouns = Text(
        ", ".join(LAYER_NAMES[layer].en for layer in wanted), "、".join(LAYER_NAMES[layer].zh for layer in wanted)
    )
    return UsageError(
        Text(f"there is nothing to export: no {nouns.en}.", f"没有可导出的内容：无{nouns.zh}。"),
        where=view.plan.id,
        hint=Text("Choose another --layer.", "请更换 --layer。"),
    )


def _left_out(view: PlanView, chosen: Format) -> list[Loss]:
    """Return what a format leaves out unless it is asked for."""
    others: tuple[tuple[Layer, int], ...] = (
        ("facilities", len(view.facilities)),
        ("network", len(view.network)),
        ("findings", len(view.result.findings)),
    )
    why = Text(f"{chosen.title} holds one layer", f"{chosen.title} 只含一个图层")
    if chosen.many:
        why = Text("they lie elsewhere", "位于外地")
    return [
        Loss(
            layer,
            Text(
                f"{LAYER_NAMES[layer].en} not in the file ({count}), since {why.en}: --layer {layer}",
                f"{count} 个{LAYER_NAMES[layer].zh}不在文件中（{why.zh}）：--layer {layer}",
            ),
        )
        for layer, count in others
        if count and layer not in chosen.layers
    ]


def _homeless(table: Table, count: int, chosen: Format) -> Loss:
    return Loss(
        table.name,
        Text(
            f"{count} without a place: not in the file, since {chosen.title} cannot hold them",
            f"{count} 个没有位置，不在文件中（{chosen.title} 无法保存）",
        ),
    )


def _counted(table: Table) -> ExportedLayer:
    return ExportedLayer(table.name, len(table), sum(shape is not None for shape in table.shapes), table.crs)


def _number(view: PlanView) -> int | None:
    return view.revision.number if view.revision else None

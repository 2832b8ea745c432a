"""A shapefile in a zip: .shp, .shx, .dbf, .prj, .cpg and a README that tells what a shapefile cannot hold."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyogrio

from geoplan.errors import UsageError
from geoplan.output.export.dbf import Field, dbf_bytes
from geoplan.output.export.frames import with_shapes
from geoplan.output.export.placing import Piece, pieces
from geoplan.output.export.values import Loss, Package, Written, crs_words
from geoplan.types import Text

README = "README.txt"
_MAX_BYTES = 2**31 - 1
_KINDS = {"C": "text", "N": "number", "L": "true or false"}


def write_shapefile(package: Package) -> Written:
    """Return a zip with one shapefile per kind of geometry (one for zones), text in UTF-8.

    Raises UsageError when a part would be larger than the 2 GB a shapefile can be.
    """
    (table,) = package.tables
    members: dict[str, bytes] = {}
    described: list[tuple[str, tuple[Field, ...]]] = []
    losses: list[Loss] = []
    for piece in pieces(table):
        content, fields, lost = dbf_bytes(piece.table, piece.name, package.facts.time)
        if piece.dimension is not None:
            members |= _shapes(piece)
        members[f"{piece.name}.dbf"] = content
        members[f"{piece.name}.cpg"] = b"UTF-8"
        described.append((piece.name, fields))
        losses += lost
    if max(map(len, members.values())) > _MAX_BYTES:
        raise UsageError(
            Text("is too large for a shapefile, whose parts end at 2 GB.", "超过 shapefile 2 GB 的上限。"),
            where=table.name,
            hint=Text("Use --format gpkg.", "请改用 --format gpkg。"),
        )
    readme = _readme(package, described, (*package.losses, *losses))
    members[README] = b"\xef\xbb\xbf" + readme.replace("\n", "\r\n").encode()
    return Written(_zip(members, package), tuple(losses))


def _shapes(piece: Piece) -> dict[str, bytes]:
    """Return .shp, .shx and .prj as GDAL writes them."""
    with tempfile.TemporaryDirectory(prefix="geoplan-") as folder:
        path = Path(folder) / "piece.shp"
        frame = pd.DataFrame({"row": range(len(piece.table))})
        kind = {2: "Polygon", 1: "LineString", 0: "Point"}[piece.dimension or 0]
        if piece.dimension == 0 and any(s is not None and s.geom_type == "MultiPoint" for s in piece.table.shapes):
            kind = "MultiPoint"
        pyogrio.write_dataframe(
            with_shapes(piece.table, frame, piece.table.shapes),
            path,
            driver="ESRI Shapefile",
            geometry_type=kind,
            promote_to_multi=False,
        )
        return {
            f"{piece.name}{part.suffix}": part.read_bytes()
            for part in sorted(Path(folder).iterdir())
            if part.suffix in (".shp", ".shx", ".prj")
        }


def _readme(package: Package, described: Sequence[tuple[str, tuple[Field, ...]]], losses: Sequence[Loss]) -> str:
    facts = package.facts
    lines = [
        f"{facts.name.en} / {facts.name.zh}",
        facts.worth.en,
        facts.worth.zh,
        f"{facts.origin.en} / {facts.origin.zh}",
        f"coordinates 坐标: {crs_words(package.crs).en} / {crs_words(package.crs).zh}",
        "text 文本: UTF-8 (.cpg)",
        "",
    ]
    lines += [f"{key} = {value}" for key, value in facts.lines().items()]
    for name, fields in described:
        lines += ["", f"{name}.dbf", f"{'field 字段':<12}column 原名"]
        lines += [
            f"{field.name:<14}{field.column.name}  ({_KINDS[field.letter]}, {field.width} bytes)" for field in fields
        ]
    lines += ["", "What a shapefile cannot hold / shapefile 无法保存的内容", ""]
    lines += [f"- {loss.layer or '*'}: {loss.message.en} / {loss.message.zh}" for loss in losses] or ["-"]
    return "\n".join(lines) + "\n"


def _zip(members: dict[str, bytes], package: Package) -> bytes:
    """Return a zip whose members carry the revision's time, or 1 January 1980, the first a zip can name."""
    buffer = io.BytesIO()
    time = package.facts.time
    stamp = (max(time.year, 1980), time.month, time.day, time.hour, time.minute, time.second)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()

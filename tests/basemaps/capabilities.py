"""WMTS capabilities written as OGC 07-057r7 has them, by hand."""

from __future__ import annotations

from collections.abc import Sequence

SCALE_0 = 559082264.0287178  # of zoom 0 with tiles of 256 pixels, annex E.4
CORNER = "-20037508.3427892 20037508.3427892"


def matrices(
    *,
    zooms: Sequence[int] = (0, 1, 2),
    name: str = "{z}",
    pixels: int = 256,
    corner: str = CORNER,
    scale: float = 1.0,
    degrees: bool = False,
) -> str:
    """Return the levels of a matrix set; `{z}` in a name is the zoom, `{i}` counts from 0."""
    corner = "90 -180" if degrees else corner
    return "".join(
        f"<TileMatrix><ows:Identifier>{name.format(z=z, i=i)}</ows:Identifier>"
        f"<ScaleDenominator>{SCALE_0 / 2**z * 256 / pixels * scale!r}</ScaleDenominator>"
        f"<TopLeftCorner>{corner}</TopLeftCorner><TileWidth>{pixels}</TileWidth><TileHeight>{pixels}</TileHeight>"
        f"<MatrixWidth>{2**z}</MatrixWidth><MatrixHeight>{2**z}</MatrixHeight></TileMatrix>"
        for i, z in enumerate(zooms)
    )


def matrix_set(name: str, crs: str, levels: str) -> str:
    return (
        f"<TileMatrixSet><ows:Identifier>{name}</ows:Identifier><ows:SupportedCRS>{crs}</ows:SupportedCRS>"
        f"{levels}</TileMatrixSet>"
    )


def capabilities(
    sets: str,
    *,
    layer: str = "base",
    links: Sequence[str] = ("g",),
    formats: Sequence[str] = ("image/png",),
    layer_extra: str = "",
    get_tile: str = "http://host/wmts?",
) -> bytes:
    """Return a whole document with one layer."""
    operation = (
        f'<ows:Operation name="GetTile"><ows:DCP><ows:HTTP><ows:Get xlink:href="{get_tile}"><ows:Constraint '
        'name="GetEncoding"><ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues></ows:Constraint>'
        "</ows:Get></ows:HTTP></ows:DCP></ows:Operation>"
    )
    linked = "".join(f"<TileMatrixSetLink><TileMatrixSet>{name}</TileMatrixSet></TileMatrixSetLink>" for name in links)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Capabilities xmlns="http://www.opengis.net/wmts/1.0" '
        'xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.0.0">'
        f"<ows:OperationsMetadata>{operation if get_tile else ''}</ows:OperationsMetadata><Contents>"
        f"<Layer><ows:Identifier>{layer}</ows:Identifier>"
        '<Style><ows:Identifier>fancy</ows:Identifier></Style><Style isDefault="true"><ows:Identifier>plain'
        f"</ows:Identifier></Style>{''.join(f'<Format>{one}</Format>' for one in formats)}{linked}{layer_extra}"
        f"</Layer>{sets}</Contents></Capabilities>"
    ).encode()

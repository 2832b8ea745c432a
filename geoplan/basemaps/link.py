"""What a map needs to know of the chosen basemap: where its tiles are, in which datum, what to say with it."""

from __future__ import annotations

from dataclasses import dataclass

from geoplan.basemaps.config import Basemap
from geoplan.basemaps.model import Datum
from geoplan.basemaps.source import Bounds, SourceInfo
from geoplan.inspection import Offset
from geoplan.types import Text

ROUTE = "basemaps"  # below the app's own address, whatever base path it is served under

UNREACHABLE = Text("Basemap cannot be reached", "无法连接底图")
SHIFTED = Text(
    "Basemap in {datum}: zones are shifted for display only; areas and files are not.",
    "底图为 {datum}：分区仅在显示时偏移，面积与文件不变。",
)
IN_DATUM = Text("Basemap in {datum}.", "底图坐标系：{datum}。")
NOT_STATED = Text("Basemap: datum not stated, WGS 84 assumed.", "底图未说明坐标系，按 WGS 84 处理。")


@dataclass(frozen=True, slots=True)
class BasemapLink:
    """A chosen basemap, as the map's frame is told of it.

    `url` is a template with {z}, {x} and {y}, relative to the app's own address ("basemaps/…", without a slash before
    it): tiles always come from the app. `min_zoom` and `max_zoom` are the zooms it has tiles for; a map may be enlarged
    beyond. `bounds` are west, south, east, north in degrees of the basemap's own datum, None when not known. `datum`
    tells how the map draws over it, `notices` are the sentences the map shows with it, `unreachable` the one for when a
    tile does not come. `attribution` is plain text.
    """

    id: str
    name: Text
    url: str
    attribution: Text
    datum: Datum
    datum_stated: bool
    min_zoom: int
    max_zoom: int
    tile_size: int
    bounds: Bounds | None
    review_number: str | None
    notices: tuple[Text, ...]
    kind: str = "xyz"
    unreachable: Text = UNREACHABLE

    @property
    def offset(self) -> Offset:
        """Return the shift that brings zones onto the basemap, for display only."""
        return self.datum.offset


def basemap_link(basemap: Basemap, info: SourceInfo) -> BasemapLink:
    """Return the link to a basemap, whose opened source told `info`; what the configuration says goes before it."""
    entry = basemap.entry
    low = info.min_zoom if entry.min_zoom is None else max(entry.min_zoom, info.min_zoom)
    high = info.max_zoom if entry.max_zoom is None else min(entry.max_zoom, info.max_zoom)
    return BasemapLink(
        id=basemap.id,
        name=basemap.name,
        url=f"{ROUTE}/{basemap.id}/{{z}}/{{x}}/{{y}}?v={basemap.stamp}",
        attribution=entry.attribution or Text.same(plain_text(info.attribution)),
        datum=basemap.datum,
        datum_stated=basemap.datum_stated,
        min_zoom=min(low, high),
        max_zoom=high,
        tile_size=info.tile_size,
        bounds=info.bounds,
        review_number=entry.review_number,
        notices=(datum_sentence(basemap), *info.notes),
    )


def datum_sentence(basemap: Basemap) -> Text:
    """Return what the map says of its basemap's datum, above all that zones over it are shifted for display."""
    if not basemap.datum_stated:
        return NOT_STATED
    said, name = IN_DATUM if basemap.datum.offset is Offset.NONE else SHIFTED, basemap.datum.text
    return Text(said.en.format(datum=name.en), said.zh.format(datum=name.zh))


def plain_text(markup: str) -> str:
    """Return an attribution as a file gives it, often a link in HTML, without its markup: one line of text."""
    kept, inside = [], False
    for character in markup:
        if character in "<>":
            inside = character == "<"
            kept.append(" ")
        elif not inside:
            kept.append(character if character.isprintable() else " ")
    words = "".join(kept).replace("&copy;", "©").replace("&amp;", "&")
    return " ".join(words.split())[:500]

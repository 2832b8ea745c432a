"""Plain words for a verdict on coordinates, in both languages, with the figures and the options that pick a reading."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geoplan.crs import code_of
from geoplan.crs_verdict.case import Asked, Case, quoted
from geoplan.crs_verdict.fit import SAME_M, Placed
from geoplan.crs_verdict.readings import NORTH_EAST, Reading, crs_text, own_prefix, same_numbers
from geoplan.inspection import Offset
from geoplan.offsets import is_shifted_region, shift_of
from geoplan.types import Text

_WINDS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
_NAMES = {Offset.GCJ02: "GCJ-02", Offset.BD09: "BD-09"}
_MOST_LISTED = 3


def joined(*texts: Text | None) -> Text:
    """Return the texts one after the other, those that are None left out."""
    present = [text for text in texts if text is not None]
    return Text(" ".join(text.en for text in present), "".join(text.zh for text in present))


def metres(value: float) -> str:
    """Return a distance as people write it: centimetres below 10 m, whole metres above, kilometres from 10 km."""
    if value >= 10_000:
        return f"{value / 1000:,.0f} km"
    return f"{value:.2f} m" if value < 9.995 else f"{value:,.0f} m"


def wind(azimuth: float) -> str:
    """Return the point of the compass, one of sixteen, for an azimuth in degrees."""
    return _WINDS[int((azimuth + 11.25) // 22.5) % 16]


def shift_at(one: Placed, offset: Offset) -> tuple[float, float]:
    """Return the metres and azimuth of a web map's shift in the middle of where a reading lands."""
    length, azimuth = shift_of(offset, np.median(one.lon), np.median(one.lat))
    return float(length), float(azimuth)


def system(reading: Reading, asked: Asked) -> str:
    """Return what the CRS of a reading is called: its code, or what the user called it."""
    return asked.name if reading.crs == asked.crs else code_of(reading.crs)


def options(reading: Reading, asked: Asked, listed: Sequence[Reading] = ()) -> str:
    """Return the command-line options that pick a reading among those `listed`, nothing else being possible then."""
    words = []
    if asked.crs is None or asked.given or crs_text(reading.crs) != crs_text(asked.crs):
        words.append(_spelled(reading, asked))
    if reading.axis_order == NORTH_EAST or any(other.axis_order != reading.axis_order for other in listed):
        words.append(f"--axes {reading.axis_order}")
    if reading.offset is not Offset.NONE or asked.offset is not None or any(r.offset != reading.offset for r in listed):
        words.append(f"--offset {reading.offset}")
    return " ".join(words) or _spelled(reading, asked)


def _spelled(reading: Reading, asked: Asked) -> str:
    return asked.spelled if reading.crs == asked.crs else f"--crs {quoted(crs_text(reading.crs))}"


def stated(asked: Asked) -> Text:
    """Return "Declared EPSG:4326", "Given EPSG:4548" or that nothing is declared, without a full stop."""
    word = asked.at_its_word
    if word is None:
        return Text("No coordinate system is declared", "未声明坐标系")
    name = system(word, asked)
    if not asked.given:
        return Text(f"Declared {name}", f"声明为 {name}")
    said = None if asked.declared is None else code_of(asked.declared)
    before = "" if said in (None, name) else f" (the file declares {said})"
    zh_before = "" if said in (None, name) else f"（文件声明 {said}）"
    return Text(f"Given {name}{before}", f"指定为 {name}{zh_before}")


def reading_words(one: Placed, asked: Asked) -> Text:
    """Return how a reading differs from what is stated: "when read as EPSG:4548, with north first"."""
    reading, english, chinese = one.reading, [], []
    if asked.crs is None or crs_text(reading.crs) != crs_text(asked.crs):
        english.append(f"when read as {system(reading, asked)}")
        chinese.append(f"按 {system(reading, asked)} 解读")
    if reading.zone_prefix != own_prefix(reading.crs):
        found = reading.zone_prefix
        english.append(f"with zone number {found} taken off" if found else "with the zone number added")
        chinese.append(f"去掉带号 {found}" if found else "加上带号")
    elif reading.zone_prefix and (asked.crs is None or own_prefix(asked.crs) != reading.zone_prefix):
        english.append(f"with zone number {reading.zone_prefix} in its eastings")
        chinese.append(f"东坐标带有带号 {reading.zone_prefix}")
    if reading.axis_order == NORTH_EAST:
        latitude = reading.crs.is_geographic
        english.append("with latitude first" if latitude else "with north first")
        chinese.append("纬度在前" if latitude else "北坐标在前")
    if reading.offset is not Offset.NONE:
        length, azimuth = shift_at(one, reading.offset)
        english.append(f"after undoing {_NAMES[reading.offset]} (shift {metres(length)} towards {wind(azimuth)})")
        chinese.append(f"消除 {_NAMES[reading.offset]} 偏移后（偏移 {metres(length)}，方位角 {azimuth:.0f}°）")
    return Text(", ".join(english) or "as it stands", "、".join(chinese) or "原样")


def agreement(one: Placed) -> Text:
    """Return how many vertices lie on the current boundaries, without a full stop."""
    hits, tried = int(one.on().sum()), len(one.distance)
    middle = "" if one.median_m is None else f"median {metres(one.median_m)}"
    zh_middle = "" if one.median_m is None else f"，中位距离 {metres(one.median_m)}"
    return Text(
        f"{hits:,} of {tried:,} vertices lie within {SAME_M:g} m of the current boundaries ({middle})",
        f"{tried:,} 个顶点中有 {hits:,} 个距现行边界不超过 {SAME_M:g} m{zh_middle}",
    )


def listing(listed: Sequence[Placed], case: Case) -> Text:
    """Return the readings to choose from, each with the options that pick it, at most three."""
    shown = listed[:_MOST_LISTED]
    readings = [one.reading for one in listed]
    english, chinese = [], []
    for one in shown:
        words, picks = reading_words(one, case.asked), options(one.reading, case.asked, readings)
        fits = _short(one)
        twin = same_numbers(one.reading.crs) if case.asked.crs is None and one.reading.zone_prefix is None else None
        also = f" ({twin} is the same)" if twin else ""
        zh_also = f"（与 {twin} 相同）" if twin else ""
        english.append(f"{picks} — {words.en}{also}{fits.en}")
        chinese.append(f"{picks} —— {words.zh}{zh_also}{fits.zh}")
    if len(listed) == 1:
        return Text(f"To take it so: {english[0]}.", f"如采用：{chinese[0]}。")
    more = len(listed) - len(shown)
    ending = f"; and {more} more" if more else ""
    zh_ending = f"；另有 {more} 种" if more else ""
    return Text(f"Choose: {'; '.join(english)}{ending}.", f"请选择：{'；'.join(chinese)}{zh_ending}。")


def _short(one: Placed) -> Text:
    if not len(one.distance):
        return Text("", "")
    hits, tried = int(one.on().sum()), len(one.distance)
    return Text(f": {hits:,} of {tried:,} vertices coincide", f"：{tried:,} 个顶点中有 {hits:,} 个重合")


def shift_not_told(one: Placed, asked: Asked) -> Text | None:
    """Return that a web map's shift cannot be excluded, with its size; None where there is none, or it was said."""
    if asked.offset is not None or not is_shifted_region(one.lon, one.lat).all():
        return None
    gcj02, bd09 = (metres(shift_at(one, offset)[0]) for offset in (Offset.GCJ02, Offset.BD09))
    return Text(
        "Whether the coordinates carry the shift of a web map cannot be told here: if they were drawn on AMap or "
        f"Tencent maps (GCJ-02, {gcj02}) or Baidu maps (BD-09, {bd09}), give --offset gcj02 or --offset bd09.",
        "此处无法判断坐标是否带有网络地图偏移："
        f"如在高德、腾讯地图（GCJ-02，{gcj02}）或百度地图（BD-09，{bd09}）上绘制，"
        "请加 --offset gcj02 或 --offset bd09。",
    )


def features_named(places: Sequence[int]) -> str:
    """Return "#3, #7" for positions in a file, 1-based, at most five."""
    shown = ", ".join(f"#{place + 1}" for place in places[:5])
    return shown + (", …" if len(places) > 5 else "")


def far_away(one: Placed, case: Case) -> str:
    """Return how far from the middle of the plan a reading puts the middle of the file."""
    if case.ground is None:
        return ""
    west, south, east, north = case.ground.bounds
    lon, lat = (
        np.radians([np.median(one.lon), (west + east) / 2]),
        np.radians([np.median(one.lat), (south + north) / 2]),
    )
    half = np.sin((lat[1] - lat[0]) / 2) ** 2 + np.cos(lat).prod() * np.sin((lon[1] - lon[0]) / 2) ** 2
    return metres(float(2 * 6371e3 * np.arcsin(np.sqrt(half))))

"""Which feature is which zone: by id, alias or name, in either language, whatever field holds it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from geoplan.plan import Plan, Zone
from geoplan.types import Text, ZoneId
from geoplan.zones import ZoneLayer, feature_labels

# Fields that hold a key or a name in common deliveries, best first (BSM, TBBH: Chinese land surveys).
KEY_FIELDS = ("id", "zone_id", "zone", "code", "key", "bsm", "tbbh", "gml_id", "fid")
NAME_FIELDS = ("name", "name_zh", "name_en", "名称", "mc", "xzqmc", "dlmc")
# Of these, the ones that often hold a class or a district: a value on several features is no duplicate.
CLASS_FIELDS = ("zone", "code", "mc", "xzqmc", "dlmc")


class Names(Sequence[Text]):
    """A name in both languages per feature, put together when it is looked at; a city has a million of them."""

    def __init__(self, english: Sequence[str], chinese: Sequence[str]) -> None:
        """Keep the names in each language, equally many."""
        self._english, self._chinese = english, chinese

    def __len__(self) -> int:
        return len(self._english)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # equal to sequences that have other hashes

    @overload
    def __getitem__(self, index: int) -> Text: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Text, ...]: ...
    def __getitem__(self, index: int | slice) -> Text | tuple[Text, ...]:
        if isinstance(index, slice):
            return tuple(map(Text, self._english[index], self._chinese[index]))
        return Text(self._english[index], self._chinese[index])


@dataclass(frozen=True, slots=True)
class Matching:
    """One entry per feature of a layer: which zone it is and what to call it.

    `zones` holds the plan's zone id, or None where nothing matches (and everywhere without a plan).
    `labels` is the zone id, else the file's own key, else "#7". `names` is the zone's name, else the
    file's. `field` is the field that decided; `filled` maps a plan zone whose name is not published
    to the label of the otherwise unknown feature that was taken for it.
    """

    zones: tuple[ZoneId | None, ...]
    labels: tuple[ZoneId, ...]
    names: Sequence[Text]
    field: str | None
    filled: Mapping[ZoneId, ZoneId]


def match_zones(layer: ZoneLayer, plan: Plan | None, *, id_field: str | None = None) -> Matching:
    """Return which zone each feature is.

    With a plan every field is tried (or only `id_field`) and the one that knows most zones decides, of
    several the one with the more usual name for a key. Features that match nothing fill zones declared
    without a published name, in file order, when there are exactly as many of them and no named zone
    is missing. Raises InputError when there is no field `id_field`.
    """
    own_field = id_field or _key_field(layer)
    keys = feature_labels(layer.text(own_field) if own_field else [""] * len(layer))
    shown = _own_names(layer, keys)
    known = known_names(plan) if plan is not None else {}
    if plan is None or not known:  # a city's plan need not declare its parcels
        return Matching((None,) * len(layer), keys, shown, own_field, {})
    found = {name: _named(layer.text(name), known) for name in ([id_field] if id_field else layer.fields)}
    decisive = _most_telling(found)
    zones: list[ZoneId | None] = list(found[decisive]) if decisive else [None] * len(layer)
    filled = _fill_unnamed(plan, zones, keys)
    taken = set(zones)  # a city has a million features: looking through a list for each would never end
    labels = tuple(
        zone or _free_label(key, place, taken) for place, (zone, key) in enumerate(zip(zones, keys, strict=True), 1)
    )
    names = tuple(
        own if zone is None or zone in filled else _shown_name(plan.zone_by_id[zone], own, key)
        for zone, own, key in zip(zones, shown, keys, strict=True)
    )
    return Matching(tuple(zones), labels, names, decisive if any(zones) else own_field, filled)


def folded(text: str) -> str:
    """Return text as it is compared: full-width and compatibility forms, case and spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def known_names(plan: Plan) -> dict[str, ZoneId]:
    """Return the zone for every id, name and alias of the plan, as `folded` text; what two zones share is left out.

    An id is its own zone's, whatever another zone is called.
    """
    owners: dict[str, set[ZoneId]] = {}
    for zone in plan.zones:
        for text in (*zone.aliases, zone.name.en, zone.name.zh):
            owners.setdefault(folded(text), set()).add(zone.id)
    names = {text: next(iter(zones)) for text, zones in owners.items() if len(zones) == 1}
    return names | {folded(zone.id): zone.id for zone in plan.zones}


def _named(values: Sequence[str], known: Mapping[str, ZoneId]) -> tuple[ZoneId | None, ...]:
    """Return the zone of each value; what stands many times is looked up once."""
    zones = {value: known.get(folded(value)) for value in set(values)}
    return tuple(map(zones.__getitem__, values))


def _most_telling(found: Mapping[str, tuple[ZoneId | None, ...]]) -> str | None:
    """Return the field that names most zones, then most features, then the one usual for a key."""
    usual = (*KEY_FIELDS, *NAME_FIELDS)

    def telling(name: str) -> tuple[int, int, int]:
        zones = [zone for zone in found[name] if zone is not None]
        rank = usual.index(name.casefold()) if name.casefold() in usual else len(usual)
        return len(set(zones)), len(zones), -rank

    return max(found, key=telling, default=None)


def _free_label(key: ZoneId, place: int, taken: set[ZoneId | None]) -> ZoneId:
    """Return the key of a feature that is no zone, or its place when the key is the id of another feature's zone."""
    return f"#{place}" if key in taken else key


def _key_field(layer: ZoneLayer) -> str | None:
    """Return the likeliest key: a usual name, every feature named; a unique one wins over a repeated one.

    A repeated value counts as a key only where it would be a mistake, not in a field of classes.
    """
    by_name = {name.casefold(): name for name in layer.fields}
    likely = [by_name[name] for name in (*KEY_FIELDS, *NAME_FIELDS) if name in by_name]
    fields = {name: layer.text(name) for name in likely}
    complete = [name for name in likely if len(layer) and all(fields[name])]
    unique = [name for name in complete if len(set(fields[name])) == len(layer)]
    repeated = [name for name in complete if name.casefold() not in CLASS_FIELDS]
    return next(iter((*unique, *repeated)), None)


def _shown_name(zone: Zone, own: Text, key: str) -> Text:
    """Return a zone's name: the plan's, unless that is a working name and the file brings one."""
    return zone.name if zone.named or own == Text.same(key) else own


def _own_names(layer: ZoneLayer, keys: tuple[str, ...]) -> Names:
    telling = (*NAME_FIELDS, "name_en", "name_zh")
    by_name = {name.casefold(): layer.text(name) for name in layer.fields if name.casefold() in telling}
    blank = ("",) * len(layer)
    plain = next((by_name[name] for name in NAME_FIELDS if name in by_name and any(by_name[name])), blank)
    english, chinese = by_name.get("name_en", plain), by_name.get("name_zh", plain)
    if english is chinese:
        shown = keys if english is blank else tuple(map(_or, english, keys))
        return Names(shown, shown)
    rows = tuple(zip(english, chinese, keys, strict=True))
    return Names([en or zh or key for en, zh, key in rows], [zh or en or key for en, zh, key in rows])


def _or(name: str, key: str) -> str:
    return name or key


def _fill_unnamed(plan: Plan, zones: list[ZoneId | None], keys: tuple[str, ...]) -> dict[ZoneId, ZoneId]:
    open_slots = [zone.id for zone in plan.zones if not zone.named and zone.id not in zones]
    unknown = [place for place, zone in enumerate(zones) if zone is None]
    # While a named zone is missing, an unknown feature may be that one with its name misspelt.
    missing = any(zone.named and zone.id not in zones for zone in plan.zones)
    if missing or not open_slots or len(open_slots) != len(unknown):
        return {}
    for zone, place in zip(open_slots, unknown, strict=True):
        zones[place] = zone
    return {zone: keys[place] for zone, place in zip(open_slots, unknown, strict=True)}

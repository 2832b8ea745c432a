"""The document of a check as a revision keeps it, with the rows of a million zones made only while it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, overload

from geoplan.output.documents import Document, check_document
from geoplan.result import CheckResult, Measurement


class ZoneDocuments(Sequence[Document]):
    """The documents of a check's zones (`area.zones` of `geoplan.check/1`), made when they are looked at."""

    def __init__(self, result: CheckResult, measurement: Measurement) -> None:
        """Keep what they are made of."""
        self._bare = replace(result, findings=(), checked=(), published=(), lapsed=())
        self._measurement = measurement

    def __len__(self) -> int:
        return len(self._measurement.zones)

    @overload
    def __getitem__(self, index: int) -> Document: ...
    @overload
    def __getitem__(self, index: slice) -> list[Document]: ...
    def __getitem__(self, index: int | slice) -> Document | list[Document]:
        if not isinstance(index, slice):
            place = range(len(self))[index]
            return self[place : place + 1][0]
        part = replace(self._measurement, zones=self._measurement.zones[index])
        found: list[Document] = check_document(replace(self._bare, measurement=part))["area"]["zones"]
        return found


def kept_check(result: CheckResult) -> dict[str, Any]:
    """Return the document of a check (schema `geoplan.check/1`) whose zones are made while it is written."""
    measurement = result.measurement
    if measurement is None:
        return check_document(result)
    document = check_document(replace(result, measurement=replace(measurement, zones=())))
    return document | {"area": document["area"] | {"zones": ZoneDocuments(result, measurement)}}

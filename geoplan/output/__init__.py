"""Results for people and machines: text, JSON, JUnit, SARIF, HTML, GeoPackage and maps.

`REPORTS` has every kind of report of a check under its name on the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from geoplan.output.documents import check_document, dumps
from geoplan.output.gpkg import gpkg_bytes
from geoplan.output.html import render_html
from geoplan.output.junit import render_junit
from geoplan.output.sarif import render_sarif
from geoplan.output.text import render_check
from geoplan.result import CheckResult
from geoplan.zones import ZoneLayer


class Report(Protocol):
    """One kind of report: a check and the layer it is about in, the finished text or bytes out.

    `language` is "en" or "zh"; `colour` asks for ANSI colours. A kind that has no use for one ignores it.
    """

    def __call__(
        self, result: CheckResult, layer: ZoneLayer | None, *, language: str = "en", colour: bool = False
    ) -> str | bytes:
        """Return the report."""
        ...


def _text(result: CheckResult, layer: ZoneLayer | None, *, language: str = "en", colour: bool = False) -> str:  # noqa: ARG001
    return render_check(result, language=language, colour=colour)


def _json(result: CheckResult, layer: ZoneLayer | None, *, language: str = "en", colour: bool = False) -> str:  # noqa: ARG001
    return dumps(check_document(result))


def _junit(result: CheckResult, layer: ZoneLayer | None, *, language: str = "en", colour: bool = False) -> str:  # noqa: ARG001
    return render_junit(result, language=language)


def _sarif(result: CheckResult, layer: ZoneLayer | None, *, language: str = "en", colour: bool = False) -> str:  # noqa: ARG001
    return render_sarif(result)


def _html(result: CheckResult, layer: ZoneLayer | None, *, language: str = "en", colour: bool = False) -> str:  # noqa: ARG001
    return render_html(result, layer, language=language)


def _gpkg(result: CheckResult, layer: ZoneLayer | None, *, language: str = "en", colour: bool = False) -> bytes:  # noqa: ARG001
    return gpkg_bytes(result, layer)


REPORTS: Mapping[str, Report] = MappingProxyType(
    {"text": _text, "json": _json, "junit": _junit, "sarif": _sarif, "html": _html, "gpkg": _gpkg}
)

__all__ = ["REPORTS", "Report"]

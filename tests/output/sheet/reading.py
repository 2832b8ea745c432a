"""Reads sheets back with pdfminer, which knows nothing of how they were made; and plans of squares to put on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from io import BytesIO
from typing import Any

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTComponent, LTContainer, LTCurve, LTPage
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1
from shapely.geometry.base import BaseGeometry

from geoplan.output.sheet import SheetOptions
from geoplan.types import Facility
from geoplan.workflow import PlanView, open_plan
from tests.helpers import make_layer, make_plan

DAY = date(2026, 11, 22)
PLANAR = {"method": "planar", "projected": "EPSG:4548"}


def plan_of(
    shapes: Sequence[BaseGeometry],
    names: Sequence[str] | None = None,
    *,
    facilities: Sequence[Facility] = (),
    **tables: Any,
) -> PlanView:
    """Return an opened plan whose areas are those of the plane, so that they can be computed by hand."""
    layer = make_layer(list(shapes), **({"name": list(names)} if names else {}))
    view = open_plan(make_plan(**({"area": PLANAR} | tables)), zones=layer)
    return PlanView(view.plan, view.layer, view.result, tuple(facilities), view.network, view.indicators, view.revision)


def options(**more: Any) -> SheetOptions:
    """Return options with a fixed day."""
    return SheetOptions(**({"day": DAY} | more))


@dataclass(frozen=True)
class Read:
    """A PDF as pdfminer reads it; coordinates are points from the lower left corner."""

    data: bytes

    @cached_property
    def document(self) -> PDFDocument:
        return PDFDocument(PDFParser(BytesIO(self.data)))

    @cached_property
    def pages(self) -> list[PDFPage]:
        return list(PDFPage.create_pages(self.document))

    def layout(self, page: int = 0) -> LTPage:
        manager = PDFResourceManager()
        device = PDFPageAggregator(manager, laparams=None)
        PDFPageInterpreter(manager, device).process_page(self.pages[page])
        return device.get_result()

    @cached_property
    def first(self) -> list[LTComponent]:
        return list(_all(self.layout()))

    @cached_property
    def text(self) -> str:
        """Return all text without spaces and line breaks, since these depend on where lines were broken."""
        characters = []
        for page in range(len(self.pages)):
            characters += [part.get_text() for part in _all(self.layout(page)) if isinstance(part, LTChar)]
        return squeezed("".join(characters))

    @property
    def curves(self) -> list[LTCurve]:
        return [part for part in self.first if isinstance(part, LTCurve)]

    def filled(self, colour: str) -> list[LTCurve]:
        """Return the outlines filled with a colour (#RRGGBB)."""
        wanted = tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return [
            curve
            for curve in self.curves
            if curve.fill and _close(curve.non_stroking_color, wanted) and len(curve.pts) >= 4
        ]

    @property
    def info(self) -> dict[str, Any]:
        return {name: _decoded(value) for name, value in self.document.info[0].items()}

    def fonts(self) -> Iterator[dict[str, Any]]:
        """Yield the descriptors of all fonts of all pages."""
        for page in self.pages:
            for reference in (resolve1(page.resources.get("Font")) or {}).values():
                font = resolve1(reference)
                inner = [resolve1(one) for one in resolve1(font.get("DescendantFonts", [font]))]
                for one in inner:
                    yield {"name": str(one["BaseFont"]), "unicode": "ToUnicode" in font} | resolve1(
                        one["FontDescriptor"]
                    )


def squeezed(text: str) -> str:
    """Return a text without spaces, line breaks and invisible places to break."""
    return "".join(text.split()).replace("\u200b", "")


def _all(container: LTContainer[Any]) -> Iterator[LTComponent]:
    for part in container:
        yield part
        if isinstance(part, LTContainer):
            yield from _all(part)


def _close(colour: Any, wanted: tuple[float, ...]) -> bool:
    return isinstance(colour, tuple) and all(abs(a - b) < 0.003 for a, b in zip(colour, wanted, strict=False))


def _decoded(value: Any) -> str:
    data = resolve1(value)
    return data.decode("utf-16") if data.startswith((b"\xfe\xff", b"\xff\xfe")) else data.decode("utf-8")

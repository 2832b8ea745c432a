"""Places that are known of and not located: listed with what is known of why, never left out."""

from __future__ import annotations

from collections.abc import Sequence

from geoplan.output.escape import for_html
from geoplan.output.map import category_name
from geoplan.types import Facility
from geoplan.ui.card import basis_text
from geoplan.ui.visit import Visit

UNLOCATED_STYLE = """
.gp-unlocated { border-top: 1px solid #E6ECEE; padding-top: 8px; }
.gp-unlocated h3 { font-size: 13.5px; font-weight: 600; margin: 0 0 2px; padding: 0; }
.gp-unlocated ul { margin: 0; padding: 0; list-style: none; }
.gp-unlocated li { font-size: 13px; line-height: 1.4; margin: 6px 0 0; overflow-wrap: anywhere; }
.gp-unlocated li small { color: #51606E; margin-left: 6px; }
.gp-unlocated li p { margin: 0; font-size: 12.5px; color: #51606E; }
"""


def unlocated_html(visit: Visit, facilities: Sequence[Facility]) -> str:
    """Return those of the facilities that have no place as a list; "" when all are located."""
    missing = [facility for facility in facilities if facility.point is None]
    if not missing:
        return ""
    title = for_html(visit.say("facilities_unlocated_title", count=len(missing)))
    items = "".join(_item(visit, facility) for facility in missing)
    return f'<div class="gp-card gp-unlocated"><h3>{title}</h3><ul>{items}</ul></div>'


def _item(visit: Visit, facility: Facility) -> str:
    language = visit.language
    why = visit.say("facilities_unlocated_unknown")
    known = next((text for text in (facility.note, facility.address) if text is not None), None)
    if known is not None:
        why = known.get(language)
    elif facility.basis not in ("", "unknown"):
        why = basis_text(facility.basis, language)
    kind = for_html(category_name(visit.view, facility.category).get(language))
    return f"<li><b>{for_html(facility.name.get(language))}</b> <small>{kind}</small><p>{for_html(why)}</p></li>"

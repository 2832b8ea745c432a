"""The page of the network: the world, the table, what cannot be placed."""

from __future__ import annotations

import base64
import re

import pytest

from tests.ui.pages.app import html_of, opened


def drawing(html: str) -> str:
    (data,) = re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", html)
    return base64.b64decode(data).decode()


@pytest.mark.parametrize(("language", "label"), [("en", "Lyon, France"), ("zh", "法国里昂")])
def test_the_page_opens_in_both_languages_with_the_centres_on_the_world(language: str, label: str) -> None:
    app = opened(page="network", lang=language)
    assert not app.exception
    svg = drawing(html_of(app))
    assert f">{label}</text>" in svg
    assert svg.count("<circle") == 6


def test_what_is_not_located_is_counted_and_listed_with_why() -> None:
    html = html_of(opened(page="network", lang="en"))
    assert "6 of 9 located." in html
    assert "3 not located: listed, not on the map" in html
    assert html.count("One of the nine centres of 2023 that the report does not name.") == 3


def test_a_centre_picked_by_a_link_is_ringed_and_has_its_card() -> None:
    html = html_of(opened(page="network", lang="en", facility="centre-lyon"))
    assert 'fill="none"' in drawing(html).split("<circle", 1)[1]
    assert "City level: the address is not published. The radius is assumed." in html


def test_a_plan_without_a_network_says_so() -> None:
    app = opened(page="network", plan="aust-wisdom-valley", lang="en")
    assert not app.exception
    assert "This plan lists no network." in app.info[0].value

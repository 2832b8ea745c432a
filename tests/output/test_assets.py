from __future__ import annotations

import sys

import pytest

from geoplan.errors import InputError
from geoplan.output.assets import leaflet_folder, leaflet_links


def test_leaflet_comes_from_the_installed_package_in_the_version_folium_is_made_for() -> None:
    folder = leaflet_folder()
    assert "site-packages" in folder.parts
    assert "Leaflet 1.9.3" in (folder / "leaflet.js").read_text(encoding="utf-8")[:300]
    assert (folder / "leaflet.css").is_file()


def test_links_lie_under_the_base_they_are_served_from() -> None:
    links = leaflet_links("../../assets")
    assert links.scripts == ("../../assets/leaflet.js",)
    assert links.styles == ("../../assets/leaflet.css",)


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    for name in [name for name in sys.modules if name == "xstatic" or name.startswith("xstatic.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(InputError) as caught:
        leaflet_folder()
    assert caught.value.hint is not None
    assert "make env" in caught.value.hint.en

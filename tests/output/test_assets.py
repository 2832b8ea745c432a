"""The libraries of the browser: where they are found, and how their links are made."""

from __future__ import annotations

import sys

import pytest

from geoplan.errors import InputError
from geoplan.output.assets import LIBRARIES, asset_folder


def test_leaflet_comes_from_the_installed_package_in_the_version_folium_is_made_for() -> None:
    folder = asset_folder("leaflet")
    assert "site-packages" in folder.parts
    assert "Leaflet 1.9.3" in (folder / "leaflet.js").read_text(encoding="utf-8")[:300]
    assert (folder / "leaflet.css").is_file()


@pytest.mark.parametrize("name", LIBRARIES)
def test_every_library_has_the_files_that_are_linked(name: str) -> None:
    folder = asset_folder(name)
    assert all((folder / file).stat().st_size > 500 for file in (*LIBRARIES[name].scripts, *LIBRARIES[name].styles))


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    for name in [name for name in sys.modules if name == "xstatic" or name.startswith("xstatic.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(InputError) as caught:
        asset_folder("leaflet")
    assert caught.value.hint is not None
    assert "make env" in caught.value.hint.en

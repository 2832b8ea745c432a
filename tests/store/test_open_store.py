"""Which store an address stands for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from geoplan.errors import StoreError, UsageError
from geoplan.store import open_store
from geoplan.store.gpkg import GeoPackageStore
from geoplan.store.postgis import PostgisStore
from tests.store.drafts import draft


def test_a_path_is_a_geopackage(tmp_path: Path) -> None:
    for address in (tmp_path / "a.gpkg", str(tmp_path / "a.gpkg")):
        store = open_store(address)
        assert isinstance(store, GeoPackageStore)
        assert store.path == tmp_path / "a.gpkg"


def test_names_with_spaces_and_chinese_are_paths_like_others(tmp_path: Path) -> None:
    path = tmp_path / "科大 硅谷?#%20.gpkg"
    store = open_store(path)
    store.publish("valley", draft(), parent=None)
    store.close()
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_without_an_address_the_environment_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_STORE", str(tmp_path / "ours.gpkg"))
    store = open_store()
    assert isinstance(store, GeoPackageStore)
    assert store.path == tmp_path / "ours.gpkg"


@pytest.mark.parametrize("unset", [True, False])
def test_without_that_it_lies_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unset: bool) -> None:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    monkeypatch.delenv("GEOPLAN_STORE", raising=False) if unset else monkeypatch.setenv("GEOPLAN_STORE", "")
    store = open_store()
    assert isinstance(store, GeoPackageStore)
    assert store.path == tmp_path / "geoplan.gpkg"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_a_postgresql_address_is_postgis_and_connects_to_nothing_yet(scheme: str) -> None:
    assert isinstance(open_store(f"{scheme}://nobody@127.0.0.1:1/none"), PostgisStore)


def test_an_address_of_another_kind_is_refused_without_its_password() -> None:
    with pytest.raises(UsageError, match=r"there is no store of the kind mysql://\. Give a file name") as caught:
        open_store("mysql://user:s3cret@host/db")
    assert "s3cret" not in caught.value.line("zh")


def test_without_the_driver_it_says_what_to_install() -> None:
    script = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from geoplan.errors import StoreError\n"
        "from geoplan.store import open_store\n"
        "try: open_store('postgresql://u:s3cret@h/d')\n"
        "except StoreError as error: print(error.line('en'))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == (
        'postgresql://…: the driver for PostgreSQL is not installed. Run: pip install "geoplan[postgis]"\n'
    )


def test_opening_a_file_does_not_load_the_driver_of_the_server(tmp_path: Path) -> None:
    script = f"import sys; from geoplan.store import open_store; open_store({str(tmp_path / 's.gpkg')!r}).plans()"
    done = subprocess.run(
        [sys.executable, "-c", script + "; print('psycopg' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_a_store_error_leaves_with_code_4() -> None:
    assert StoreError.exit_code == 4

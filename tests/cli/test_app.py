"""`geoplan app` starts the app with the same options wherever it is started."""

from __future__ import annotations

import tomllib
from pathlib import Path

from geoplan.cli.app import OPTIONS, SCRIPT

ROOT = Path(__file__).resolve().parents[2]


def test_the_command_and_the_configuration_file_say_the_same() -> None:
    tables = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    said = {f"{table}.{name}": value for table, options in tables.items() for name, value in options.items()}
    assert {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in said.items()
    } == OPTIONS


def test_nothing_is_asked_of_or_told_to_another_host() -> None:
    assert OPTIONS["browser.gatherUsageStats"] == "false"
    assert OPTIONS["browser.serverAddress"] == "localhost"
    assert SCRIPT.is_file()

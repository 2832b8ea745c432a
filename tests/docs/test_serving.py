"""The examples for a server are what the app and the programs they are for take."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from geoplan.errors import SettingsError
from geoplan.ui.access import Mode, access
from geoplan.ui.guard import OPEN_FOLDERS
from geoplan.ui.people_table import KEYS
from tests.docs.pages import ROOT
from tests.ui.signin import SECRET, settings_in

EXAMPLES = ROOT / "docs" / "examples" / "serving"
PAGE = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")


def test_the_example_of_settings_lacks_its_two_secrets_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (EXAMPLES / "secrets.toml").read_text(encoding="utf-8").replace("/var/lib/geoplan", str(tmp_path))
    with settings_in(tmp_path, monkeypatch) as settings:
        settings.write(text)
        with pytest.raises(SettingsError) as refused:
            access()
        assert [one.key for one in refused.value.mistakes] == ["auth.cookie_secret", "auth.client_secret"]
        filled = text.replace('cookie_secret = ""', f'cookie_secret = "{SECRET}"')
        settings.write(filled.replace('client_secret = ""', 'client_secret = "given by the service"'))
        assert access().mode is Mode.SIGN_IN
        assert len(access().people.editors) == 2


def test_the_page_lists_every_key_of_the_table_of_people() -> None:
    table = PAGE.partition("## Roles")[2].partition("An entry is")[0]
    assert tuple(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)) == KEYS


def test_the_page_lists_what_is_open_without_sign_in() -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| program code"))
    for folder in OPEN_FOLDERS:
        assert f"`{folder.rstrip('/')}`" in row


def test_the_unit_starts_the_app_that_is_here_with_options_streamlit_has() -> None:
    unit = (EXAMPLES / "geoplan.service").read_text(encoding="utf-8").replace("\\\n", "")
    command = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    assert command is not None
    assert "-m streamlit run app.py" in command[1]
    assert (ROOT / "app.py").is_file()
    assert set(re.findall(r"--([a-z]+\.[a-zA-Z]+)", command[1])) == {"server.address", "server.port", "secrets.files"}
    program = shutil.which("systemd-analyze")
    if program:  # where there is one; its only complaint is that nothing is installed at /opt
        said = subprocess.run(
            [program, "verify", EXAMPLES / "geoplan.service"], capture_output=True, encoding="utf-8", check=False
        ).stderr
        assert [line for line in said.splitlines() if "geoplan" in line and "is not executable" not in line] == []

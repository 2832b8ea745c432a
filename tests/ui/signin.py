"""Settings of a team in a file of their own, and the cookies of a provider that says what a test wants."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit.config
from itsdangerous import URLSafeTimedSerializer
from streamlit.runtime.secrets import Secrets

from geoplan.ui import access as access_module

SECRET = "f4b1c6d0a97e42558c3b6d1f0e2a9b87"  # noqa: S105 - of these tests only
ORIGIN = "https://plans.example"
NOW = 1_790_000_000.0
AUTH = f"""
[auth]
redirect_uri = "{ORIGIN}/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "geoplan"
client_secret = "shared with the provider"
server_metadata_url = "https://id.example/.well-known/openid-configuration"
"""
PEOPLE = """
[geoplan.people]
editors = ["wang@planning.example", {claim = "groups", value = "geoplan-editors"}]
viewers = ["@planning.example"]
"""


class Settings:
    """The secrets.toml of a test; `write` replaces it as an administrator would."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, text: str = AUTH + PEOPLE) -> None:
        self.path.write_text(text, encoding="utf-8")


@contextlib.contextmanager
def settings_in(folder: Path, monkeypatch: pytest.MonkeyPatch, **options: object) -> Iterator[Settings]:
    """Let the app take its settings from a folder, with options of Streamlit such as server_address."""
    settings = Settings(folder / "secrets.toml")
    # Streamlit keeps the first file it reads for the whole process; here its key is an option instead.
    monkeypatch.setattr(Secrets, "load_if_toml_exists", lambda _: False)
    monkeypatch.setattr(access_module, "_LATCH", access_module._Latch())
    monkeypatch.delenv("GEOPLAN_ACCESS", raising=False)
    wanted = {"secrets.files": [str(settings.path)], "server.cookieSecret": SECRET}
    wanted |= {name.replace("_", ".", 1): value for name, value in options.items()}
    before = {name: streamlit.config.get_option(name) for name in wanted}
    try:
        for name, value in wanted.items():
            streamlit.config.set_option(name, value)
        yield settings
    finally:
        for name, value in before.items():
            streamlit.config.set_option(name, value)


def claims(**changed: object) -> dict[str, object]:
    """Return the claims of somebody who signed in just before NOW; None leaves one out."""
    said: dict[str, object] = {"iss": "https://id.example", "sub": "1", "iat": NOW - 60, "exp": NOW + 3540}
    said |= {"name": "Wang Fang", "email": "wang@planning.example", "email_verified": True, "nonce": "n1"}
    return {name: value for name, value in (said | changed).items() if value is not None}


def cookie(said: dict[str, object], *, secret: str = SECRET, name: str = "_streamlit_user", **around: object) -> str:
    """Return the cookie Streamlit makes of claims, signed as its source says: itsdangerous, the name as salt."""
    content = {**said, "origin": ORIGIN, "is_logged_in": True, "provider": "default", **around}
    signed = URLSafeTimedSerializer(secret, salt=name).dumps(json.dumps(content))
    return signed if isinstance(signed, str) else signed.decode()

"""`geoplan app`, the command, brings up the same app as `streamlit run app.py`."""

from __future__ import annotations

import sys
import urllib.request
from pathlib import Path

from geoplan.ui.mapview import map_links
from tests.browser.conftest import free_port, running


def test_the_command_serves_the_app_with_its_routes(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log.txt"
    command = [sys.executable, "-m", "geoplan", "app", "--port", str(port)]
    asset = f"http://localhost:{port}/{map_links().scripts[0].removeprefix('../../')}"
    with running(command, log, f"http://localhost:{port}/_stcore/health"), urllib.request.urlopen(asset) as answer:
        assert answer.read(2) == b"/*"
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")

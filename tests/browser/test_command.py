"""`geoplan app`, the command, brings up the same app as `streamlit run app.py`."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.browser.conftest import ROOT, free_port, wait_for


def test_the_command_serves_the_app_with_its_routes(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log.txt"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "geoplan", "app", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_for(f"http://localhost:{port}/_stcore/health", process, log)
            with urllib.request.urlopen(f"http://localhost:{port}/assets/leaflet/leaflet.js") as answer:
                assert answer.read(2) == b"/*"
                assert answer.headers["content-security-policy"].startswith("default-src 'self'")
        finally:
            process.terminate()
            process.wait(timeout=10)

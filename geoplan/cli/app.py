"""`geoplan app`: the web app, on this machine only unless told otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

SCRIPT = Path(__file__).parents[1] / "ui" / "serve.py"

# What .streamlit/config.toml says to `streamlit run app.py`, for a command started in any folder: a test
# holds the two together. Without the address and the statistics Streamlit would ask and tell the outside.
OPTIONS = {
    "server.headless": "true",
    "server.showEmailPrompt": "false",
    "server.fileWatcherType": "none",
    "server.enableStaticServing": "false",
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": "localhost",
    "client.toolbarMode": "viewer",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "global.minCachedMessageSize": "600",
    "theme.base": "light",
    "theme.primaryColor": "#075985",
    "theme.textColor": "#1B2733",
    "theme.borderColor": "#DCE3E5",
}


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Port to listen on.")
@click.option(
    "--address", default="localhost", show_default=True, help="Address to listen on; 0.0.0.0 serves a network."
)
def app(port: int, address: str) -> None:
    """Open the web app on the plans in the data folder; it needs no internet."""
    command = [sys.executable, "-m", "streamlit", "run", str(SCRIPT), "--server.address", address]
    command += ["--server.port", str(port)]
    command += [part for name, value in OPTIONS.items() for part in (f"--{name}", value)]
    if os.name == "posix":  # in the place of this process, so that what stops it stops the app
        os.execv(command[0], command)  # noqa: S606 - our own interpreter, no shell
    try:
        code = subprocess.call(command)
    except KeyboardInterrupt:
        code = 0
    raise click.exceptions.Exit(code)

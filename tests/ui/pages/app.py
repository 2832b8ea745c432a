"""A page of the app in Streamlit's own harness, and what it shows as text."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from geoplan.ui.server import PAGE


def opened(**parameters: str) -> AppTest:
    """Return the app opened at an address."""
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def html_of(app: AppTest) -> str:
    """Return all HTML the page wrote."""
    return "\n".join(str(block.proto.body) for block in app.get("html"))

"""The web app as `geoplan app` starts it, wherever the package is installed: the same as app.py of the repository."""

import streamlit as st

from geoplan.ui.server import PAGE, middleware, report, routes

app = st.App(PAGE, routes=routes(), middleware=middleware(), on_script_error=report)

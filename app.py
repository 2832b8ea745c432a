"""The web app: `make app`, or `streamlit run app.py`."""

import streamlit as st

from geoplan.ui.server import PAGE, middleware, report, routes

app = st.App(PAGE, routes=routes(), middleware=middleware(), on_script_error=report)

"""The script Streamlit runs anew for every visit and every click."""

from geoplan.ui.main import main

main()

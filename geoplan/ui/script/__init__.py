"""The script Streamlit runs, alone in its folder: a folder `pages` beside it would become pages of its own."""
